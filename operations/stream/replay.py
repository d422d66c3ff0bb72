"""`donthu replay portal`: the read model is read anew from the stream, beside the one that people see.

Only portal's projection can be replayed: the state of the other services is what they decided, with its events, and
reading again would decide again. The tables are filled in a schema of their own, from exactly the events that portal
has applied; then, while portal's reader waits for a moment, the rows that differ are exchanged in one transaction.
Portal may run.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from uuid import UUID

import asyncpg
from nats.aio.client import Client
from nats.aio.msg import Msg

from operations.errors import OperationError
from operations.steward import CONNECT_SECONDS, connect_steward
from operations.stream.reading import pages, sequence_of
from services.portal.projection import TABLES, VIEWS
from services.portal.projection.apply import applying
from shared.contracts.bus.envelope import Envelope
from shared.contracts.bus.flows import consumed_types
from shared.directory import load as load_directory
from shared.messaging.connection.failures import code_of, is_infrastructure
from shared.messaging.events.arrival import Arrived, Fault, Gate
from shared.messaging.events.batch import Apply, Batch
from shared.messaging.outbox.emitter import Emitter
from shared.settings import Realm

SERVICE = "portal"
BESIDE = "portal_replay"
BATCH = 2000
_READER = "steward-replay"
_LOCK = 7_116_355_401_220_115


@dataclass(frozen=True, slots=True)
class Reading:
    """Settings of portal that its projection depends on; they must be those portal runs with."""

    directory: str = "thach_an"
    law_profile: str | None = None

    def check(self, realm: Realm) -> None:
        """Refuse to guess the profile of a production house.

        Raises:
            OperationError: `profile_missing`.
        """
        if realm is Realm.PRODUCTION and not self.law_profile:
            raise OperationError("profile_missing")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was read, how fast, and how many rows of each table were not as the stream says."""

    events: int
    seconds: float
    events_per_second: int
    exchanged: bool
    differing: dict[str, int]


class ReplayStopped(OperationError):
    """An event cannot be applied; the read model stays as it was."""

    def __init__(self, event_id: UUID, error: str) -> None:
        super().__init__("replay_stopped")
        self.event_id = event_id
        self.error = error


@dataclass(frozen=True, slots=True)
class _Extent:
    """Which events portal has applied: up to its positions, or by its inbox, but not what it holds or discarded."""

    positions: dict[int, int]
    left_out: frozenset[UUID]

    @classmethod
    async def of(cls, admin: asyncpg.Connection) -> "_Extent":
        """As this transaction sees it."""
        positions = {row["partition"]: row["sequence"] for row in await admin.fetch(_POSITIONS)}
        return cls(positions, frozenset(row["event_id"] for row in await admin.fetch(_LEFT_OUT)))

    def behind(self, event: Envelope) -> bool:
        return event.sequence <= self.positions[event.partition]


@dataclass(slots=True)
class _Rebuild:
    """Applies events to the tables beside, each once."""

    connection: asyncpg.Connection
    apply: Apply
    emitter: Emitter
    gate: Gate
    applied: set[UUID] = field(default_factory=set)
    passed_over: list[Envelope] = field(default_factory=list)
    """Held when it was their turn."""

    async def take(self, events: Sequence[Envelope], extent: _Extent) -> None:
        """Apply those of these events, in stream order, that portal has applied."""
        beyond = [event.id for event in events if not extent.behind(event)]
        known = {row["event_id"] for row in await self.connection.fetch(_KNOWN, beyond)} if beyond else set()
        fresh = []
        for event in events:
            if event.id in self.applied or not (extent.behind(event) or event.id in known):
                continue
            if event.id in extent.left_out:
                self.passed_over.append(event)
                continue
            self.applied.add(event.id)
            fresh.append(event)
        if fresh:
            await self._apply(fresh)

    async def _apply(self, events: Sequence[Envelope]) -> None:
        try:
            async with self.connection.transaction():
                await self.apply(self.connection, Batch(events, self.emitter))
        except Exception as error:
            if is_infrastructure(error):
                raise
            if len(events) == 1:
                raise ReplayStopped(events[0].id, code_of(error)) from None
            for event in events:
                await self._apply([event])

    def parse(self, messages: Sequence[Msg], extent: _Extent) -> list[Envelope]:
        """Events among messages; what portal could not parse it holds, and it is left out here too."""
        events = []
        for message in messages:
            found = self.gate.admit(Arrived.of(message, sequence_of(message)))
            if isinstance(found, Envelope):
                events.append(found)
            elif isinstance(found, Fault) and found.headers and found.headers.id not in extent.left_out:
                raise ReplayStopped(found.headers.id, found.error)
        return events


