"""Connections on which nothing arrives any more and nothing says so: whoever holds one notices in bounded time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from operations.house import clockwork
from operations.house.clockwork import Clockwork
from operations.steward import connect_steward
from services.portal import moved
from shared.contracts.bus.subjects import PARTITIONS
from shared.messaging.connection.failures import is_infrastructure
from shared.messaging.events import partitions
from shared.postgres import pool
from shared.postgres.pool import create_pool, service_dsn
from shared.security.secrets import ServiceSecrets
from tests.chaos.proxy import LOOPBACK, Proxy
from tests.world import NEW_YEAR, World, until

SOON = 0.2
"""Seconds instead of the usual ones, so that nobody waits long."""


@dataclass
class Line:
    """A line to PostgreSQL that can go deaf, and how a service reaches it."""

    proxy: Proxy
    dsn: str

    def lose_everything(self) -> None:
        for way in self.proxy.ways.values():
            way.lost = True


@pytest.fixture
async def line(world: World) -> AsyncIterator[Line]:
    parts = urlsplit(world.database_url)
    assert parts.port is not None
    proxy = Proxy(parts.port)
    await proxy.accept()
    who = parts.netloc.rsplit("@", 1)[0]
    url = urlunsplit(parts._replace(netloc=f"{who}@{LOOPBACK}:{proxy.port}"))
    password = ServiceSecrets.load(world.secrets, "portal").database_password
    yield Line(proxy, service_dsn(url, "portal", password))
    await proxy.close()


async def test_partition_locks_on_a_deaf_line_are_given_up(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "COMMAND_SECONDS", SOON)
    async with partitions.PartitionLocks(line.dsn, "portal", 0) as locks:
        await locks.adjust()
        assert len(locks.held) == PARTITIONS
        line.lose_everything()
        with pytest.raises(Exception) as failure:
            await locks.adjust()
        assert is_infrastructure(failure.value)


async def test_a_deaf_listener_of_the_read_model_starts_again(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moved, "CHECK_SECONDS", SOON)
    listener = moved.Moved(line.dsn)
    listening = asyncio.create_task(listener.run())
    await until(lambda: _is(line.proxy.connections == 1))
    line.lose_everything()
    done, _ = await asyncio.wait([listening], timeout=10)
    assert done
    error = listening.exception()
    assert error is not None
    assert is_infrastructure(error)


async def test_a_pool_forgets_connections_that_went_deaf_while_they_rested(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "IDLE_SECONDS", SOON)
    made = await create_pool(line.dsn, application="deaf", least=0, most=3)
    try:
        await asyncio.gather(*(made.fetchval("select pg_sleep(0.05)") for _ in range(3)))
        line.lose_everything()
        await until(lambda: _is(made.get_idle_size() == 0))
        await line.proxy.calm()
        assert await asyncio.wait_for(made.fetchval("select 1"), 5) == 1
    finally:
        made.terminate()


async def test_the_server_is_told_to_drop_sessions_of_those_who_vanished(line: Line) -> None:
    made = await create_pool(line.dsn, application="vanishing", most=1)
    try:
        shown = {name: await made.fetchval(f"select current_setting('{name}')") for name in pool.SETTINGS}
    finally:
        await made.close()
    assert [shown[f"tcp_keepalives_{name}"] for name in ("idle", "interval", "count")] == ["5", "3", "3"]
    assert shown["tcp_user_timeout"] in ("15s", "15000")


async def test_a_service_that_did_not_hear_of_a_jump_is_told_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clockwork, "SAVE_SECONDS", SOON)
    steward = await connect_steward(world.nats.url, world.secrets)
    clock = Clockwork(world.database_url, steward, ["routing"])
    await clock.move(NEW_YEAR)
    heard = asyncio.Event()
    async with world.bus("routing") as late:

        async def hear(message) -> None:  # type: ignore[no-untyped-def]
            heard.set()
            await message.respond(b"1")

        await late.subscribe("clock.routing", cb=hear)
        await late.flush()
        keeping = asyncio.create_task(clock.keep())
        try:
            await asyncio.wait_for(heard.wait(), 10)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await steward.close()


async def test_the_clock_is_kept_on_after_postgresql_was_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clockwork, "SAVE_SECONDS", SOON)
    steward = await connect_steward(world.nats.url, world.secrets)
    clock = Clockwork(world.database_url, steward, [])
    await clock.move(NEW_YEAR)
    failures = 0

    async def refused(*_: object, **__: object) -> None:
        nonlocal failures
        failures += 1
        raise ConnectionRefusedError

    keeping = asyncio.create_task(clock.keep())
    try:
        with monkeypatch.context() as away:
            away.setattr(asyncpg, "connect", refused)
            await until(lambda: _is(failures >= 2))
        assert not keeping.done()
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await steward.close()


async def _is(value: bool) -> bool:
    return value
