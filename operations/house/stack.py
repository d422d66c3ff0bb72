"""The whole house on this machine: embedded servers, migrate, mail sink and the seven services under a supervisor."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from operations.embedded.datadir import DataDir
from operations.embedded.keeper import Status
from operations.embedded.nats import EmbeddedNats
from operations.embedded.ports import HeldPort, free_port
from operations.embedded.postgres import EmbeddedPostgres
from operations.embedded.running import Running, announce, withdraw
from operations.embedded.supervisor import ServiceSpec, Supervisor
from operations.house.certificates import bring
from operations.house.migrate import migrate
from shared.contracts.bus.permissions import authorization
from shared.contracts.house import SERVICES
from shared.security.secrets import PublicKeys, provision
from shared.settings import Realm

LOOPBACK = "127.0.0.1"


@dataclass
class Stack:
    """One run on one data folder. `DATABASE_URL` and `NATS_URL` of the environment win over the embedded servers."""

    data: DataDir
    realm: Realm = Realm.DEMO
    port: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    """More settings for every service."""
    services: Sequence[str] = SERVICES
    encrypted: bool = False
    """TLS to our own NATS server; the wheel's PostgreSQL is built without."""
    stream_bytes: int | None = None
    """Bound of the stream; by default a share of the free disk."""
    through: Callable[[str], Awaitable[str]] | None = None
    """How the services reach a server, given its URL: by another one (a proxy that breaks connections on purpose)."""
    tag: str = ""

    def __post_init__(self) -> None:
        self._stack = AsyncExitStack()
        self.postgres: EmbeddedPostgres | None = None
        self.nats: EmbeddedNats | None = None
        self.supervisor: Supervisor | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _open(self) -> None:
        provision(self.data.secrets, SERVICES)
        self.database_url, self.nats_url = await asyncio.gather(self._database(), self._bus())
        self.tag = await migrate(
            database_url=self.database_url,
            nats_url=self.nats_url,
            secrets_dir=self.data.secrets,
            realm=self.realm,
            stream_bytes=self.stream_bytes,
        )
        self._reached = {"DATABASE_URL": self.database_url, "NATS_URL": self.nats_url}
        if self.through is not None:
            self._reached = {name: await self.through(url) for name, url in self._reached.items()}
        web = HeldPort(self.port)
        self._stack.callback(web.release)
        self.port = web.number
        self.smtp_port = free_port()
        self.supervisor = Supervisor(self._specs(), self.data.logs)
        self._stack.push_async_callback(self.supervisor.stop)
        await self.supervisor.start()
        if self.postgres and self.nats:
            self._announce()

    def _announce(self) -> None:
        """Let the operator's verbs find the servers as long as they run."""
        where = Running(self.database_url, self.nats_url, str(self.data.secrets), str(self.data.mails))
        announce(self.data.root, where)
        self._stack.callback(withdraw, self.data.root)

    async def _database(self) -> str:
        if url := os.environ.get("DATABASE_URL"):
            return url
        self.postgres = EmbeddedPostgres(self.data.postgres, free_port(), log=self.data.log("postgres"))
        url = await self.postgres.start()
        self._stack.push_async_callback(self.postgres.stop)
        return url

    async def _bus(self) -> str:
        if url := os.environ.get("NATS_URL"):
            return url
        keys = PublicKeys.load(self.data.secrets)
        self.nats = EmbeddedNats(
            self.data.nats,
            free_port(),
            authorization=authorization(keys.nats_users),
            certificate=self._certificate() if self.encrypted else None,
            log=self.data.log("nats-server"),
        )
        url = await self.nats.start()
        self._stack.push_async_callback(self.nats.stop)
        return url

    def statuses(self) -> dict[str, Status]:
        """What the board shows, by name: our own servers, then the services in start order."""
        servers = {"postgres": self.postgres, "nats-server": self.nats}
        services = self.supervisor.statuses() if self.supervisor else {}
        return {name: server.status() for name, server in servers.items() if server} | services

    def _certificate(self) -> Path:
        """Folder of NATS' certificate, made or renewed by an authority whose key stays in the data folder."""
        servers = self.data.root / "tls"
        bring(self.data.authority, self.data.secrets, servers, datetime.now(UTC), names=["nats"], by_address=True)
        return servers / "nats"

    @property
    def url(self) -> str:
        """Address of the console."""
        return f"http://{LOOPBACK}:{self.port}"

    def environment(self, service: str) -> dict[str, str]:
        """Settings of one service."""
        common = {
            "REALM": self.realm.value,
            **self._reached,
            "SECRETS_DIR": str(self.data.secrets),
            **self.settings,
        }
        own = {
            "portal": {
                "HOST": LOOPBACK,
                "PORT": str(self.port),
                "DEMO_ACCOUNTS": "true",
                "MAIL_STORE": str(self.data.mails),
                "PUBLIC_URL": self.url,
            },
            "notify": {
                "SMTP_URL": f"smtp://{LOOPBACK}:{self.smtp_port}",
                "MAIL_FROM": "don-thu@don-thu.example",
                "PUBLIC_URL": self.url,
            },
        }
        return common | own.get(service, {})

    def _specs(self) -> list[ServiceSpec]:
        sink = ["-m", "operations.embedded.mail", "--port", str(self.smtp_port), "--store", str(self.data.mails)]
        mail = ServiceSpec("mail", [sys.executable, *sink], {})
        command = [sys.executable, "-m", "operations.cli", "service"]
        return [mail, *(ServiceSpec(name, [*command, name], self.environment(name)) for name in self.services)]
