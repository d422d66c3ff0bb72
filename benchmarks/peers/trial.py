"""One measurement of one engine: its database, its processes, the letters, and the check at the end.

Setting up, each worker and each sending of letters is a process of its own (see roles).
"""

import asyncio
import json
import math
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from benchmarks.peers.steps import SCHEMA, letter_id, verify

BATCH = 100
_ROOT = Path(__file__).parents[2]
_WARM_UP = 50
_PACED = 300
_STALL_S = 60.0
_POLL_S = 0.2


class PeerMissing(Exception):
    """The engine is not installed; the message names the file to install."""


class PeerFailed(Exception):
    """A process of the engine ended, or letters stopped arriving."""


@dataclass(frozen=True)
class Peer:
    """An engine: its package, the module that holds its roles, the database it gets."""

    package: str
    module: str
    database: str


async def trial(
    peer: Peer, database_url: str, letters: int, *, processes: int, settings: dict[str, object]
) -> dict[str, object]:
    """Measure: all letters at once, then some at half the rate found. Rates per second, times in ms.

    Raises PeerMissing, PeerFailed, NotTheSame.
    """
    if find_spec(peer.package) is None:
        raise PeerMissing(f"{peer.package} is missing: pip install -r requirements/peers.txt")
    async with own_database(peer.database, database_url) as (url, connection), AsyncExitStack() as stack:
        given: dict[str, object] = {"database_url": url, **settings}
        async with _process(peer, "setup", given):
            pass
        workers = [
            await stack.enter_async_context(_process(peer, "worker", given | {"name": f"worker-{number}"}))
            for number in range(processes)
        ]
        post = _Post(peer, given, connection, workers)
        await post.send(_WARM_UP)
        burst = await post.send(letters)
        paced = await post.send(min(letters, _PACED), per_second=burst.letters_per_second / 2)
        await verify(connection, post.sent)
        durability = {
            name: await connection.fetchval(f"show {name}")
            for name in ("fsync", "synchronous_commit", "full_page_writes", "server_version")
        }
    return {
        "letters_per_second": round(burst.letters_per_second, 1),
        "p50_ms": burst.at(0.50),
        "p99_ms": burst.at(0.99),
        "paced_per_second": round(burst.letters_per_second / 2, 1),
        "paced_p50_ms": paced.at(0.50),
        "paced_p99_ms": paced.at(0.99),
        "letters": letters,
        "settings": {"processes": processes, **settings, "enqueue_batch": BATCH, **durability},
    }


@dataclass(frozen=True)
class _Arrived:
    letters_per_second: float
    milliseconds: list[float]

    def at(self, share: float) -> float:
        return round(self.milliseconds[max(0, math.ceil(share * len(self.milliseconds)) - 1)], 1)


@dataclass
class _Post:
    """Sends letters from a process of its own and waits until the last step of each is done."""

    peer: Peer
    given: dict[str, object]
    connection: asyncpg.Connection
    workers: list[asyncio.subprocess.Process]
    sent: int = 0

    async def send(self, letters: int, per_second: float | None = None) -> _Arrived:
        order = {"first": self.sent, "count": letters, "per_second": per_second}
        ids = [letter_id(number) for number in range(self.sent, self.sent + letters)]
        self.sent += letters
        async with _process(self.peer, "client", self.given | order) as client:
            await self._until_arrived(client)
        rows = await self.connection.fetch(
            "select sent_at, projected_at from case_view where case_id = any($1::uuid[])", ids
        )
        span = max(row["projected_at"] for row in rows) - min(row["sent_at"] for row in rows)
        took = sorted((row["projected_at"] - row["sent_at"]).total_seconds() * 1000 for row in rows)
        return _Arrived(letters / span.total_seconds(), took)

    async def _until_arrived(self, client: asyncio.subprocess.Process) -> None:
        loop = asyncio.get_running_loop()
        arrived, moved = -1, loop.time()
        while arrived < self.sent:
            await asyncio.sleep(_POLL_S)
            now = await self.connection.fetchval("select count(*) from case_view")
            if now != arrived:
                arrived, moved = now, loop.time()
            if loop.time() - moved > _STALL_S:
                raise PeerFailed(f"{self.peer.package}: {arrived} of {self.sent} letters, then none for {_STALL_S} s")
            if client.returncode or any(worker.returncode is not None for worker in self.workers):
                raise PeerFailed(f"{self.peer.package}: a process ended")


@asynccontextmanager
async def own_database(name: str, database_url: str) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """Make the database with the tables of the steps, and drop it in the end; yield its URL and a connection."""
    steward = await asyncpg.connect(database_url)
    try:
        await steward.execute(f'drop database if exists "{name}" with (force)')
        await steward.execute(f'create database "{name}"')
        try:
            url = urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))
            connection = await asyncpg.connect(url)
            try:
                await connection.execute(SCHEMA)
                yield url, connection
            finally:
                await connection.close()
        finally:
            await steward.execute(f'drop database if exists "{name}" with (force)')
    finally:
        await steward.close()


@asynccontextmanager
async def _process(peer: Peer, role: str, given: dict[str, object]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a role until the block ends; the database's URL goes by standard input, where no process list shows it."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.peers.roles",
        peer.module,
        role,
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps(given).encode() + b"\n")
        await child.stdin.drain()
        if await child.stdout.readline() != b"ready\n":
            raise PeerFailed(f"{peer.package}: {role} did not start")
        yield child
        child.stdin.close()
        async with asyncio.timeout(_STALL_S):
            if await child.wait() != 0:
                raise PeerFailed(f"{peer.package}: {role} failed")
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
