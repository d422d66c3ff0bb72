"""The reader: reads `EVENTS` in order, like a file. One active reader per partition, its position in PostgreSQL.

The consumer is disposable (ack none, memory): it is made anew from the lowest position + 1 at start, take-over, gap or
error. Waiting for PostgreSQL or NATS counts no tries and loses nothing.
"""

import asyncio
import contextlib

import asyncpg
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from shared.contracts.bus.flows import filter_subjects
from shared.contracts.bus.subjects import PARTITIONS, STREAM, consumer_name
from shared.messaging.connection import outages
from shared.messaging.connection.failures import code_of, growing, is_infrastructure
from shared.messaging.connection.pace import Pace
from shared.messaging.events.arrival import Arrived
from shared.messaging.events.batch import Applier
from shared.messaging.events.partitions import PartitionLocks
from shared.messaging.events.pull import Pull
from shared.telemetry.logs import get_logger

BATCH = 500
SILENCE_SECONDS = 1.0
STANDBY_SECONDS = 1.0
RETRY_EVERY_SECONDS = 1.0

log = get_logger()


class StreamBehind(Exception):
    """Our position is beyond the stream's end: events are missing there. Run `donthu reconcile`, then start again."""

    code = "stream_behind"


def refuse_behind(last: int, position: int) -> None:
    """Let a stream pass whose last sequence is not before our position.

    Raises:
        StreamBehind: it was lost or cut.
    """
    if position > last:
        log.error("reader.stream_behind", position=position, sequence=last)
        raise StreamBehind


class Gap(Exception):
    """The consumer skipped a delivery; it is made anew."""

    code = "gap"


class Reader:
    """Feeds one service."""

    def __init__(
        self, *, service: str, replica: int, dsn: str, pool: asyncpg.Pool, connection: Client, applier: Applier
    ) -> None:
        self._service = service
        self._replica = replica
        self._name = consumer_name(service, replica)
        self._dsn = dsn
        self._pool = pool
        self._connection = connection
        self._stream = JetStreamContext(connection, timeout=5)
        self._applier = applier
        self._pace = Pace()
        self._expected = 0
        self._applied = 0
        self._failures = 0
        """Since everything was last in order."""

    async def run(self) -> None:
        """Read until cancelled.

        Raises:
            StreamBehind: the service must stop and say the command.
        """
        while True:
            try:
                async with PartitionLocks(self._dsn, self._service, self._replica) as locks:
                    await self._serve(locks)
            except StreamBehind:
                raise
            except Gap:
                log.warning("reader.gap")
            except Exception as error:
                self._failures += 1
                if is_infrastructure(error):
                    outages.waiting("reader.waiting", error, self._failures)
                else:
                    log.error("reader.failed", error_code=code_of(error), attempt=self._failures)
                await asyncio.sleep(growing(min(self._failures, 5)))

    async def _serve(self, locks: PartitionLocks) -> None:
        while locks.alive:
            await locks.adjust()
            if locks.held:
                await self._read_share(locks)
            else:
                await asyncio.sleep(STANDBY_SECONDS)

    async def _read_share(self, locks: PartitionLocks) -> None:
        """Read until the share changes or the locks are lost."""
        await self._make_consumer(locks)
        log.info("reader.active", partition_count=len(locks.held))
        loop = asyncio.get_running_loop()
        look_around = loop.time()
        async with self._deliveries() as deliveries:
            while locks.alive:
                if loop.time() >= look_around:
                    if await locks.adjust():
                        return
                    await self._applier.retry_held()
                    look_around = loop.time() + RETRY_EVERY_SECONDS
                await self._read(deliveries, locks.held)

    def _deliveries(self) -> Pull:
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{self._name}"
        return Pull(self._connection, subject=subject, most=BATCH)

    async def _read(self, deliveries: Pull, partitions: frozenset[int]) -> None:
        await self._pace.keep()
        messages = await deliveries.take(SILENCE_SECONDS)
        if not messages:
            info = await self._stream.consumer_info(STREAM, self._name)
            if info.delivered and info.delivered.consumer_seq != self._expected:
                raise Gap  # the last deliveries were lost, and nothing follows that would show it
            self._failures = 0
            return
        self._pace.began()
        arrived = [self._arrived(message) for message in messages]
        await self._applier.apply(arrived, partitions)
        self._applied, self._failures = self._expected, 0

    async def caught_up(self) -> bool:
        """Whether everything in the stream that concerns this replica is applied."""
        try:
            info = await self._stream.consumer_info(STREAM, self._name)
        except nats.errors.Error:
            return False
        delivered = info.delivered.consumer_seq if info.delivered else 0
        return info.num_pending == 0 and delivered == self._applied

    def _arrived(self, message: Msg) -> Arrived:
        # $JS.ACK.<stream>.<consumer>.<delivered>.<stream sequence>.<consumer sequence>.<time>.<pending>
        tokens = message.reply.split(".")
        sequence, delivery = int(tokens[-4]), int(tokens[-3])
        if delivery != self._expected + 1:
            raise Gap
        self._expected = delivery
        return Arrived.of(message, sequence)

    async def _make_consumer(self, locks: PartitionLocks) -> None:
        held_partitions = sorted(locks.held)
        rows = await self._pool.fetch(
            "select sequence from position where partition = any($1::smallint[])", held_partitions
        )
        positions = [row["sequence"] for row in rows]
        refuse_behind((await self._stream.stream_info(STREAM)).state.last_seq, max(positions))
        # A consumer whose server died is struck off the cluster's list, but nobody is there to say so.
        with contextlib.suppress(NotFoundError, nats.errors.TimeoutError):
            await self._stream.delete_consumer(STREAM, self._name)
        await self._stream.add_consumer(
            STREAM,
            ConsumerConfig(
                name=self._name,
                ack_policy=AckPolicy.NONE,
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=min(positions) + 1,
                filter_subjects=filter_subjects(self._service, held_partitions, len(held_partitions) == PARTITIONS),
                inactive_threshold=300,
                mem_storage=True,
                max_waiting=8,
            ),
        )
        self._expected = self._applied = 0
