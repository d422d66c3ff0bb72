"""`donthu reconcile`: PostgreSQL is the record; what the stream lacks is published again, in its old order.

Run it with the services stopped, after the stream was lost or cut. Every outbox keeps all events with the sequence they
had; positions are moved to where the same events stand now. An event that had not been marked as sent may have been
sent, and read, all the same: it goes to a place after its causes and before its effects (operations/stream/order.py).
"""

from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from uuid import UUID

import asyncpg
import nats
import orjson
from nats.aio.client import Client
from nats.js import JetStreamContext

from operations.steward import CONNECT_SECONDS, connect_steward
from operations.stream.order import Row, in_order
from operations.stream.reading import pages, sequence_of
from shared.contracts.bus.flows import consumed_types
from shared.contracts.bus.subjects import PARTITIONS, STREAM, inbox_prefix, partition_of
from shared.contracts.house import SERVICES
from shared.messaging.connection.bus import bus_tls
from shared.messaging.connection.outages import said_once
from shared.security.secrets import ServiceSecrets
from shared.settings.addresses import servers

_READER = "steward-reconcile"
_CHUNK = 500
_ACK_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was done."""

    in_stream: int
    published_again: int
    moved: int
    """Events that stand elsewhere than before: `donthu replay portal` gives their timelines the new places."""


async def reconcile(*, database_url: str, nats_url: str, secrets_dir: Path) -> Reconciled:
    """Make the stream hold every event of every outbox."""
    admin = await asyncpg.connect(database_url)
    steward = await connect_steward(nats_url, secrets_dir, within=CONNECT_SECONDS)
    try:
        present = await _present(steward)
        rows = in_order(await _rows(admin))
        places = await _publish_missing(admin, nats_url, secrets_dir, rows, present)
        await _move(admin, rows, places)
        moved = sum(1 for row, place in zip(rows, places, strict=True) if row.sequence not in (None, place))
        return Reconciled(len(present), sum(1 for row in rows if row.event_id not in present), moved)
    finally:
        await steward.close()
        await admin.close()


async def _present(steward: Client) -> dict[UUID, int]:
    """Event ids in the stream with their sequence; the first counts."""
    present: dict[UUID, int] = {}
    async for page in pages(steward, _READER, headers_only=True):
        for message in page:
            if named := (message.headers or {}).get("Nats-Msg-Id"):
                present.setdefault(UUID(named), sequence_of(message))
    return present


async def _rows(admin: asyncpg.Connection) -> list[Row]:
    union = " union all ".join(
        f"select '{service}' as service, event_id, case_id, headers::json ->> 'ce-type' as type, "  # noqa: S608
        f"(headers::json ->> 'ce-causationid')::uuid as cause_id, number, created_at, stream_sequence "
        f"from {service}.outbox left join {service}.outbox_sent using (number)"
        for service in SERVICES
    )
    return [Row(*record) for record in await admin.fetch(union)]


async def _publish_missing(
    admin: asyncpg.Connection, nats_url: str, secrets_dir: Path, rows: Sequence[Row], present: dict[UUID, int]
) -> list[int]:
    """Where each row stands now. One service's run of rows is under way at once; the next service waits for it."""
    places = dict(present)
    missing = [row for row in rows if row.event_id not in present]
    async with AsyncExitStack() as stack:
        streams: dict[str, JetStreamContext] = {}
        async for chunk in _with_contents(admin, missing):
            for service, run in groupby(chunk, key=lambda each: each[0].service):
                if service not in streams:
                    connection = await _connect(nats_url, secrets_dir, service)
                    stack.push_async_callback(connection.close)
                    streams[service] = connection.jetstream(timeout=_ACK_SECONDS)
                js = streams[service]
                sent = [
                    (
                        row,
                        await js.publish_async(subject, body, headers=headers, stream=STREAM, wait_stall=_ACK_SECONDS),
                    )
                    for row, subject, headers, body in run
                ]
                for row, acknowledged in sent:
                    places[row.event_id] = (await acknowledged).seq
    return [places[row.event_id] for row in rows]


async def _connect(nats_url: str, secrets_dir: Path, service: str) -> Client:
    seed = ServiceSecrets.load(secrets_dir, service).nats_seed
    return await nats.connect(
        servers(nats_url), tls=bus_tls(nats_url, secrets_dir), nkeys_seed_str=seed, inbox_prefix=inbox_prefix(service),
        **said_once(),
    )  # fmt: skip


async def _with_contents(
    admin: asyncpg.Connection, rows: Sequence[Row]
) -> AsyncIterator[list[tuple[Row, str, dict[str, str], bytes]]]:
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        contents: dict[UUID, asyncpg.Record] = {}
        for service in {row.service for row in chunk}:
            query = f"select event_id, subject, headers, body from {service}.outbox where event_id = any($1::uuid[])"  # noqa: S608
            ids = [row.event_id for row in chunk if row.service == service]
            contents |= {record["event_id"]: record for record in await admin.fetch(query, ids)}
        yield [
            (row, found["subject"], orjson.loads(found["headers"]), found["body"].encode())
            for row in chunk
            if (found := contents[row.event_id])
        ]


async def _move(admin: asyncpg.Connection, rows: Sequence[Row], places: Sequence[int]) -> None:
    async with admin.transaction():
        for service in SERVICES:
            positions = await _positions(admin, service, rows, places)
            own = [(row.number, place) for row, place in zip(rows, places, strict=True) if row.service == service]
            await admin.execute(
                f"""insert into {service}.outbox_sent select * from unnest($1::bigint[], $2::bigint[])
                    on conflict (number) do update set stream_sequence = excluded.stream_sequence
                    where outbox_sent.stream_sequence <> excluded.stream_sequence""",  # noqa: S608
                [number for number, _ in own],
                [place for _, place in own],
            )
            await admin.execute(
                f"delete from {service}.outbox_unsent where number = any($1::bigint[])",  # noqa: S608
                [number for number, _ in own],
            )
            await admin.execute(
                f"""update {service}.position set sequence = moved.sequence
                    from unnest($1::smallint[], $2::bigint[]) as moved (partition, sequence)
                    where position.partition = moved.partition""",  # noqa: S608
                list(positions),
                list(positions.values()),
            )


async def _positions(
    admin: asyncpg.Connection, service: str, rows: Sequence[Row], places: Sequence[int]
) -> dict[int, int]:
    """Where a service goes on: behind what it had read, but before an unmarked event that it had not.

    What it reads again because of that, its inbox drops.
    """
    marked = sorted((row.sequence, place) for row, place in zip(rows, places, strict=True) if row.sequence is not None)
    old = [sequence for sequence, _ in marked]
    furthest = [0]
    for _, place in marked:
        furthest.append(max(furthest[-1], place))
    found = await admin.fetch(f"select partition, sequence from {service}.position")  # noqa: S608
    positions = {row["partition"]: furthest[bisect_right(old, row["sequence"])] for row in found}
    types = consumed_types(service)
    unmarked = {
        row.event_id: (partition_of(row.case_id), place)
        for row, place in zip(rows, places, strict=True)
        if row.sequence is None and row.type in types
    }
    known = await admin.fetch(
        f"select event_id from {service}.inbox where event_id = any($1::uuid[])",  # noqa: S608
        list(unmarked),
    )
    for row in known:
        del unmarked[row["event_id"]]
    for partition, place in unmarked.values():
        positions[partition] = min(positions[partition], place - 1)
    assert len(positions) == PARTITIONS
    return positions
