"""The ticker: fires due rungs by index, in order, at their own instants, once each, however long it was away."""

import asyncio
import math
import time
from datetime import datetime
from uuid import UUID

from services.escalation import store
from services.escalation.domain.firing import DueRung, Fired, fire_in_order
from shared.contracts.bus.envelope import Envelope
from shared.directory import Directory
from shared.messaging import outbox
from shared.messaging.connection import crashpoints
from shared.messaging.host.host import Host
from shared.postgres.pool import Connection
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import count, observe
from shared.telemetry.tracing import SpanKind, staged

MOST = 500
POLL_SECONDS = 1.0
SHORTEST_SECONDS = 0.05

log = get_logger()


class Ticker:
    """Fires the rungs of one schema; replicas share the due rows."""

    def __init__(self, host: Host, directory: Directory) -> None:
        self._host = host
        self._directory = directory
        self._awake = asyncio.Event()
        self._next: datetime | None = None
        self._seen: datetime | None = None
        self._batch_in_hand = False
        self._must_look = True
        self._jumped_at = -math.inf

    def idle(self) -> bool:
        """True when nothing is due at the present case time."""
        return not self._must_look and (self._next is None or self._next > self._host.clock.now())

    def on_clock(self) -> None:
        """Case time may have moved."""
        now = self._host.clock.now()
        if now != self._seen:
            self._seen = now
            self._jumped_at = time.monotonic()
            self._look()

    def expect(self, earliest: datetime | None) -> None:
        """The reader is about to commit clocks; `earliest` is the first instant at which one of them is due."""
        if earliest is not None and earliest <= self._host.clock.now():
            self._batch_in_hand = True
            self._look()

    async def run(self) -> None:
        """Fire what is due, sleep until the next instant; until cancelled."""
        while True:
            await self.fire_due()
            await self._sleep()

    async def fire_due(self) -> int:
        """Fire rungs until none is due; return how many."""
        self._awake.clear()
        if self._batch_in_hand:
            self._batch_in_hand = False
            await self._host.pool.execute(store.Q["wait_for_batch"])
        total = 0
        while fired := await self._fire_batch():
            total += fired
        self._next = await store.next_due(self._host.pool)
        self._must_look = self._awake.is_set()
        return total

    def _look(self) -> None:
        self._must_look = True
        self._awake.set()

    @staged("clock.fire", SpanKind.PRODUCER, follows=False)
    async def _fire_batch(self) -> int:
        now = self._host.clock.now()
        async with self._host.pool.acquire() as connection, connection.transaction():
            fired = await self._fire_claimed(connection, now)
            crashpoints.reach("ticker.before_commit")
        if fired:
            self._host.committed()
            _measure(fired, self._lateness_ms(fired))
        return len(fired)

    async def _fire_claimed(self, tx: Connection, now: datetime) -> list[Fired]:
        claimed = await store.claim_due(tx, now, MOST)
        if not claimed.due:
            return []
        fired = fire_in_order(self._directory, claimed.due, claimed.until, MOST)
        versions: dict[UUID, int] = {}
        events: list[Envelope] = []
        for due, each in fired:
            events.extend(self._stamp(due, each, versions))
        await store.save_fired(tx, [each for _, each in fired], versions)
        await outbox.put(tx, events)
        return [each for _, each in fired]

    def _stamp(self, due: DueRung, fired: Fired, versions: dict[UUID, int]) -> list[Envelope]:
        case_id = due.clock.case_id
        after = versions.get(case_id, due.version)
        versions[case_id] = after + len(fired.drafts)
        return list(self._host.emitter.stamp(fired.cause, case_id, fired.drafts, after=after))

    def _lateness_ms(self, fired: list[Fired]) -> list[float]:
        """Machine time since each was due: what a jump of the virtual clock passed was due at the jump."""
        now, since_jump = self._host.clock.now(), time.monotonic() - self._jumped_at
        return [1000 * min((now - each.cause.recorded_at).total_seconds(), since_jump) for each in fired]

    async def _sleep(self) -> None:
        wait = POLL_SECONDS
        if self._next is not None:
            wait = (self._next - self._host.clock.now()).total_seconds()
        try:
            await asyncio.wait_for(self._awake.wait(), min(POLL_SECONDS, max(SHORTEST_SECONDS, wait)))
        except TimeoutError:
            return


def _measure(fired: list[Fired], lateness: list[float]) -> None:
    for milliseconds in lateness:
        observe("clocks.lateness", milliseconds)
    count("clocks.fired", len(fired))
    log.info("ticker.fired", clock_count=len(fired), lateness_ms=max(lateness))
    for each in fired:
        if each.clock.unheard:
            log.error("ticker.nobody_lawful", clock_id=str(each.clock.clock_id), rung=each.rung.value)
