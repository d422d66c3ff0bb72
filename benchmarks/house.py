"""A whole house of seven processes on embedded servers in a temporary folder, telemetry on, production durability."""

import asyncio
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import nats
from nats.aio.client import Client

from operations.embedded.datadir import DataDir
from operations.embedded.nats import EmbeddedNats
from operations.embedded.ports import free_port
from operations.embedded.postgres import EmbeddedPostgres
from operations.house.clockwork import Clockwork
from operations.house.stack import Stack
from operations.steward import connect_steward
from shared.contracts.house import SERVICES
from shared.telemetry.traceparent import sampling

SAMPLE_RATIO = 0.1
"""Share of the letters whose spans are exported, as docs/observability.md advises for production."""
_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


@asynccontextmanager
async def temporary_data() -> AsyncIterator[DataDir]:
    """A data folder that goes with the measurement."""
    with tempfile.TemporaryDirectory(prefix="donthu-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with DataDir.open(Path(folder) / "data") as data:
            yield data


@asynccontextmanager
async def measured_house(data: DataDir, services: Sequence[str] = SERVICES) -> AsyncIterator[Stack]:
    """Start the house with every signal exported to a collector that forgets."""
    async with AsyncExitStack() as resources:
        collector = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.sink", stdout=asyncio.subprocess.PIPE
        )
        resources.callback(collector.terminate)
        assert collector.stdout is not None
        port = int(await collector.stdout.readline())
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}", "OTEL_SAMPLE_RATIO": str(SAMPLE_RATIO)}
        sampling.set_ratio(SAMPLE_RATIO)  # the officers' console begins every trace
        stack = await resources.enter_async_context(Stack(data, settings=settings, services=services))
        bus = await connect_steward(stack.nats_url, data.secrets)
        resources.push_async_callback(bus.close)
        await Clockwork(stack.database_url, bus, services).start(running=False)
        yield stack


@asynccontextmanager
async def bare_servers(data: DataDir) -> AsyncIterator[tuple[str, Client]]:
    """The same two servers on the same folders, nothing else on them: the database's URL and a user who may do all."""
    password = secrets.token_hex(16)
    open_to_us = f'authorization {{ users: [ {{ user: "bench", password: "{password}" }} ] }}'
    postgres = EmbeddedPostgres(data.postgres, free_port(), log=data.log("postgres"))
    server = EmbeddedNats(data.nats, free_port(), authorization=open_to_us, log=data.log("nats-server"))
    async with AsyncExitStack() as resources:
        url = await postgres.start()
        resources.push_async_callback(postgres.stop)
        address = await server.start()
        resources.push_async_callback(server.stop)
        bus = await nats.connect(address, user="bench", password=password)
        resources.push_async_callback(bus.close)
        yield url, bus


async def durability(admin: asyncpg.Connection, nats_config: Path) -> dict[str, str]:
    """What the two servers themselves say about durability."""
    said = {name: str(await admin.fetchval(f"show {name}")) for name in _DURABILITY}
    lines = nats_config.read_text().splitlines()
    interval = next(line.split(":")[1].strip() for line in lines if line.strip().startswith("sync_interval"))
    return said | {"sync_interval": interval}
