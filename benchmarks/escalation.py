"""escalation on real servers with as many open clocks as a measurement wants."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from uuid import UUID, uuid4

import asyncpg

from benchmarks.installation import administrator, cpu_seconds, multiply, settle
from operations.house.stack import Stack
from services.escalation.handlers import applying
from services.escalation.ticker import Ticker
from shared.contracts.bus.envelope import Envelope
from shared.contracts.routing import ClassificationProposed
from shared.contracts.vocabulary import Kind
from shared.directory import Directory, Role
from shared.directory import load as load_directory
from shared.effects import Cause, Draft
from shared.law.day import LEGAL_ZONE
from shared.messaging import outbox
from shared.messaging.events.batch import Batch
from shared.messaging.host.host import Host
from shared.messaging.host.opening import open_host
from shared.messaging.outbox.emitter import Emitter
from shared.postgres.casetime import set_virtual_clock
from shared.settings import Realm, ServiceSettings
from shared.telemetry.tracing import new_traceparent

TABLES = ("watched_case", "clock", "firing", "rung", "outbox")
RECORDED = time_of_day(9)
_COPIES = """
create temp table if not exists copies (template uuid, case_id uuid, clock_id uuid, event_id uuid);
truncate copies;
"""
_DRAW = """
insert into copies
select ($1::uuid[])[1 + n % cardinality($1::uuid[])], gen_random_uuid(), gen_random_uuid(), gen_random_uuid()
from generate_series(1, $2::int) as n
"""
_QUEUE = """
insert into firing (next_fire_at, clock_id)
select next_fire_at, clock_id from clock join copies using (clock_id) where live
"""
_FORGET = """
delete from rung using clock join copies using (case_id) where rung.clock_id = clock.clock_id;
delete from firing using clock join copies using (case_id)
where firing.clock_id = clock.clock_id and firing.next_fire_at = clock.next_fire_at;
delete from clock using copies where clock.case_id = copies.case_id;
delete from watched_case using copies where watched_case.case_id = copies.case_id;
delete from outbox using copies where outbox.case_id = copies.case_id;
"""
_OUT_OF_ORDER = """
select count(*) filter (where at < before) as within_case, count(*) filter (where at < previous) as of_all
from (
    select at, lag(at) over (partition by case_id order by number) as before, lag(at) over (order by number) as previous
    from (
        select number, case_id, substring(headers from '"ce-time":"([^"]+)"')::timestamptz as at
        from outbox where number > $1
    ) as sent
) as ordered
"""


@dataclass(frozen=True, slots=True)
class Room:
    """escalation on real servers, without its reader and relay."""

    host: Host
    directory: Directory
    ticker: Ticker
    admin: asyncpg.Connection

    async def letters(self, days: Sequence[date]) -> list[UUID]:
        """One letter at every authority for each day of receipt, through the real handler."""
        events = [
            _proposed(self.directory, self.host.emitter.realm, authority.id, day)
            for day in days
            for authority in self.directory.authorities(day)
        ]
        batch = Batch(events, self.host.emitter)
        async with self.host.pool.acquire() as connection, connection.transaction():
            await applying(self.directory, lambda _: None)(connection, batch)
            await outbox.put(connection, batch.emitted)
        return [event.case_id for event in events]

    async def open(self, days: Sequence[date], count: int) -> None:
        """So many more open clocks of letters received on these days: case, clock and the event that told of it."""
        templates = await self.letters(days)
        await self.admin.execute(_COPIES)
        await self.admin.execute(_DRAW, templates, count - len(templates))
        own = {name: f"copy.{name}" for name in ("case_id", "clock_id", "event_id")}
        told = {
            "headers": _renamed("row.headers", "case_id", "event_id"),
            "body": "replace(row.body, row.body::json ->> 'clock_id', copy.clock_id::text)",
        }
        for table, changes in (("watched_case", own), ("clock", own), ("outbox", own | told)):
            await multiply(self.admin, table, "copies", "row.case_id = copy.template", changes)
        await self.admin.execute("truncate outbox_unsent")
        await self.admin.execute(_QUEUE, timeout=900)
        await self.admin.execute("insert into copies (case_id) select unnest($1::uuid[])", templates)
        await settle(self.admin, TABLES)

    async def forget(self) -> None:
        """Remove what was opened last."""
        await self.admin.execute(_FORGET, timeout=900)

    async def jump(self, to: datetime) -> None:
        """Case time stands still at `to`."""
        await set_virtual_clock(self.admin, running=False, case_at=to)
        await self.host.clock.reload()

    async def sweep(self) -> tuple[float, float, int]:
        """Fire until nothing is due: seconds, seconds of processor time here and in PostgreSQL, rungs."""
        backend = await self.host.pool.fetchval("select pg_backend_pid()")
        used = time.process_time() + cpu_seconds(backend)
        begun = time.perf_counter()
        fired = await self.ticker.fire_due()
        took = time.perf_counter() - begun
        return took, time.process_time() + cpu_seconds(backend) - used, fired

    async def live(self) -> int:
        """Clocks that are open."""
        count: int = await self.admin.fetchval("select count(*) from clock where live")
        return count

    async def out_of_order(self, after: int) -> dict[str, int]:
        """Events after that number of the outbox which are older than the one before them."""
        [row] = await self.admin.fetch(_OUT_OF_ORDER, after)
        return {"within_case": row["within_case"], "of_all": row["of_all"]}


@asynccontextmanager
async def open_room(stack: Stack) -> AsyncIterator[Room]:
    """escalation of these servers."""
    settings = ServiceSettings(
        realm=Realm.TEST,
        database_url=stack.database_url,
        nats_url=stack.nats_url,
        secrets_dir=stack.data.secrets,
        log_level="error",
    )
    host = await open_host("escalation", settings)
    directory = load_directory(settings.directory)
    try:
        async with administrator(stack, "escalation") as admin:
            yield Room(host, directory, Ticker(host, directory), admin)
    finally:
        await host.pool.close()


def _proposed(directory: Directory, realm: str, authority_id: str, day: date) -> Envelope:
    handler = directory.resolve(authority_id, Role.HANDLER, day)
    holder = directory.resolve(authority_id, Role.HEAD, day)
    event = ClassificationProposed(
        kind=Kind.COMPLAINT, level=1, competent_authority_id=authority_id, holder_id=holder.officer_id,
        rules=["KN-01"], reasons=[], alternatives=[], confidence=0.9, abstained=False,
        receiving_authority_id=authority_id, confirmer_authority_id=authority_id, confirmer_id=handler.officer_id,
        excluded=[], received_on=day,
    )  # fmt: skip
    recorded_at = datetime.combine(day, RECORDED, LEGAL_ZONE).astimezone(UTC)
    cause = Cause(uuid4(), uuid4(), new_traceparent(), recorded_at)
    [envelope] = Emitter("routing", realm).stamp(cause, uuid4(), [Draft(event)], after=0)
    return envelope


def _renamed(text: str, *names: str) -> str:
    for name in names:
        text = f"replace({text}, row.{name}::text, copy.{name}::text)"
    return text
