"""What was asked on a line that is cut is asked again on the next one, under the same key; nobody waits in vain."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from urllib.parse import urlsplit
from uuid import uuid4

import nats
import orjson
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.contracts.base import Counters
from shared.contracts.bus.subjects import inbox_prefix
from shared.contracts.intake import IntakeCounters
from shared.messaging.commands.client import CommandClient
from shared.messaging.commands.router import KEY_HEADER
from shared.messaging.connection.line import LineCut
from shared.messaging.outbox.publish import Outgoing, Publisher
from shared.security.secrets import ServiceSecrets
from tests.chaos.proxy import LOOPBACK, Proxy
from tests.world import World, until

ANSWER = orjson.dumps({"ok": {"counters": {}, "gauges": {}}})
LONG_SECONDS = 60.0
"""Nobody is to wait so long."""


@pytest.fixture
async def line(world: World) -> AsyncIterator[Proxy]:
    proxy = Proxy(urlsplit(world.nats.url).port or 0)
    await proxy.accept()
    yield proxy
    await proxy.close()


async def connected(world: World, service: str, url: str) -> Client:
    seed = ServiceSecrets.load(world.secrets, service).nats_seed
    return await nats.connect(
        url,
        nkeys_seed_str=seed,
        inbox_prefix=inbox_prefix(service),
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.1,  # type: ignore[arg-type]
    )


@pytest.fixture
async def portal(world: World, line: Proxy) -> AsyncIterator[Client]:
    connection = await connected(world, "portal", f"nats://{LOOPBACK}:{line.port}")
    yield connection
    await connection.close()


@pytest.fixture
async def intake(world: World) -> AsyncIterator[Client]:
    connection = await connected(world, "intake", world.nats.url)
    yield connection
    await connection.close()


async def ask(portal: Client) -> Counters:
    return await CommandClient(portal).send(IntakeCounters(), Counters, timeout=LONG_SECONDS)


async def test_a_question_whose_line_was_cut_is_asked_again_under_the_same_key(
    line: Proxy, portal: Client, intake: Client
) -> None:
    keys: list[str] = []

    async def answer(message: Msg) -> None:
        keys.append((message.headers or {})[KEY_HEADER])
        if len(keys) > 1:
            await message.respond(ANSWER)

    await intake.subscribe("q.intake.counters", cb=answer)
    await intake.flush()
    asked = asyncio.create_task(ask(portal))
    await until(lambda: bool(keys))
    line.cut()
    async with asyncio.timeout(5):
        assert await asked == Counters(counters={}, gauges={})
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_whoever_is_on_his_way_back_is_waited_for(portal: Client, intake: Client) -> None:
    asked = asyncio.create_task(ask(portal))
    done, _ = await asyncio.wait([asked], timeout=0.3)
    assert not done
    await intake.subscribe("q.intake.counters", cb=partial(Msg.respond, data=ANSWER))
    async with asyncio.timeout(5):
        assert await asked == Counters(counters={}, gauges={})


async def test_a_window_whose_line_was_cut_is_given_up_at_once(world: World, line: Proxy, portal: Client) -> None:
    publisher = Publisher(portal)
    line.ways["down"].bytes_per_second = 1  # the server's word does not come
    event = Outgoing(1, f"evt.portal.{uuid4()}", {}, b"{}")
    sent = asyncio.create_task(publisher.publish([event], LONG_SECONDS))
    done, _ = await asyncio.wait([sent], timeout=0.3)
    assert not done
    await line.calm()
    line.cut()
    async with asyncio.timeout(5):
        window = await sent
    assert isinstance(window.failure, LineCut)
