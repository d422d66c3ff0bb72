"""The `held` table: events that could not be digested rest here, with every later event of their case, and are retried.

A held event becomes a stuck case that a person sees (`event.held`); one case never blocks another.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

import asyncpg
import orjson

from shared.contracts import house
from shared.contracts.base import Event
from shared.contracts.envelope import Envelope, Headers, parse_headers
from shared.contracts.registry import parse_event
from shared.messaging import outbox
from shared.messaging.drafts import Cause, Draft, Emitter
from shared.messaging.failures import code_of, is_infrastructure
from shared.postgres.pool import Connection
from shared.telemetry.logs import get_logger
from shared.telemetry.tracing import new_traceparent

FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600
NOBODY = UUID(int=0)
"""Case of an event whose headers do not name one."""

_NAMESPACE = UUID("0b6a4d2e-5a51-5f0e-9f0a-6e7c1d2b3a40")

log = get_logger()

_PUT = """
insert into held (event_id, sequence, partition, case_id, event_type, subject, headers, body, error, next_try_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp() + make_interval(secs => $10))
on conflict do nothing
"""
_WAITING = "select distinct case_id from held where case_id = any($1::uuid[])"
_DUE = """
select distinct on (case_id) event_id, case_id from held
where error <> 'waits_behind' and next_try_at <= clock_timestamp()
order by case_id, sequence limit 100
"""
_CASE = "select * from held where case_id = $1 order by sequence for update"
_FAILED = """
update held set error = $2, tries = tries + 1,
    next_try_at = clock_timestamp() + make_interval(secs => least($3 * power(2, least(tries, 12)), $4))
where event_id = $1
"""
_DELETE = "delete from held where event_id = $1"
_LIST = """
select event_id, case_id, event_type, error, tries, held_at, next_try_at from held order by case_id, sequence limit 1000
"""
_RETRY_NOW = "update held set next_try_at = clock_timestamp() where ($1::uuid is null or event_id = $1)"
_UNBLOCK = """
update held set error = 'released', next_try_at = clock_timestamp()
where event_id = (select event_id from held where case_id = $1 order by sequence limit 1)
"""


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
    def of(
        cls, sequence: int, partition: int, subject: str, raw: dict[str, str], body: bytes,
        parsed: Headers | Envelope | None, error: str,
    ) -> "HeldEvent":  # fmt: skip
        """From what arrived; an event whose headers are malformed gets an id made of its place in the stream."""
        event_id = parsed.id if parsed else uuid5(_NAMESPACE, str(sequence))
        case_id = parsed.case_id if parsed else uuid5(NOBODY, str(sequence))
        event_type = parsed.type if parsed else "unknown"
        return cls(event_id, sequence, partition, case_id, event_type, subject, orjson.dumps(raw).decode(), body, error)


async def cases_waiting(tx: Connection, case_ids: Sequence[UUID]) -> set[UUID]:
    """Cases of which an event is held already."""
    return {row["case_id"] for row in await tx.fetch(_WAITING, case_ids)} if case_ids else set()


async def put(tx: Connection, row: HeldEvent, emitter: Emitter) -> None:
    """Hold an event and tell the house, unless it only waits behind another."""
    await tx.execute(
        _PUT, row.event_id, row.sequence, row.partition, row.case_id, row.event_type, row.subject, row.headers,
        row.body, row.error, FIRST_RETRY_SECONDS,
    )  # fmt: skip
    if row.error != "waits_behind":
        event = house.of(emitter.service, house.EventHeld)(
            event_id=row.event_id, event_type=row.event_type, held_case_id=row.case_id, error=row.error
        )
        await _tell(tx, emitter, row.event_id, event, attempt=0)


async def _tell(tx: Connection, emitter: Emitter, event_id: UUID, event: Event, attempt: int) -> None:
    cause = Cause(uuid5(_NAMESPACE, f"{event_id}|{attempt}"), event_id, new_traceparent(), datetime.now(UTC))
    house_case = uuid5(_NAMESPACE, emitter.service)
    await outbox.put(tx, emitter.stamp(cause, house_case, [Draft(event)], after=attempt, aggregate_id=event_id))


ApplyIn = Callable[[Connection, Sequence[Envelope]], Awaitable[None]]


async def retry_due(pool: asyncpg.Pool, emitter: Emitter, apply_in: ApplyIn) -> int:
    """Retry the first held event of each case that is due; return how many events were applied."""
    applied = 0
    for row in await pool.fetch(_DUE):
        applied += await _retry_case(pool, emitter, apply_in, row["case_id"])
    return applied


async def _retry_case(pool: asyncpg.Pool, emitter: Emitter, apply_in: ApplyIn, case_id: UUID) -> int:
    applied = 0
    async with pool.acquire() as connection, connection.transaction():
        for row in await connection.fetch(_CASE, case_id):
            try:
                async with connection.transaction():
                    await apply_in(connection, [_parse(row)])
            except Exception as error:
                if is_infrastructure(error):
                    raise
                code = code_of(error)
                await connection.execute(_FAILED, row["event_id"], code, FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS)
                log.warning("held.still_fails", error_code=code, event_id=str(row["event_id"]))
                break
            await connection.execute(_DELETE, row["event_id"])
            await _released(connection, emitter, row["event_id"], case_id, discarded=False)
            applied += 1
    return applied


def _parse(row: asyncpg.Record) -> Envelope:
    headers = parse_headers(orjson.loads(row["headers"]))
    event = parse_event(headers.type, headers.schema_version, row["body"])
    return headers.envelope(event, partition=row["partition"], sequence=row["sequence"])


async def _released(tx: Connection, emitter: Emitter, event_id: UUID, case_id: UUID, *, discarded: bool) -> None:
    event = house.of(emitter.service, house.EventReleased)(event_id=event_id, held_case_id=case_id, discarded=discarded)
    await _tell(tx, emitter, event_id, event, attempt=1)


async def listing(connection: Connection) -> list[dict[str, object]]:
    """What is held, for the operator."""
    return [dict(row) for row in await connection.fetch(_LIST)]


async def ask_retry(connection: Connection, event_id: UUID | None) -> int:
    """Make held events due now; the running service retries them. Returns how many."""
    return int((await connection.execute(_RETRY_NOW, event_id)).split()[-1])


async def discard(connection: Connection, emitter: Emitter, event_id: UUID) -> bool:
    """Give up one held event, chained as an act; the events behind it become due. False when it is not held."""
    async with connection.transaction():
        case_id = await connection.fetchval("delete from held where event_id = $1 returning case_id", event_id)
        if case_id is None:
            return False
        await connection.execute(_UNBLOCK, case_id)
        await _released(connection, emitter, event_id, case_id, discarded=True)
    return True


