"""Three nats-servers on the shipped cluster configuration, with other addresses; certificates made for the test."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nats.errors
import trustme

from operations.embedded.ports import LOOPBACK, free_port
from operations.steward import connect_steward
from shared.contracts.bus.permissions import authorization
from shared.messaging.connection.bus import CA
from shared.security.secrets import PublicKeys
from tests.world import until

SHIPPED = Path(__file__).parents[1] / "deploy/nats/cluster/nats-server.conf"
SIZE = 3


@dataclass
class Node:
    """One server and its folder."""

    number: int
    folder: Path
    routes: list[int]
    """Route ports of all nodes."""
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def name(self) -> str:
        return f"nats-{self.number}"

    @property
    def url(self) -> str:
        return f"tls://{LOOPBACK}:{self.port}"

    def configure(self, users: str) -> None:
        """Write the shipped configuration with this node's addresses and folders."""
        text = SHIPPED.read_text(encoding="utf-8")
        places = {
            '"0.0.0.0:4222"': f'"{LOOPBACK}:{self.port}"',
            '"0.0.0.0:6222"': f'"{LOOPBACK}:{self.routes[self.number]}"',
            '"0.0.0.0:8222"': f'"{LOOPBACK}:{free_port()}"',
            '"/data"': f'"{self.folder}/data"',
        }
        for shipped, here in places.items():
            assert text.count(shipped) == 1, shipped
            text = text.replace(shipped, here)
        (self.folder / "nats-server.conf").write_text(text.replace("/etc/nats/", f"{self.folder}/"), encoding="utf-8")
        (self.folder / "generated").mkdir()
        (self.folder / "generated/authorization.conf").write_text(users, encoding="ascii")

    def certify(self, clients: trustme.CA, routes: trustme.CA) -> None:
        """Certificates of the client port and of the routes, from two authorities."""
        for name, authority in (("tls", clients), ("routes", routes)):
            (self.folder / name).mkdir()
            issued = authority.issue_cert(LOOPBACK, "localhost")
            issued.private_key_pem.write_to_path(self.folder / name / "tls.key")
            issued.cert_chain_pems[0].write_to_path(self.folder / name / "tls.crt")
            authority.cert_pem.write_to_path(self.folder / name / "ca.crt")

    async def start(self) -> None:
        """Start, again after a kill on the same data."""
        environment = {f"ROUTE_{each}": f"nats-route://{LOOPBACK}:{port}" for each, port in enumerate(self.routes)}
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                str(Path(sys.executable).parent / "nats-server"),
                "-c",
                str(self.folder / "nats-server.conf"),
                env={"SERVER_NAME": self.name, **environment},
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """SIGKILL; returns once the process is gone."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@dataclass
class Cluster:
    """A running cluster."""

    nodes: list[Node]

    @property
    def url(self) -> str:
        """NATS_URL of the whole cluster."""
        return ",".join(node.url for node in self.nodes)

    async def ready(self, secrets: Path) -> None:
        """The servers have found each other and agreed who leads."""
        steward = await connect_steward(self.url, secrets)

        async def answers() -> bool:
            try:
                await steward.jsm().account_info()
            except nats.errors.Error:
                return False
            return True

        try:
            await until(answers, seconds=30)
        finally:
            await steward.close()

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)


@asynccontextmanager
async def running_cluster(folder: Path, secrets: Path) -> AsyncIterator[Cluster]:
    """Start three servers for the identities of a secrets folder, which also gets the certificate authority."""
    clients, routes = trustme.CA(), trustme.CA()
    clients.cert_pem.write_to_path(secrets / CA)
    users = authorization(PublicKeys.load(secrets).nats_users)
    ports = [free_port() for _ in range(SIZE)]
    cluster = Cluster([Node(number, folder / f"nats-{number}", ports) for number in range(SIZE)])
    try:
        for node in cluster.nodes:
            node.folder.mkdir(parents=True)
            node.certify(clients, routes)
            node.configure(users)
            await node.start()
        await cluster.ready(secrets)
        yield cluster
    finally:
        for node in cluster.nodes:
            await node.kill()
        shutil.rmtree(folder, ignore_errors=True)