async def replay(
    database_url: str, nats_url: str, secrets_dir: Path, reading: Reading, *, only_compare: bool = False
) -> Replayed:
    """Rebuild portal's projection; with `only_compare` say what differs and exchange nothing.

    Raises:
        ReplayStopped: an event cannot be applied.
        OperationError: `replay_running`, `profile_missing`.
    """
    began = monotonic()
    admin = await asyncpg.connect(
        database_url, server_settings={"timezone": "UTC", "jit": "off", "synchronous_commit": "off"}
    )
    steward = await connect_steward(nats_url, secrets_dir, within=CONNECT_SECONDS)
    try:
        if not await admin.fetchval("select pg_try_advisory_lock($1)", _LOCK):
            raise OperationError("replay_running")
        tag: str = await admin.fetchval("select tag from house.realm")
        reading.check(Realm(tag.rsplit("-", 1)[0]))
        apply = applying(load_directory(reading.directory), reading.law_profile)
        await _make_tables(admin)
        rebuild = _Rebuild(admin, apply, Emitter(SERVICE, tag), Gate(tag, consumed_types(SERVICE)))
        async with admin.transaction(isolation="repeatable_read", readonly=True):
            extent = await _Extent.of(admin)
        await _read(rebuild, steward, extent, after=0)
        differing = await _finish(rebuild, steward, extent, exchange=not only_compare)
        seconds = monotonic() - began
        events = len(rebuild.applied)
        return Replayed(events, round(seconds, 3), round(events / seconds), not only_compare, differing)
    finally:
        await steward.close()
        if not admin.is_closed():
            await admin.execute(f"drop schema if exists {BESIDE} cascade")
            await admin.close()


async def _make_tables(admin: asyncpg.Connection) -> None:
    await admin.execute(f"drop schema if exists {BESIDE} cascade; create schema {BESIDE}")
    for table in TABLES:
        await admin.execute(f"create unlogged table {BESIDE}.{table} (like {SERVICE}.{table} including all)")
    await admin.execute(f"set search_path to {SERVICE}")
    views = {view: await admin.fetchval("select pg_get_viewdef($1::regclass)", f"{SERVICE}.{view}") for view in VIEWS}
    await admin.execute(f"set search_path to {BESIDE}, {SERVICE}")
    for view, definition in views.items():
        await admin.execute(f"create view {BESIDE}.{view} as {definition}")


async def _read(rebuild: _Rebuild, steward: Client, extent: _Extent, *, after: int) -> None:
    """The next page is fetched while PostgreSQL works on this one."""
    async with aclosing(pages(steward, _READER, after=after, page=BATCH)) as source:
        coming = asyncio.ensure_future(anext(source, None))
        try:
            while (page := await coming) is not None:
                coming = asyncio.ensure_future(anext(source, None))
                await rebuild.take(rebuild.parse(page, extent), extent)
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


async def _finish(rebuild: _Rebuild, steward: Client, before: _Extent, *, exchange: bool) -> dict[str, int]:
    """Read what portal has applied meanwhile, while its reader waits, and exchange the rows that differ."""
    admin = rebuild.connection
    async with admin.transaction():
        await admin.execute(_STAND_STILL)
        extent = await _Extent.of(admin)
        late, rebuild.passed_over = rebuild.passed_over, []
        await rebuild.take(late, extent)
        await _read(rebuild, steward, extent, after=min(before.positions.values()))
        return {table: await _exchange(admin, table, exchange=exchange) for table in TABLES}


async def _exchange(admin: asyncpg.Connection, table: str, *, exchange: bool) -> int:
    """Make the rows of a table those beside it; return how many were not."""
    ours, fresh = f"{SERVICE}.{table}", f"{BESIDE}.{table}"
    await admin.execute(f"analyze {fresh}")
    key = [row["attname"] for row in await admin.fetch(_KEY, ours)]
    differing: int = await admin.fetchval(
        f"select count(*) from {ours} r full join {fresh} s using ({', '.join(key)}) "  # noqa: S608
        "where row(r.*) is distinct from row(s.*)"
    )
    if differing and exchange:
        same = " and ".join(f"s.{column} = r.{column}" for column in key)
        columns = ", ".join(row["attname"] for row in await admin.fetch(_WRITTEN, ours))
        await admin.execute(
            f"delete from {ours} r where not exists (select from {fresh} s "  # noqa: S608
            f"where {same} and row(s.*) is not distinct from row(r.*))"
        )
        await admin.execute(
            f"insert into {ours} ({columns}) select {columns} from {fresh} s "  # noqa: S608
            f"where not exists (select from {ours} r where {same})"
        )
    return differing


_POSITIONS = f"select partition, sequence from {SERVICE}.position"  # noqa: S608
_KNOWN = f"select event_id from {SERVICE}.inbox where event_id = any($1::uuid[])"  # noqa: S608
_LEFT_OUT = f"""
select event_id from {SERVICE}.held union all
select (body::json ->> 'event_id')::uuid from {SERVICE}.outbox
where headers::json ->> 'ce-type' = '{SERVICE}.event.released' and (body::json ->> 'discarded')::boolean
"""  # noqa: S608
_STAND_STILL = f"""
select from {SERVICE}.position order by partition for update;
lock table {SERVICE}.held in share row exclusive mode
"""
_KEY = """
select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)
where indrelid = $1::regclass and indisprimary
"""
_WRITTEN = """
select attname from pg_attribute
where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
"""
