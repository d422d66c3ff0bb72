"""The relay: publishes the outbox to the stream, in decision order per case, at least once with a stable id.

One relay per service is active: it holds a lease (token, until). A window never holds two events of one case, and no
later window is sent until a failed one is through, so the stream's order of a case is the order of its decisions.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import orjson
from nats.js.errors import NoStreamResponseError

from shared.messaging.connection import crashpoints
from shared.messaging.connection.failures import code_of, growing, is_infrastructure
from shared.messaging.connection.pace import Pace
from shared.messaging.outbox.publish import Outgoing, Publisher
from shared.telemetry.logs import get_logger

WINDOW = 500
LEASE_SECONDS = 5
RENEW_SECONDS = 1.5
POLL_SECONDS = 2.0
ACK_SECONDS = 5.0

_LEASE = """
update relay_lease set token = $1, until = clock_timestamp() + make_interval(secs => $2)
where token = $1 or until < clock_timestamp() returning true
"""
_UNSENT = """
select number, case_id, subject, headers, body from outbox
where number = any(array(select number from outbox_unsent order by number limit $1)) order by number
"""
"""Not a join: what statistics of a new house say of two tables must not let it read the whole outbox."""
_ANY_UNSENT = "select exists (select 1 from outbox_unsent)"
_MARK = """
with lease as (
    select from relay_lease where token = $3
), gone as (
    delete from outbox_unsent where number = any($1::bigint[]) and exists (select from lease) returning number
), marked as (
    insert into outbox_sent
    select number, sequence from gone join unnest($1::bigint[], $2::bigint[]) as sent (number, sequence) using (number)
)
select exists (select from lease)
"""
_RELEASE = "update relay_lease set until = '-infinity' where token = $1"

log = get_logger()


class LeaseLost(Exception):
    """Another relay took over; what this one published is marked by its successor."""

    code = "lease_lost"


class Relay:
    """Publishes one service's outbox."""

    def __init__(self, pool: asyncpg.Pool, publisher: Publisher) -> None:
        self._pool = pool
        self._publisher = publisher
        self._pace = Pace()
        self._token = uuid4()
        self._leased_at = float("-inf")
        self._awake = asyncio.Event()
        self._acknowledged: dict[int, int] = {}
        """Sent and not marked yet: sequence by number. Kept while PostgreSQL is away, however long, since what is
        published again after the stream's duplicate window stands there twice."""
        self.idle = False
        """True when the last look found nothing unsent."""

    def wake(self) -> None:
        """Look at the outbox now; called after a commit in this process."""
        self.idle = False
        self._awake.set()

    async def run(self) -> None:
        """Publish until cancelled; infrastructure failures are waited for."""
        attempt = 0
        try:
            while True:
                try:
                    sent = await self.publish_waiting()
                    attempt = 0
                    if sent < WINDOW:
                        await self._rest()
                except (LeaseLost, NoStreamResponseError) as error:
                    log.warning("relay.waiting", error_code=code_of(error))
                    await asyncio.sleep(1)
                except Exception as error:
                    if not is_infrastructure(error):
                        log.error("relay.failed", error_code=code_of(error))
                    attempt += 1
                    await asyncio.sleep(growing(attempt))
        finally:
            await self._release()

    async def publish_waiting(self) -> int:
        """Send what is unsent, window by window; return how many events were sent."""
        await self._pace.keep()
        self._awake.clear()
        self._looked = False
        if not await self._leased():
            return 0
        await self._mark()
        rows = await self._pool.fetch(_UNSENT, WINDOW)
        self._looked = True
        if rows:
            self.idle = False
            self._pace.began()
        try:
            for window in windows(rows):
                await self._publish(window)
        finally:
            await self._mark()
        return len(rows)

    async def _leased(self) -> bool:
        """Whether this relay is the one; a lease is renewed well before it ends, not for every window."""
        now = asyncio.get_running_loop().time()
        if now < self._leased_at + RENEW_SECONDS:
            return True
        if not await self._pool.fetchval(_LEASE, self._token, LEASE_SECONDS):
            return False
        self._leased_at = now
        return True

    async def _publish(self, window: Sequence[asyncpg.Record]) -> None:
        outgoing = [
            Outgoing(row["number"], row["subject"], orjson.loads(row["headers"]), row["body"].encode())
            for row in window
        ]
        done = await self._publisher.publish(outgoing, ACK_SECONDS)
        crashpoints.reach("relay.after_publish")
        self._acknowledged |= done.sequences
        if done.failure is not None:
            raise done.failure

    async def _mark(self) -> None:
        sent = self._acknowledged
        if not sent:
            return
        if not await self._pool.fetchval(_MARK, list(sent), list(sent.values()), self._token):
            self._leased_at = float("-inf")
            raise LeaseLost
        self._acknowledged = {}

    async def _rest(self) -> None:
        # Without the lease somebody must know of those that wait for a dead relay's to run out.
        unsent = False if self._looked else await self._pool.fetchval(_ANY_UNSENT)
        self.idle = not unsent and not self._awake.is_set()
        try:
            await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    async def _release(self) -> None:
        try:
            await self._pool.execute(_RELEASE, self._token)
        except Exception as error:
            log.info("relay.lease_left_to_expire", error_code=code_of(error))


def windows(rows: Sequence[asyncpg.Record]) -> list[list[asyncpg.Record]]:
    """Split rows into windows: the n-th holds the n-th waiting event of each case, so a window has a case once."""
    result: list[list[asyncpg.Record]] = []
    seen: dict[UUID, int] = {}
    for row in rows:
        place = seen.get(row["case_id"], 0)
        seen[row["case_id"]] = place + 1
        if place == len(result):
            result.append([])
        result[place].append(row)
    return result
