"""The fault proxy does to bytes what its name for the fault says, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.chaos.proxy import LOOPBACK, Proxy, Way
from tests.world import until

pytestmark = pytest.mark.chaos
SOON = 0.2
"""Seconds in which an answer that is not lost has long arrived."""
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """A server that answers each line with itself and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.ended = 0
        self.clients: list[asyncio.StreamWriter] = []

    async def client(self, proxy: Proxy) -> Streams:
        streams = await asyncio.open_connection(LOOPBACK, proxy.port)
        self.clients.append(streams[1])
        return streams

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                self.heard.append(line)
                writer.write(line)
                await writer.drain()
        except OSError:
            pass
        finally:
            self.ended += 1
            writer.close()


@asynccontextmanager
async def between(**options: float) -> AsyncIterator[tuple[Proxy, Echo]]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, LOOPBACK, 0)
    proxy = Proxy(server.sockets[0].getsockname()[1], **options)  # type: ignore[arg-type]
    await proxy.accept()
    try:
        yield proxy, echo
    finally:
        for writer in echo.clients:
            writer.close()
        await proxy.close()
        server.close()


async def say(streams: Streams, line: bytes = b"chao\n") -> bytes | None:
    """The answer, or None when nothing comes."""
    streams[1].write(line)
    try:
        return await asyncio.wait_for(streams[0].readline(), SOON)
    except TimeoutError:
        return None


def lose(*names: str) -> Callable[[Proxy], None]:
    def fault(proxy: Proxy) -> None:
        for name in names:
            proxy.ways[name].lost = True

    return fault


LOSSES = [
    ("half open", lose("up", "down"), 1),
    ("only towards the server", lose("up"), 1),
    ("only from the server", lose("down"), 2),
]


@pytest.mark.parametrize(("name", "fault", "heard"), LOSSES, ids=[name for name, _, _ in LOSSES])
async def test_lost_bytes_leave_a_connection_deaf_for_good(
    name: str, fault: Callable[[Proxy], None], heard: int
) -> None:
    async with between(forgotten_after=0.2) as (proxy, echo):
        old = await echo.client(proxy)
        assert await say(old) == b"chao\n"
        fault(proxy)
        assert await say(old) is None
        fresh = await echo.client(proxy)
        assert await say(fresh) is None
        await proxy.calm()
        assert await say(old) is None, "what is deaf stays deaf"
        assert await say(await echo.client(proxy)) == b"chao\n"
        assert proxy.swallowed > 0
        assert len(echo.heard) >= heard
        old[1].close()
        await until(lambda: echo.ended >= 1, seconds=5)


async def test_the_end_of_a_deaf_connection_is_not_heard_until_it_is_forgotten() -> None:
    async with between(forgotten_after=1.0) as (proxy, echo):
        old = await echo.client(proxy)
        assert await say(old) == b"chao\n"
        lose("up")(proxy)
        assert await say(old) is None
        old[1].close()
        await asyncio.sleep(SOON)
        assert echo.ended == 0
        await until(lambda: echo.ended == 1, seconds=5)


async def test_cut_resets_every_connection() -> None:
    async with between() as (proxy, echo):
        both = [await echo.client(proxy), await echo.client(proxy)]
        assert [await say(each) for each in both] == [b"chao\n"] * 2
        assert proxy.cut() == 2
        for reader, _writer in both:
            with pytest.raises(ConnectionResetError):
                await reader.readline()
        assert await say(await echo.client(proxy)) == b"chao\n"


async def test_refuse_leaves_open_connections_alone() -> None:
    async with between() as (proxy, echo):
        old = await echo.client(proxy)
        assert await say(old) == b"chao\n"
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            await echo.client(proxy)
        assert await say(old) == b"chao\n"
        await proxy.calm()
        assert await say(await echo.client(proxy)) == b"chao\n"


SLOW = [
    ("delay", Way(delay=0.15), b"chao\n", 0.15),
    ("jitter", Way(delay=0.1, jitter=0.05), b"chao\n", 0.1),
    ("throttle", Way(bytes_per_second=10_000), b"x" * 1999 + b"\n", 0.1),
]


@pytest.mark.parametrize(("name", "way", "line", "least"), SLOW, ids=[name for name, *_ in SLOW])
async def test_slow_ways_lose_nothing(name: str, way: Way, line: bytes, least: float) -> None:
    async with between() as (proxy, echo):
        streams = await echo.client(proxy)
        assert await say(streams) == b"chao\n"
        proxy.ways["up"] = way
        began = asyncio.get_running_loop().time()
        streams[1].write(line)
        assert await asyncio.wait_for(streams[0].readline(), 10) == line
        assert asyncio.get_running_loop().time() - began >= least
