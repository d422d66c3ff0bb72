"""The mailer: leases waiting mails, sends them outside any transaction, records the proof; at least once."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

from services.notify import store
from services.notify.channels.channel import Channel, ChannelDown, MessageRefused
from services.notify.domain import mailed, mailing
from services.notify.letters import letter
from services.notify.store import WaitingMail
from shared.directory import Directory, UnknownOfficer
from shared.messaging import crashpoints, outbox
from shared.messaging.drafts import numbered
from shared.messaging.failures import code_of, growing
from shared.messaging.runtime import House
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import count

MOST = 10
LEASE_SECONDS = 150.0
"""Longer than `MOST` mails may take at the channel's own timeout."""
POLL_SECONDS = 1.0
DOWN_FIRST_SECONDS, DOWN_MOST_SECONDS = 0.2, 10.0
REFUSED_FIRST_SECONDS, REFUSED_MOST_SECONDS = 60.0, 3600.0

log = get_logger()


class Mailer:
    """Sends the mails of one schema; replicas share them by leases."""

    def __init__(self, house: House, directory: Directory, channel: Channel, *, sender: str, public_url: str) -> None:
        self._house = house
        self._directory = directory
        self._channel = channel
        self._sender = sender
        self._public_url = public_url
        self._awake = asyncio.Event()
        self._outage = 0
        self._must_look = True

    def idle(self) -> bool:
        """True when no mail waits to be tried now; during an outage none does."""
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
            await self._house.pool.execute(store.Q["wait_for_batch"])
        token = uuid4()
        while mails := await store.claim_mails(self._house.pool, token, MOST, LEASE_SECONDS):
            self._must_look = True
            if not await self._send_all(mails, token):
                break
        self._must_look = self._awake.is_set()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    def _pause(self) -> float:
        return growing(self._outage, first=DOWN_FIRST_SECONDS, most=DOWN_MOST_SECONDS)

    async def _send_all(self, mails: list[WaitingMail], token: UUID) -> bool:
        """False when the channel is down."""
        for place, mail in enumerate(mails):
            try:
                reply_code = await self._hand_over(mail)
            except ChannelDown as error:
                await self._wait_for_channel(mails[place:], token, error)
                return False
            except (MessageRefused, UnknownOfficer) as error:
                await self._put_off_refused(mail, token, error)
                continue
            self._outage = 0
            crashpoints.reach("mail.after_send")
            await self._record(mail, token, reply_code)
        return True

    async def _hand_over(self, mail: WaitingMail) -> int:
        message = letter(
            alert_id=mail.alert_id,
            rung=mail.rung,
            due_on=mail.due_on,
            address=self._directory.officer(mail.recipient_id).email,
            sender=self._sender,
            public_url=self._public_url,
            now=datetime.now(UTC),
        )
        return await self._channel.send(message)

    async def _record(self, mail: WaitingMail, token: UUID, reply_code: int) -> None:
        async with self._house.pool.acquire() as tx, tx.transaction():
            before = await store.load(tx, mail.alert_id)
            if before is None or not await store.mark_sent(tx, mail.alert_id, token, reply_code):
                log.warning("mail.lease_lost", alert_id=str(mail.alert_id))
                return
            decision = numbered(before, mailed(before))
            await store.save(tx, decision.state)
            cause = mailing(before, self._house.clock.now())
            events = self._house.emitter.stamp(
                cause, before.case_id, decision.drafts, after=before.version, aggregate_id=before.alert_id
            )
            await outbox.put(tx, events)
        self._house.committed()
        count("alerts.sent", channel="mail")
        log.info("mail.sent", alert_id=str(mail.alert_id), attempt=mail.tries)

    async def _wait_for_channel(self, mails: list[WaitingMail], token: UUID, error: ChannelDown) -> None:
        self._outage += 1
        await store.put_off(self._house.pool, [mail.alert_id for mail in mails], token, self._pause())
        log.warning("mail.waiting", error_code=code_of(error), attempt=self._outage, waiting_count=len(mails))

    async def _put_off_refused(self, mail: WaitingMail, token: UUID, error: Exception) -> None:
        delay = growing(mail.tries, first=REFUSED_FIRST_SECONDS, most=REFUSED_MOST_SECONDS)
        await store.put_off(self._house.pool, [mail.alert_id], token, delay)
        log.error("mail.refused", error_code=code_of(error), alert_id=str(mail.alert_id), attempt=mail.tries)
