"""The `held` table: events that could not be digested rest here, with every later event of their case, and are retried.

A held event becomes a stuck case that a person sees (`event.held`); one case never blocks another.
"""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from uuid import UUID, uuid5

import asyncpg

from shared.contracts import house
from shared.contracts.base import Event
from shared.contracts.bus.envelope import Envelope, Headers
from shared.effects import Cause, Draft
from shared.messaging import outbox
from shared.messaging.connection.failures import code_of, is_infrastructure
from shared.messaging.events.arrival import Arrived, Fault, Gate
from shared.messaging.outbox.emitter import Emitter
from shared.postgres.pool import Connection
from shared.telemetry.logs import get_logger
from shared.telemetry.tracing import new_traceparent

FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600
NOBODY = UUID(int=0)
"""Case of an event whose headers do not name one."""

WAITS = "waits_behind"
"""Error of an event that only waits behind another of its case."""
_CODE = re.compile(r"[a-z][a-z0-9_.-]{0,60}", re.ASCII)

_NAMESPACE = UUID("0b6a4d2e-5a51-5f0e-9f0a-6e7c1d2b3a40")

log = get_logger()

_PUT = """
insert into held (event_id, sequence, partition, case_id, event_type, subject, headers, body, error, next_try_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp() + make_interval(secs => $10))
on conflict do nothing
"""
_DUE = """
select case_id from (select distinct on (case_id) case_id, next_try_at from held order by case_id, place) as first
where next_try_at <= clock_timestamp() order by next_try_at limit 100
"""
_CASE = "select * from held where case_id = $1 order by place for update"
_FAILED = """
update held set error = $2, tries = tries + 1,
    next_try_at = clock_timestamp() + make_interval(secs => least($3 * power(2, least(tries, 12)), $4))
where event_id = $1
"""
_DELETE = "delete from held where event_id = $1"
_LIST = """
select event_id, case_id, event_type, error, tries, held_at, next_try_at from held order by case_id, place limit 1000
"""
_RETRY_NOW = "update held set next_try_at = clock_timestamp() where ($1::uuid is null or event_id = $1)"
_UNBLOCK = """
update held set next_try_at = clock_timestamp()
where event_id = (select event_id from held where case_id = $1 order by place limit 1)
"""
_DISCARD = "delete from held where event_id = $1 returning case_id, error"


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """A row of `held`."""

    event_id: UUID
    sequence: int
    partition: int
    case_id: UUID
    event_type: str
    subject: str
    headers: str
    body: bytes
    error: str

    @classmethod
    def of(cls, item: Arrived, known: Headers | Envelope | None, error: str) -> "HeldEvent":
        """From what arrived; an event whose headers are not believed gets ids made of its place in the stream."""
        mark = f"{item.sequence}|{hashlib.sha256(item.body).hexdigest()}"
        event_id = known.id if known else uuid5(_NAMESPACE, mark)
        case_id = known.case_id if known else uuid5(NOBODY, mark)
        event_type = known.type if known and _CODE.fullmatch(known.type) else "unknown"
        headers = json.dumps(dict(item.raw_headers))  # the standard library's takes what is not valid UTF-8 as well
        place = (item.sequence, item.partition)
        return cls(event_id, *place, case_id, event_type, item.subject, headers, item.body, error)

    @classmethod
    def read(cls, row: asyncpg.Record) -> "HeldEvent":
        """From the table."""
        return cls(*(row[field.name] for field in fields(cls)))

    @property
    def arrived(self) -> Arrived:
        """As the stream delivered it."""
        return Arrived(self.partition, self.sequence, self.subject, json.loads(self.headers), self.body)


async def put(tx: Connection, row: HeldEvent, emitter: Emitter) -> None:
    """Hold an event and tell the house, unless it only waits behind another."""
    await tx.execute(
        _PUT, row.event_id, row.sequence, row.partition, row.case_id, row.event_type, row.subject, row.headers,
        row.body, row.error, FIRST_RETRY_SECONDS,
    )  # fmt: skip
    if row.error != WAITS:
        await _tell_held(tx, emitter, row, row.error)


