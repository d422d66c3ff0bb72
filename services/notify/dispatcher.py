"""Sends what waits for a medium: leases it, hands it over outside any transaction, records the proof; at least once."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

from services.notify import store
from services.notify.channels.channel import Channel, ChannelDown, MessageRefused
from services.notify.domain import delivered, delivering
from services.notify.store import Waiting
from shared.directory import UnknownOfficer
from shared.effects import numbered
from shared.messaging import outbox
from shared.messaging.connection import crashpoints
from shared.messaging.connection.failures import code_of, growing
from shared.messaging.host.host import Host
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import count
from shared.telemetry.tracing import SpanKind, staged

MOST = 10
LEASE_SECONDS = 150.0
"""Longer than `MOST` deliveries may take at the channel's own timeout."""
POLL_SECONDS = 1.0
DOWN_FIRST_SECONDS, DOWN_MOST_SECONDS = 0.2, 10.0
REFUSED_FIRST_SECONDS, REFUSED_MOST_SECONDS = 60.0, 3600.0

log = get_logger()


class Dispatcher:
    """Sends over one channel what waits for it; replicas share the deliveries by leases."""

    def __init__(self, host: Host, channel: Channel) -> None:
        self._host = host
        self._channel = channel
        self._medium = channel.medium
        self._awake = asyncio.Event()
        self._outage = 0
        self._must_look = True

    def idle(self) -> bool:
        """True when nothing waits to be tried now; during an outage none does."""
        return not self._must_look

    def expect(self) -> None:
        """The reader is about to commit alerts."""
        self._must_look = True
        self._awake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self.send_due()
            if self._outage:
                await asyncio.sleep(self._pause())
            else:
                await self._rest()

    async def send_due(self) -> None:
        """Send what is due, batch by batch."""
        if self._awake.is_set():
            self._awake.clear()
            await self._host.pool.execute(store.Q["wait_for_batch"])
        token = uuid4()
        while waiting := await store.claim(self._host.pool, self._medium, token, MOST, LEASE_SECONDS):
            self._must_look = True
            if not await self._send_all(waiting, token):
                break
        self._must_look = self._awake.is_set()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    def _pause(self) -> float:
        return growing(self._outage, first=DOWN_FIRST_SECONDS, most=DOWN_MOST_SECONDS)

    async def _send_all(self, waiting: list[Waiting], token: UUID) -> bool:
        """False when the channel is down."""
        for place, each in enumerate(waiting):
            try:
                reply_code = await self._channel.send(each.notice, datetime.now(UTC))
            except ChannelDown as error:
                await self._wait_for_channel(waiting[place:], token, error)
                return False
            except (MessageRefused, UnknownOfficer) as error:
                await self._put_off_refused(each, token, error)
                continue
            self._outage = 0
            crashpoints.reach(f"{self._medium}.after_send")
            await self._record(each, token, reply_code)
        return True

    @staged("alert.deliver", SpanKind.PRODUCER)
    async def _record(self, sent: Waiting, token: UUID, reply_code: int) -> None:
        async with self._host.pool.acquire() as tx, tx.transaction():
            before = await store.load(tx, sent.alert_id)
            if before is None or not await store.mark_sent(tx, sent.alert_id, self._medium, token, reply_code):
                log.warning(f"{self._medium}.lease_lost", alert_id=str(sent.alert_id))
                return
            decision = numbered(before, delivered(before, self._medium))
            await store.save(tx, decision.state)
            cause = delivering(before, self._medium, self._host.clock.now())
            events = self._host.emitter.stamp(
                cause, before.case_id, decision.drafts, after=before.version, aggregate_id=before.alert_id
            )
            await outbox.put(tx, events)
        self._host.committed()
        count("alerts.sent", channel=self._medium)
        log.info(f"{self._medium}.sent", alert_id=str(sent.alert_id), attempt=sent.tries)

    async def _wait_for_channel(self, waiting: list[Waiting], token: UUID, error: ChannelDown) -> None:
        self._outage += 1
        count("deliveries.failed", channel=self._medium, outcome="channel_down")
        alert_ids = [each.alert_id for each in waiting]
        await store.put_off(self._host.pool, alert_ids, self._medium, token, self._pause())
        log.warning(
            f"{self._medium}.waiting", error_code=code_of(error), attempt=self._outage, waiting_count=len(waiting)
        )

    async def _put_off_refused(self, refused: Waiting, token: UUID, error: Exception) -> None:
        delay = growing(refused.tries, first=REFUSED_FIRST_SECONDS, most=REFUSED_MOST_SECONDS)
        await store.put_off(self._host.pool, [refused.alert_id], self._medium, token, delay)
        count("deliveries.failed", channel=self._medium, outcome="refused")
        log.error(
            f"{self._medium}.refused",
            error_code=code_of(error),
            alert_id=str(refused.alert_id),
            attempt=refused.tries,
        )
