"""Law 13: PostgreSQL or NATS stop for a while and come back; nothing is lost, nothing is doubled, no try is counted."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from shared.contracts.bus.envelope import Envelope
from shared.messaging.connection.failures import is_infrastructure
from shared.postgres.pool import Connection
from tests.component.room import Room, letters, open_room, running
from tests.world import Servers, World, open_world, running_servers, until

PACE_SECONDS = 0.005
"""Between two decisions, so that an outage falls among them."""


@pytest.fixture(scope="module")
async def own_servers() -> AsyncIterator[Servers]:
    """A PostgreSQL that this file may stop."""
    async with running_servers() as found:
        yield found


@pytest.fixture
async def world(own_servers: Servers) -> AsyncIterator[World]:
    async with open_world(own_servers) as found:
        yield found


@pytest.fixture
async def sender(world: World) -> AsyncIterator[Room]:
    async with open_room(world, "routing") as found:
        yield found


@pytest.fixture
async def receiver(world: World) -> AsyncIterator[Room]:
    async with open_room(world) as found:
        yield found


async def keep_putting(sender: Room, count: int, put: list[int]) -> None:
    """A service that decides all the time; a decision whose commit failed is decided again with the same ids."""
    for event in letters(sender.world, count=count):
        await until(partial(_put, sender, event), seconds=60, every=0.05)
        put.append(event.version)
        await asyncio.sleep(PACE_SECONDS)


async def _put(sender: Room, event: Envelope) -> bool:
    try:
        await sender.put([event])
    except Exception as error:
        if not is_infrastructure(error):
            raise
        return False
    return True


async def everything_arrived_once(receiver: Room, count: int) -> None:
    found = await receiver.until_noted(count)
    assert [step for _, step in found] == list(range(1, count + 1))
    assert await receiver.held() == []
    assert await receiver.emitted("casework.case.opened") == count


async def test_postgresql_stops_for_a_while(world: World, sender: Room, receiver: Room) -> None:
    put: list[int] = []
    async with running(sender.relay().run(), receiver.relay().run(), receiver.reader().run()) as tasks:
        deciding = asyncio.create_task(keep_putting(sender, 300, put))
        await receiver.until_noted(50)
        await world.servers.postgres.kill()
        await world.servers.postgres.running()
        await deciding
        await everything_arrived_once(receiver, 300)
        await sender.until_sent()
        assert not any(task.done() for task in tasks)


async def test_nats_stops_for_a_while(world: World, sender: Room, receiver: Room) -> None:
    put: list[int] = []
    async with running(sender.relay().run(), receiver.relay().run(), receiver.reader().run()) as tasks:
        deciding = asyncio.create_task(keep_putting(sender, 300, put))
        await receiver.until_noted(50)
        await world.nats.kill()
        await world.nats.running()
        await deciding
        await everything_arrived_once(receiver, 300)
        await receiver.until_sent()
        assert not any(task.done() for task in tasks)


async def test_a_held_event_keeps_its_tries_over_an_outage(world: World, receiver: Room) -> None:
    [event] = letters(world)

    async def fails(tx: Connection) -> None:
        raise KeyError

    receiver.poison[event.id] = fails
    async with open_room(world, "routing") as routing, running(routing.relay().run(), receiver.reader().run()):
        await routing.put([event])
        await receiver.until_held(1)
        await receiver.pool.execute("update held set next_try_at = now() + interval '1 hour'")
        await world.servers.postgres.kill()
        await world.servers.postgres.running()

        async def same() -> bool:
            try:
                return await receiver.held() == [(event.id, "keyerror", 0)]
            except Exception as error:
                if not is_infrastructure(error):
                    raise
                return False

        await until(same)
