"""One batch of events, one transaction: drop what is known, apply the rest, move the positions, fill the outbox."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from nats.aio.msg import Msg

from shared.contracts.envelope import Envelope, Headers, MalformedHeaders, parse_headers
from shared.contracts.registry import parse_event
from shared.messaging import crashpoints, held, outbox
from shared.messaging.drafts import Cause, Draft, Emitter
from shared.messaging.failures import code_of, is_infrastructure
from shared.postgres.pool import Connection
from shared.telemetry.logs import get_logger

log = get_logger()

_POSITIONS = """
select partition, sequence from position where partition = any($1::smallint[]) order by partition for update
"""
_MOVE = "update position set sequence = $2 where partition = any($1::smallint[]) and sequence < $2"
_NEW = """
insert into inbox (event_id) select distinct unnest($1::uuid[]) on conflict do nothing returning event_id
"""


@dataclass(slots=True)
class Batch:
    """Events to apply, in stream order, and what the service emits because of them."""

    events: Sequence[Envelope]
    emitter: Emitter
    emitted: list[Envelope] = field(default_factory=list)

    def emit(
        self, cause: Cause, case_id: UUID, drafts: Iterable[Draft], *, after: int, aggregate_id: UUID | None = None
    ) -> None:
        """Stamp drafts; they reach the outbox in the batch's transaction."""
        self.emitted.extend(self.emitter.stamp(cause, case_id, drafts, after=after, aggregate_id=aggregate_id))


Apply = Callable[[Connection, Batch], Awaitable[None]]
"""What a service does with a batch: load, decide, save on the given transaction; nothing external."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event as the stream delivered it."""

    partition: int
    sequence: int
    subject: str
    raw_headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, message: Msg, sequence: int, partition: int) -> "Arrived":
        """From a NATS message."""
        return cls(partition, sequence, message.subject, dict(message.headers or {}), message.data)


@dataclass(frozen=True, slots=True)
class Fault:
    """An event that cannot be parsed, with a closed word for the reason."""

    arrived: Arrived
    headers: Headers | None
    error: str


class Applier:
    """Applies arrived events with a service's `apply`, exactly once."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        emitter: Emitter,
        apply: Apply,
        consumes: frozenset[str],
        committed: Callable[[], None],
    ) -> None:
        self._pool = pool
        self._emitter = emitter
        self._apply = apply
        self._consumes = consumes
        self._committed = committed

    async def apply(self, arrived: Sequence[Arrived], partitions: Collection[int]) -> None:
        """Apply events in order. On an event's own fault the batch runs event by event and the event is held.

        `partitions` are all those that the consumer delivers: after the batch every one of them was read up to its end.

        Raises:
            Exception: an infrastructure failure; nothing was committed, the caller waits and reads again.
        """
        parsed = [self._parse(item) for item in arrived]
        try:
            await self._transaction(arrived, parsed, partitions, one_by_one=any(isinstance(x, Fault) for x in parsed))
        except Exception as error:
            if is_infrastructure(error):
                raise
            log.warning("reader.batch_split", error_code=code_of(error), event_count=len(arrived))
            await self._transaction(arrived, parsed, partitions, one_by_one=True)
        crashpoints.reach("reader.after_commit")
        self._committed()

    def _parse(self, item: Arrived) -> Envelope | Fault | None:
        headers: Headers | None = None
        try:
            headers = parse_headers(item.raw_headers)
            if headers.realm != self._emitter.realm:
                return Fault(item, headers, "foreign_realm")
            if headers.type not in self._consumes:
                return None
            event = parse_event(headers.type, headers.schema_version, item.body)
        except (MalformedHeaders, ValueError) as error:
            return Fault(item, headers, code_of(error))
        return headers.envelope(event, partition=item.partition, sequence=item.sequence)

    async def _transaction(
        self,
        arrived: Sequence[Arrived],
        parsed: Sequence[Envelope | Fault | None],
        partitions: Collection[int],
        *,
        one_by_one: bool,
    ) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_POSITIONS, sorted(partitions))
            positions = {row["partition"]: row["sequence"] for row in rows}
            fresh = [
                (item, result)
                for item, result in zip(arrived, parsed, strict=True)
                if item.sequence > positions[item.partition]
            ]
            if not fresh:
                return
            await self._take(connection, fresh, one_by_one=one_by_one)
            await connection.execute(_MOVE, list(partitions), fresh[-1][0].sequence)
            crashpoints.reach("reader.before_commit")

    async def _take(
        self, tx: Connection, fresh: Sequence[tuple[Arrived, Envelope | Fault | None]], *, one_by_one: bool
    ) -> None:
        envelopes = [(item, result) for item, result in fresh if isinstance(result, Envelope)]
        ids = [result.id for _, result in envelopes]
        new = {row["event_id"] for row in await tx.fetch(_NEW, ids)} if ids else set()
        waiting = await held.cases_waiting(tx, [result.case_id for _, result in envelopes])
        once = dict.fromkeys(ids)
        plain: list[Envelope] = []
        for item, result in fresh:
            match result:
                case Fault() as fault:
                    await self._hold(tx, fault.arrived, fault.headers, fault.error, waiting)
                case Envelope() if result.id in new and result.id in once:
                    del once[result.id]
                    if result.case_id in waiting:
                        await self._hold(tx, item, result, "waits_behind", waiting)
                    elif one_by_one:
                        await self._one(tx, item, result, waiting)
                    else:
                        plain.append(result)
        if plain:
            await self.apply_in(tx, plain)

    async def apply_in(self, tx: Connection, events: Sequence[Envelope]) -> None:
        """Let the service apply events and put what it emits into the outbox."""
        batch = Batch(events, self._emitter)
        await self._apply(tx, batch)
        crashpoints.reach("reader.after_decide")
        await outbox.put(tx, batch.emitted)

    async def _one(self, tx: Connection, item: Arrived, envelope: Envelope, waiting: set[UUID]) -> None:
        try:
            async with tx.transaction():
                await self.apply_in(tx, [envelope])
        except Exception as error:
            if is_infrastructure(error):
                raise
            await self._hold(tx, item, envelope, code_of(error), waiting)

    async def _hold(
        self, tx: Connection, item: Arrived, parsed: Headers | Envelope | None, error: str, waiting: set[UUID]
    ) -> None:
        row = held.HeldEvent.of(item.sequence, item.partition, item.subject, item.raw_headers, item.body, parsed, error)
        waiting.add(row.case_id)
        await held.put(tx, row, self._emitter)
        log.error("event.held", error_code=error, event_id=str(row.event_id), sequence=item.sequence)
