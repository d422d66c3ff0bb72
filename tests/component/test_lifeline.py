"""A connection to NATS that is lost for good is told from one that comes back and from a NATS that is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import nats
import pytest
from nats.aio.client import Client
from nats.errors import OutboundBufferLimitError

from shared.messaging.connection import lifeline
from shared.security.secrets import ServiceSecrets
from tests.chaos.proxy import LOOPBACK, Proxy
from tests.world import World, until

LOOK, LOOKS = 0.1, 5
STUCK = LOOK * LOOKS


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifeline, "LOOK_SECONDS", LOOK)
    monkeypatch.setattr(lifeline, "STUCK_LOOKS", LOOKS)


@pytest.fixture
async def line(world: World) -> AsyncIterator[Proxy]:
    port = urlsplit(world.nats.url).port
    assert port is not None
    proxy = Proxy(port)
    await proxy.accept()
    yield proxy
    await proxy.close()


def knocking(world: World, line: Proxy, identity: str = "routing", **options: Any) -> lifeline.Knock:
    seed = ServiceSecrets.load(world.secrets, identity).nats_seed
    url = f"nats://{LOOPBACK}:{line.port}"
    return partial(nats.connect, url, nkeys_seed_str=seed, **({"allow_reconnect": False} | options))


@asynccontextmanager
async def connected(world: World, line: Proxy) -> AsyncIterator[Client]:
    patient = {"allow_reconnect": True, "max_reconnect_attempts": -1, "reconnect_time_wait": 0.1}
    connection = await knocking(world, line, ping_interval=0.2, max_outstanding_pings=2, **patient)()
    try:
        yield connection
    finally:
        if not connection.is_connected and not connection.is_closed:
            await line.calm()
            line.cut()  # what was left is gone, so it comes back, and can be closed in good order
            await until(lambda: connection.is_connected)
        await connection.close()


async def write_until_nobody_takes_it(connection: Client) -> None:
    try:
        async with asyncio.timeout(3):
            while True:
                await connection.publish("nobody", bytes(100_000))
    except (TimeoutError, OutboundBufferLimitError):
        return


async def test_a_connection_whose_other_end_reads_nothing_any_more_is_lost_for_good(world: World, line: Proxy) -> None:
    async with connected(world, line) as connection:
        line.ways["up"].bytes_per_second = 1
        await write_until_nobody_takes_it(connection)
        await until(lambda: not connection.is_connected)
        await line.calm()
        async with asyncio.timeout(10):
            await lifeline.lost(connection, knocking(world, line))
        assert not connection.is_connected


async def test_a_connection_that_the_server_ended_with_an_error_is_lost_for_good(world: World, line: Proxy) -> None:
    async with connected(world, line) as connection:
        line.say(b"-ERR 'maximum account active connections exceeded'\r\n")
        async with asyncio.timeout(5):
            await lifeline.lost(connection, knocking(world, line))
        assert connection.is_closed


async def test_a_connection_that_comes_back_and_a_nats_that_is_away_are_waited_for(world: World, line: Proxy) -> None:
    async with connected(world, line) as connection:
        watching = asyncio.create_task(lifeline.lost(connection, knocking(world, line)))
        line.refuse()
        line.cut()
        await until(lambda: not connection.is_connected)
        done, _ = await asyncio.wait([watching], timeout=4 * STUCK)
        assert not done, "nobody greets, so waiting may help"
        await line.accept()
        await until(lambda: connection.is_connected)
        done, _ = await asyncio.wait([watching], timeout=2 * STUCK)
        assert not done
        watching.cancel()


async def test_a_nats_that_would_refuse_a_new_connection_is_waited_for(world: World, line: Proxy) -> None:
    """Ending would help nobody, and what works without NATS would be gone too."""

    async def refused() -> Client:
        return await nats.connect(f"nats://{LOOPBACK}:{line.port}", allow_reconnect=False)

    assert not await lifeline.opens(refused)
    async with connected(world, line) as connection:
        line.say(b"-ERR 'maximum account active connections exceeded'\r\n")
        await until(lambda: connection.is_closed)
        done, _ = await asyncio.wait([asyncio.create_task(lifeline.lost(connection, refused))], timeout=4 * STUCK)
        assert not done


@pytest.mark.parametrize("said", [b"", b"-ERR\r\n", b"INFO"])
async def test_whoever_else_answers_at_the_port_opens_nothing(world: World, said: bytes) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(answer, LOOPBACK)
    async with server:
        proxy = Proxy(server.sockets[0].getsockname()[1])
        await proxy.accept()
        assert not await lifeline.opens(knocking(world, proxy))
        await proxy.close()
    assert not await lifeline.opens(knocking(world, proxy))


async def test_nats_opens(world: World, line: Proxy) -> None:
    assert await lifeline.opens(knocking(world, line))
