"""Real servers for tests: one PostgreSQL for the session, a fresh database and a fresh nats-server for each world."""

import asyncio
import importlib
import inspect
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import nats
import pytest
from faststream import FastStream
from nats.aio.client import Client

from operations.embedded.nats import EmbeddedNats
from operations.embedded.postgres import EmbeddedPostgres
from operations.house.migrate import migrate
from operations.steward import connect_steward
from shared.contracts.bus.permissions import authorization
from shared.contracts.bus.subjects import inbox_prefix
from shared.contracts.denial import Denied
from shared.contracts.house import SERVICES
from shared.messaging.commands.client import CommandClient
from shared.postgres.casetime import set_virtual_clock
from shared.postgres.pool import service_dsn
from shared.security.actor import Actor, ActorSigner
from shared.security.secrets import PublicKeys, ServiceSecrets, provision
from shared.settings import Realm

NEW_YEAR = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
"""Where case time starts in tests: Monday 6 January 2025, 08:00 in Việt Nam."""
STREAM_BYTES = 256 * 1024 * 1024
RUN_SERVICE = """
import asyncio, sys
from operations.house.service import run_service

sys.exit(asyncio.run(run_service(sys.argv[1])))
"""
"""What a process of one service runs, with `python -c`."""


@dataclass
class Servers:
    """What all worlds of a session share."""

    folder: Path
    postgres: EmbeddedPostgres
    secrets: Path
    public: PublicKeys

    @asynccontextmanager
    async def nats(self) -> AsyncIterator[EmbeddedNats]:
        """A fresh nats-server with the house's permissions."""
        folder = self.folder / f"nats-{uuid4().hex[:8]}"
        folder.mkdir()
        folder.chmod(0o755)
        server = EmbeddedNats(
            folder, authorization=authorization(self.public.nats_users), log=self.folder / f"{folder.name}.log"
        )
        await server.start()
        try:
            yield server
        finally:
            await server.stop()


@asynccontextmanager
async def running_servers() -> AsyncIterator[Servers]:
    """PostgreSQL and a set of secrets."""
    with tempfile.TemporaryDirectory(prefix="donthu-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = EmbeddedPostgres(folder / "postgres", log=folder / "postgres.log")
        await postgres.start()
        try:
            secrets = folder / "secrets"
            provision(secrets, SERVICES)
            yield Servers(folder, postgres, secrets, PublicKeys.load(secrets))
        finally:
            await postgres.stop()


@dataclass
class World:
    """One installation: a migrated database, a stream, secrets, a virtual clock that stands still."""

    servers: Servers
    database_url: str
    nats: EmbeddedNats
    tag: str
    stack: AsyncExitStack
    apps: dict[str, tuple[FastStream, AsyncExitStack]] = field(default_factory=dict)

    @property
    def secrets(self) -> Path:
        """Secrets folder."""
        return self.servers.secrets

    def environment(self, **more: str) -> dict[str, str]:
        """Settings of a service as environment variables."""
        return {
            "REALM": "test",
            "DATABASE_URL": self.database_url,
            "NATS_URL": self.nats.url,
            "SECRETS_DIR": str(self.secrets),
            **more,
        }

    async def start(self, name: str, **settings: Any) -> FastStream:
        """Run a service in this process."""
        module = importlib.import_module(f"services.{name}.app")
        values = {
            "realm": Realm.TEST,
            "database_url": self.database_url,
            "nats_url": self.nats.url,
            "secrets_dir": self.secrets,
            **settings,
        }
        app: FastStream = await module.build(module.Settings(**values))
        stack = AsyncExitStack()
        await stack.enter_async_context(app.lifespan_context())
        try:
            await app.start()
        except BaseException:
            await app.stop()
            await stack.aclose()
            raise
        self.apps[name] = (app, stack)
        return app

    async def stop(self, name: str) -> None:
        """Stop a service of this process."""
        app, stack = self.apps.pop(name)
        await app.stop()
        await stack.aclose()

    async def connect(self, service: str) -> asyncpg.Connection:
        """PostgreSQL in a service's own role."""
        password = ServiceSecrets.load(self.secrets, service).database_password
        return await asyncpg.connect(service_dsn(self.database_url, service, password))

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        """PostgreSQL in a service's own role, closed at the end."""
        connection = await self.connect(service)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def bus(self, identity: str, **options: Any) -> AsyncIterator[Client]:
        """NATS as one identity."""
        seed = ServiceSecrets.load(self.secrets, identity).nats_seed
        connection = await nats.connect(
            self.nats.url, nkeys_seed_str=seed, inbox_prefix=inbox_prefix(identity), **options
        )
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def desk(self) -> AsyncIterator["Desk"]:
        """Commands as portal would send them."""
        signer = ActorSigner(ServiceSecrets.load(self.secrets, "portal").actor_key, self.tag)
        async with self.bus("portal") as connection:
            yield Desk(CommandClient(connection, signer))

    async def move_clock(self, to: datetime, *, running: bool = False) -> None:
        """Set the virtual clock and tell the services that run."""
        admin = await asyncpg.connect(self.database_url)
        try:
            await set_virtual_clock(admin, running=running, case_at=to)
        finally:
            await admin.close()
        steward = await connect_steward(self.nats.url, self.secrets)
        try:
            for name in self.apps:
                await steward.request(f"clock.{name}", b"", timeout=5)
        finally:
            await steward.close()


@dataclass
class Desk:
    """A person at the console."""

    client: CommandClient

    @staticmethod
    def actor(officer_id: str, authority_id: str) -> Actor:
        """A signed-in officer."""
        return Actor(officer_id, authority_id, uuid4().hex)


@asynccontextmanager
async def open_world(servers: Servers) -> AsyncIterator[World]:
    """A fresh installation."""
    database = f"w{uuid4().hex[:12]}"
    admin = await asyncpg.connect(servers.postgres.url)
    await admin.execute(f"create database {database}")
    await admin.close()
    url = urlunsplit(urlsplit(servers.postgres.url)._replace(path=f"/{database}"))
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(servers.nats())
        tag = await migrate(
            database_url=url,
            nats_url=server.url,
            secrets_dir=servers.secrets,
            realm=Realm.TEST,
            stream_bytes=STREAM_BYTES,
        )
        world = World(servers, url, server, tag, stack)
        await world.move_clock(NEW_YEAR)
        try:
            yield world
        finally:
            for name in list(world.apps):
                await world.stop(name)
            await _drop(servers, database)


async def _drop(servers: Servers, database: str) -> None:
    admin = await asyncpg.connect(servers.postgres.url)
    try:
        await admin.execute(f"drop database if exists {database} with (force)")
        await admin.execute(f"drop database if exists {database}_keys with (force)")
    finally:
        await admin.close()


async def code_of(sending: Awaitable[object]) -> str:
    """Why something was refused."""
    with pytest.raises(Denied) as caught:
        await sending
    return caught.value.code


async def until(condition: Callable[[], Any], *, seconds: float = 20.0, every: float = 0.02) -> Any:
    """Wait for something that another process or task will make true; fail loudly when it does not.

    The condition may be a coroutine function; the value that made it true is given back.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not true within {seconds} s: {condition}")
        await asyncio.sleep(every)
