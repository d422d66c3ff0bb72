"""Deliveries of a pull consumer: all that waits in one go, else the first that comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NoStreamResponseError

from shared.contracts.bus.subjects import STREAM
from shared.messaging.events import pull as pull_module
from shared.messaging.events.pull import Pull
from tests.component.room import letters
from tests.component.stream import publish
from tests.world import Servers, World, open_world, until

NAME = "casework-3"


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    async with open_world(servers) as found:
        yield found


@asynccontextmanager
async def deliveries(connection: Client, most: int = 100) -> AsyncIterator[Pull]:
    js = connection.jetstream(timeout=5)
    config = ConsumerConfig(
        name=NAME,
        ack_policy=AckPolicy.NONE,
        mem_storage=True,
        filter_subjects=["evt.*.routing.classification.confirmed"],
    )
    await js.add_consumer(STREAM, config)
    try:
        async with Pull(connection, subject=f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{NAME}", most=most) as pull:
            yield pull
    finally:
        await js.delete_consumer(STREAM, NAME)


async def taken(pull: Pull, count: int) -> int:
    found = 0
    async with asyncio.timeout(10):
        while found < count:
            found += len(await pull.take(1.0))
    return found


@pytest.mark.parametrize("most", [1, 7, 100])
async def test_everything_is_delivered_once_however_small_a_request_is(world: World, most: int) -> None:
    async with world.bus("casework") as connection, deliveries(connection, most) as pull:
        before = (await connection.jetstream().consumer_info(STREAM, NAME)).num_pending
        await publish(world, *letters(world, count=50))
        assert await taken(pull, before + 50) == before + 50
        assert await pull.take(0.05) == []


async def test_what_waits_comes_in_one_go_and_what_comes_later_at_once(world: World) -> None:
    async with world.bus("casework") as connection, deliveries(connection, most=1000) as pull:
        before = (await connection.jetstream().consumer_info(STREAM, NAME)).num_pending
        await publish(world, *letters(world, count=90))
        assert len(await pull.take(5.0)) == before + 90
        waiting = asyncio.create_task(pull.take(5.0))
        await asyncio.sleep(0)
        await publish(world, *letters(world))
        async with asyncio.timeout(1):
            assert len(await waiting) == 1


async def test_a_request_that_ran_out_is_made_again_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_module, "REQUEST_SECONDS", 0.1)
    async with world.bus("casework") as connection, deliveries(connection) as pull:
        await taken(pull, (await connection.jetstream().consumer_info(STREAM, NAME)).num_pending)
        asked_at = pull._asked_at
        waiting = asyncio.create_task(pull.take(10.0))
        await until(lambda: pull._asked_at != asked_at, seconds=5)
        await publish(world, *letters(world))
        assert len(await waiting) == 1


async def test_a_consumer_that_is_gone_is_said_to_be_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_module, "REQUEST_SECONDS", 0.1)
    async with world.bus("casework") as connection:
        pull = Pull(connection, subject=f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{NAME}", most=10)
        async with pull:
            with pytest.raises(NoStreamResponseError):
                await pull.take(5.0)


async def test_deliveries_go_on_after_the_line_was_cut(world: World) -> None:
    line = world.bus("casework", max_reconnect_attempts=-1, reconnect_time_wait=0.05)
    async with line as connection, deliveries(connection) as pull:
        await taken(pull, (await connection.jetstream().consumer_info(STREAM, NAME)).num_pending)
        connection._transport.close()  # as a cable that is pulled
        await publish(world, *letters(world, count=3))
        assert await taken(pull, 3) == 3
