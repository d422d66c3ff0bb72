"""One batch of events, one transaction: drop what is known, apply the rest, move the positions, fill the outbox."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from shared.contracts.bus.envelope import Envelope, Headers
from shared.effects import Cause, Draft
from shared.messaging import outbox
from shared.messaging.connection import crashpoints
from shared.messaging.connection.failures import code_of, is_infrastructure
from shared.messaging.events import held
from shared.messaging.events.arrival import Arrived, Fault, Gate
from shared.messaging.outbox.emitter import Emitter
from shared.postgres.pool import Connection
from shared.telemetry.logs import get_logger

log = get_logger()

_MOVE = """
update position set sequence = $2 where partition = any($1::smallint[]) and sequence < $2
returning partition, old.sequence
"""
"""Positions moved to the batch's end, as they stood before; one that another replica moved as far is left out."""
_NEW = """
with new as (
    insert into inbox (event_id) select distinct unnest($1::uuid[]) on conflict do nothing returning event_id
)
select event_id, null::uuid as waiting from new
union all select distinct null::uuid, case_id from held where case_id = any($2::uuid[])
"""
"""Events not seen before, and cases of which an event is held."""


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
        self._gate = Gate(emitter.realm, consumes)
        self._committed = committed

    async def apply(self, arrived: Sequence[Arrived], partitions: Collection[int]) -> None:
        """Apply events in order. On an event's own fault the batch runs event by event and the event is held.

        `partitions` are all those that the consumer delivers: after the batch every one of them was read up to its end.

        Raises:
            Exception: an infrastructure failure; nothing was committed, the caller waits and reads again.
        """
        parsed = [self._gate.admit(item) for item in arrived]
        try:
            await self._transaction(arrived, parsed, partitions, one_by_one=any(isinstance(x, Fault) for x in parsed))
        except Exception as error:
            if is_infrastructure(error):
                raise
            log.warning("reader.batch_split", error_code=code_of(error), event_count=len(arrived))
            await self._transaction(arrived, parsed, partitions, one_by_one=True)
        crashpoints.reach("reader.after_commit")
        self._committed()

    async def _transaction(
        self,
        arrived: Sequence[Arrived],
        parsed: Sequence[Envelope | Fault | None],
        partitions: Collection[int],
        *,
        one_by_one: bool,
    ) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_MOVE, sorted(partitions), arrived[-1].sequence)
            stood = dict.fromkeys(partitions, arrived[-1].sequence) | {row[0]: row[1] for row in rows}
            fresh = [
                (item, result)
                for item, result in zip(arrived, parsed, strict=True)
                if item.sequence > stood[item.partition]
            ]
            if not fresh:
                return
            await self._take(connection, fresh, one_by_one=one_by_one)
            crashpoints.reach("reader.before_commit")

    async def _take(
        self, tx: Connection, fresh: Sequence[tuple[Arrived, Envelope | Fault | None]], *, one_by_one: bool
    ) -> None:
        named = [known for _, result in fresh if (known := _named(result))]
        rows = await tx.fetch(_NEW, [known.id for known in named], [known.case_id for known in named]) if named else []
        new = {row["event_id"] for row in rows if row["event_id"] is not None}
        waiting = {row["waiting"] for row in rows if row["waiting"] is not None}
        plain: list[Envelope] = []
        for item, result in fresh:
            if known := _named(result):
                if known.id not in new:
                    continue
                new.remove(known.id)
            match result:
                case Fault() as fault:
                    await self._hold(tx, fault.arrived, fault.headers, fault.error, waiting)
                case Envelope():
                    if result.case_id in waiting:
                        await self._hold(tx, item, result, held.WAITS, waiting)
                    elif one_by_one:
                        await self._one(tx, item, result, waiting)
                    else:
                        plain.append(result)
        if plain:
            await self.apply_in(tx, plain)

    async def retry_held(self) -> int:
        """Retry what is held and due; return how many events left `held`."""
        return await held.retry_due(self._pool, self._emitter, self._gate, self.apply_in)

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
        row = held.HeldEvent.of(item, parsed, error)
        waiting.add(row.case_id)
        await held.put(tx, row, self._emitter)
        log.error("event.held", error_code=error, event_id=str(row.event_id), sequence=item.sequence)


def _named(result: Envelope | Fault | None) -> Envelope | Headers | None:
    """Id and case of an event whose headers are believed."""
    return result.headers if isinstance(result, Fault) else result
