"""What every service is made of: a FastStream app around one pool, one NATS connection, reader, relay, commands.

`open_host` (in `opening`) opens the connections and refuses a foreign realm; `Host.app` joins the parts to a
FastStream application. A permission error, a reader that cannot go on and a connection lost for good end the process;
the supervisor decides.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
import nats
from faststream import FastStream
from faststream.nats import NatsBroker, NatsMessage
from faststream.nats.security import NatsNKey
from nats.aio.client import Client
from nats.js import JetStreamContext

from shared.contracts.bus.flows import consumed_types
from shared.contracts.bus.subjects import consumer_name, inbox_prefix
from shared.messaging.commands.answering import CommandServer, whole_message
from shared.messaging.commands.router import CommandRouter
from shared.messaging.connection import lifeline, outages
from shared.messaging.connection.bus import DIAL_SECONDS, PING_SECONDS, PINGS_UNANSWERED, bus_tls
from shared.messaging.connection.loops import Background, end, guarded
from shared.messaging.events.batch import Applier, Apply
from shared.messaging.events.reader import Reader
from shared.messaging.host.pruning import prune
from shared.messaging.host.realm import recognise
from shared.messaging.host.vitals import Measure, Vitals, middlewares, watched
from shared.messaging.outbox.emitter import Emitter
from shared.messaging.outbox.publish import Publisher
from shared.messaging.outbox.relay import Relay
from shared.postgres.casetime import CaseClock
from shared.security.actor import ActorVerifier
from shared.security.secrets import ServiceSecrets
from shared.settings import ServiceSettings
from shared.settings.addresses import servers
from shared.telemetry.logs import get_logger

log = get_logger()

ONLY_ASKED, QUIET, BUSY = b"?", b"1", b"0"
"""Words between the supervisor and a service on `clock.<service>`."""
INBOXES = "_inbox_"


class Host:
    """The opened connections of one service."""

    def __init__(
        self, service: str, settings: ServiceSettings, secrets: ServiceSecrets, pool: asyncpg.Pool,
        by_key: asyncpg.Pool, dsn: str, clock: CaseClock, realm_tag: str,
    ) -> None:  # fmt: skip
        self.service = service
        self.settings = settings
        self.secrets = secrets
        self.pool = pool
        self._by_key = by_key
        """For reader and relay."""
        self.dsn = dsn
        self.clock = clock
        self.emitter = Emitter(service, realm_tag)
        self.broker = NatsBroker(
            servers(settings.nats_url),
            name=f"{service}-{settings.replica}",
            security=NatsNKey.from_seed(
                secrets.nats_seed, ssl_context=bus_tls(settings.nats_url, settings.secrets_dir)
            ),
            inbox_prefix=inbox_prefix(service),
            max_reconnect_attempts=-1,
            reconnect_time_wait=DIAL_SECONDS,  # type: ignore[arg-type]  # it sleeps so long
            connect_timeout=5,
            ping_interval=PING_SECONDS,
            max_outstanding_pings=PINGS_UNANSWERED,
            **outages.said_once(_end_when_refused),
            apply_types=False,
            logger=None,
            graceful_timeout=5,
            middlewares=middlewares(),
        )
        self._stream: JetStreamContext | None = None
        self._relay: Relay | None = None
        self._quiet: Callable[[], Awaitable[bool]] = _not_started

    @property
    def stream(self) -> JetStreamContext:
        """JetStream over the broker's connection; only after start."""
        if self._stream is None:
            raise RuntimeError("the service has not started")
        return self._stream

    def committed(self) -> None:
        """Tell the relay that a transaction left events in the outbox."""
        if self._relay is not None:
            self._relay.wake()

    def app(
        self,
        *,
        apply: Apply | None,
        router: CommandRouter | None = None,
        background: Sequence[Background] = (),
        closing: Sequence[Background] = (),
        on_clock: Callable[[], None] | None = None,
        ticker_idle: Callable[[], bool] = lambda: True,
        measure: Measure | None = None,
    ) -> FastStream:
        """The FastStream application: commands on the broker, reader, relay and background loops in its life span."""
        if router is not None:
            self._serve(router)
        self._listen_to_clock(on_clock)
        tasks: list[asyncio.Task[None]] = []

        async def stopping() -> None:
            await end(tasks)

        @asynccontextmanager
        async def lifespan() -> AsyncIterator[None]:
            yield
            for close in (*closing, self.pool.close, self._by_key.close):
                await close()
            for task in tasks:
                if not task.cancelled() and (error := task.exception()) is not None:
                    raise error

        async def started() -> None:
            connection = await self.broker.connect()
            tasks.append(asyncio.create_task(guarded(partial(lifeline.keep, connection, self._knock))))
            self._stream = JetStreamContext(connection, timeout=5)
            await recognise(self.stream, self.pool, self.emitter.realm)
            self._relay = Relay(self._by_key, Publisher(connection))
            loops: list[Background] = [self._relay.run, partial(prune, self.pool, self.clock), *background]
            reader = self._reader(apply, connection) if apply else None
            if reader:
                loops.append(reader.run)
            loops.append(self._vitals(reader, router, measure).run)
            tasks.extend(asyncio.create_task(guarded(loop)) for loop in loops)
            relay = self._relay

            async def quiet() -> bool:
                return relay.idle and ticker_idle() and (reader is None or await reader.caught_up())

            self._quiet = quiet
            print(f"READY {self.service}", flush=True)  # noqa: T201 - the supervisor waits for this line

        return FastStream(self.broker, lifespan=lifespan, after_startup=[started], on_shutdown=[stopping], logger=None)

    async def _knock(self) -> Client:
        settings = self.settings
        return await nats.connect(
            servers(settings.nats_url),
            name=f"{self.service}-{settings.replica}-knocks",
            allow_reconnect=False,
            nkeys_seed_str=self.secrets.nats_seed,
            tls=bus_tls(settings.nats_url, settings.secrets_dir),
            error_cb=_expected,
        )

    def _reader(self, apply: Apply, connection: Client) -> Reader:
        consumes = consumed_types(self.service)
        applier = Applier(self._by_key, self.emitter, watched(apply), consumes, self.committed)
        return Reader(
            service=self.service,
            replica=self.settings.replica,
            dsn=self.dsn,
            pool=self._by_key,
            connection=connection,
            applier=applier,
        )

    def _vitals(self, reader: Reader | None, router: CommandRouter | None, measure: Measure | None) -> Vitals:
        return Vitals(
            pool=self.pool,
            stream=self.stream,
            emitter=self.emitter,
            clock=self.clock,
            consumer=consumer_name(self.service, self.settings.replica),
            caught_up=reader.caught_up if reader else None,
            router=router,
            measure=measure,
        )

    def _serve(self, router: CommandRouter) -> None:
        server = CommandServer(
            pool=self.pool,
            emitter=self.emitter,
            clock=self.clock,
            verifier=ActorVerifier(self.secrets.public.actor or b"", self.emitter.realm),
            private_key=self.secrets.sealed_private,
            committed=self.committed,
        )
        server.register(self.broker, router)

    def _listen_to_clock(self, on_clock: Callable[[], None] | None) -> None:
        @self.broker.subscriber(f"clock.{self.service}", decoder=whole_message)
        async def tell(message: NatsMessage) -> bytes:
            """Take the clock's new place, unless only asked whether there is nothing left to do at this time."""
            if bytes(message.body) != ONLY_ASKED:
                await self.clock.reload()
                if on_clock is not None:
                    on_clock()
            return QUIET if await self._quiet() else BUSY


async def _not_started() -> bool:
    return False


async def _expected(_: Exception) -> None:
    """A knock that nobody opens; the line itself has said that it is away."""


def _end_when_refused(error: Exception) -> None:
    words = str(error).lower()
    late_reply = "publish" in words and INBOXES in words  # the server forgets whom we may answer when we reconnect
    if "permissions violation" in words and not late_reply:
        log.error("nats.permission_refused")
        os.kill(os.getpid(), signal.SIGTERM)