async def _tell_held(tx: Connection, emitter: Emitter, row: HeldEvent, error: str) -> None:
    """Once per event, however often it fails: the id is always the same."""
    event = house.of(emitter.service, house.EventHeld)(
        event_id=row.event_id, event_type=row.event_type, held_case_id=row.case_id, error=error
    )
    await _tell(tx, emitter, row.event_id, event, after=0)


async def _tell_released(
    tx: Connection, emitter: Emitter, event_id: UUID, case_id: UUID, *, discarded: bool, after: int
) -> None:
    event = house.of(emitter.service, house.EventReleased)(event_id=event_id, held_case_id=case_id, discarded=discarded)
    await _tell(tx, emitter, event_id, event, after=after)


async def _tell(tx: Connection, emitter: Emitter, event_id: UUID, event: Event, *, after: int) -> None:
    cause = Cause(
        uuid5(_NAMESPACE, f"{event_id}|{event.type().rsplit('.', 1)[1]}"),
        event_id,
        new_traceparent(),
        datetime.now(UTC),
    )
    house_case = uuid5(_NAMESPACE, emitter.service)
    await outbox.put(tx, emitter.stamp(cause, house_case, [Draft(event)], after=after, aggregate_id=event_id))


ApplyIn = Callable[[Connection, Sequence[Envelope]], Awaitable[None]]


async def retry_due(pool: asyncpg.Pool, emitter: Emitter, gate: Gate, apply_in: ApplyIn) -> int:
    """Retry each case whose first held event is due, in order, up to one that fails; return how many left `held`."""
    released = 0
    for row in await pool.fetch(_DUE):
        released += await _retry_case(pool, emitter, gate, apply_in, row["case_id"])
    return released


async def _retry_case(pool: asyncpg.Pool, emitter: Emitter, gate: Gate, apply_in: ApplyIn, case_id: UUID) -> int:
    released = 0
    async with pool.acquire() as connection, connection.transaction():
        for record in await connection.fetch(_CASE, case_id):
            row = HeldEvent.read(record)
            error = await _retry(connection, gate, apply_in, row)
            if error is not None:
                await connection.execute(_FAILED, row.event_id, error, FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS)
                await _tell_held(connection, emitter, row, error)
                log.warning("held.still_fails", error_code=error, event_id=str(row.event_id))
                break
            await connection.execute(_DELETE, row.event_id)
            if row.error != WAITS:
                await _tell_released(connection, emitter, row.event_id, case_id, discarded=False, after=1)
            released += 1
    return released


async def _retry(connection: Connection, gate: Gate, apply_in: ApplyIn, row: HeldEvent) -> str | None:
    """Apply a held event in a savepoint; the closed word for what is still wrong with it, or None."""
    admitted = gate.admit(row.arrived)
    if admitted is None:
        return None  # today's version of this service does not read it any more
    if isinstance(admitted, Fault):
        return admitted.error
    try:
        async with connection.transaction():
            await apply_in(connection, [admitted])
    except Exception as error:
        if is_infrastructure(error):
            raise
        return code_of(error)
    return None


async def listing(connection: Connection) -> list[dict[str, object]]:
    """What is held, for the operator."""
    return [dict(row) for row in await connection.fetch(_LIST)]


async def ask_retry(connection: Connection, event_id: UUID | None) -> int:
    """Make held events due now; the running service retries them. Returns how many."""
    return int((await connection.execute(_RETRY_NOW, event_id)).split()[-1])


async def discard(connection: Connection, emitter: Emitter, event_id: UUID) -> bool:
    """Give up one held event, chained as an act; the events behind it become due. False when it is not held."""
    async with connection.transaction():
        row = await connection.fetchrow(_DISCARD, event_id)
        if row is None:
            return False
        await connection.execute(_UNBLOCK, row["case_id"])
        told = int(row["error"] != WAITS)
        await _tell_released(connection, emitter, event_id, row["case_id"], discarded=True, after=told)
    return True
