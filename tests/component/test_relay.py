"""From the outbox to the stream: at least once with one id, never out of order within a case."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from nats.js.api import ConsumerConfig
from nats.js.errors import APIError

from operations.steward import connect_steward
from shared.contracts.bus.envelope import Envelope, headers_of, subject_of
from shared.contracts.bus.subjects import STREAM
from shared.messaging import outbox
from shared.messaging.outbox import relay as relay_module
from shared.messaging.outbox.relay import LeaseLost, Relay
from tests.component.room import Room, letters, open_room, running
from tests.world import Servers, World, open_world, until


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    """One installation for the whole file; every test gets a fresh room in it."""
    async with open_world(servers) as found:
        yield found


@pytest.fixture
async def room(world: World) -> AsyncIterator[Room]:
    async with open_room(world, "routing") as found:
        yield found


async def stored(world: World, case_id: UUID) -> list[int]:
    """Versions of a case's events in the order of the stream, every publication."""
    steward = await connect_steward(world.nats.url, world.secrets)
    try:
        js = steward.jetstream(timeout=5)
        last = (await js.stream_info(STREAM)).state.last_seq
        subscription = await js.pull_subscribe("evt.>", stream=STREAM, config=ConsumerConfig(mem_storage=True))
        found, sequence = [], 0
        while sequence < last:
            for message in await subscription.fetch(500, timeout=5):
                await message.ack()
                sequence = message.metadata.sequence.stream
                headers = message.headers or {}
                if headers.get("ce-subject") == str(case_id):
                    found.append(int(headers["ce-aggregateversion"]))
        return found
    finally:
        await steward.close()


async def reshape_stream(world: World, **changes: float) -> None:
    steward = await connect_steward(world.nats.url, world.secrets)
    try:
        config = (await steward.jsm().stream_info(STREAM)).config
        await steward.jsm().update_stream(config.evolve(**changes))
    finally:
        await steward.close()


async def resize_stream(world: World, max_bytes: int) -> None:
    await reshape_stream(world, max_bytes=max_bytes)


async def forgotten(room: Room, probe: Envelope) -> None:
    """Wait until the stream no longer knows the id of this event, nor of any before it."""

    async def taken_again() -> bool:
        body = probe.event.model_dump_json().encode()
        return not (await room.stream.publish(subject_of(probe), body, headers=headers_of(probe))).duplicate

    assert await taken_again()
    await until(taken_again)


FORGET = """
with gone as (delete from outbox_sent returning number) insert into outbox_unsent select number from gone
"""
"""As if nothing had been marked."""


async def used_bytes(room: Room) -> int:
    return (await room.stream.stream_info(STREAM)).state.bytes


async def test_events_of_a_case_reach_the_stream_in_the_order_of_their_decisions(world: World, room: Room) -> None:
    cases = [letters(world, count=40) for _ in range(30)]
    for step in zip(*cases, strict=True):
        await room.put(step)
    async with running(room.relay().run()):
        await room.until_sent()
    for case in cases[:3]:
        assert await stored(world, case[0].case_id) == list(range(1, 41))
    query = "select case_id, stream_sequence from outbox join outbox_sent using (number) order by number"
    sequences = await room.pool.fetch(query)
    latest: dict[UUID, int] = {}
    for row in sequences:
        assert row["stream_sequence"] > latest.get(row["case_id"], 0)
        latest[row["case_id"]] = row["stream_sequence"]


async def test_a_lower_number_that_commits_later_is_still_sent(world: World, room: Room) -> None:
    [slow], [fast] = letters(world), letters(world)
    async with running(room.relay().run()), room.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await outbox.put(connection, [slow])
        await room.put([fast])
        await room.until_sent()
        assert await stored(world, fast.case_id) == [1]
        await transaction.commit()
        await _until_stored(world, slow, 1)
    numbers = await room.pool.fetch("select event_id from outbox order by number")
    assert [row["event_id"] for row in numbers] == [slow.id, fast.id]


async def test_a_full_stream_is_waited_for_and_nothing_overtakes(
    world: World, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "ACK_SECONDS", 0.3)
    big, small = letters(world, count=60), letters(world, count=60)
    await resize_stream(world, await used_bytes(room) + 20_000)
    relay = room.relay()
    try:
        for step in zip(big, small, strict=True):
            await room.put(step)
        async with running(relay.run()):

            async def refused() -> bool:
                sent = await room.pool.fetchval("select count(*) from outbox_sent")
                return 0 < sent < 120 and not relay.idle

            await until(refused)
            for case in (big, small):
                found = await stored(world, case[0].case_id)
                assert found == list(range(1, len(found) + 1))
            await resize_stream(world, 256 * 1024 * 1024)
            await room.until_sent()
    finally:
        await resize_stream(world, 256 * 1024 * 1024)
    for case in (big, small):
        assert await stored(world, case[0].case_id) == list(range(1, 61))


async def test_a_refused_window_says_why_at_once_and_is_sent_again(world: World, room: Room) -> None:
    await resize_stream(world, await used_bytes(room) + 1)
    try:
        await room.put([letters(world)[0] for _ in range(50)])
        relay = room.relay()
        async with asyncio.timeout(relay_module.ACK_SECONDS / 2):
            with pytest.raises(APIError) as refused:
                await relay.publish_waiting()
        assert refused.value.description == "maximum bytes exceeded"
    finally:
        await resize_stream(world, 256 * 1024 * 1024)
    assert await relay.publish_waiting() == 50


async def test_only_the_holder_of_the_lease_publishes(world: World, room: Room) -> None:
    first, second = room.relay(), room.relay()
    [event] = letters(world)
    assert await first.publish_waiting() == 0
    await room.put([event])
    assert await second.publish_waiting() == 0
    assert await first.publish_waiting() == 1


async def test_a_relay_that_lost_its_lease_unawares_marks_nothing(
    world: World, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "RENEW_SECONDS", 60.0)
    first, second = room.relay(), room.relay()
    await first.publish_waiting()
    events = letters(world, count=3)
    await room.put(events)
    await room.pool.execute("update relay_lease set until = now() - interval '1 second'")
    assert await second.publish_waiting() == 3
    await room.pool.execute(FORGET)
    with pytest.raises(LeaseLost):
        await first.publish_waiting()
    assert await room.pool.fetchval("select count(*) from outbox_sent") == 0
    assert await second.publish_waiting() == 3
    assert await stored(world, events[0].case_id) == [1, 2, 3]


async def test_two_relays_at_once_send_everything_once_and_in_order(world: World, room: Room) -> None:
    cases = [letters(world, count=20) for _ in range(10)]
    relays: list[Relay] = [room.relay(), room.relay()]
    async with running(*(relay.run() for relay in relays)):
        for step in zip(*cases, strict=True):
            await room.put(step)
            for relay in relays:
                relay.wake()
        await room.until_sent()
    for case in cases:
        assert await stored(world, case[0].case_id) == list(range(1, 21))


async def test_a_waiting_relay_is_not_idle_while_a_dead_ones_events_are_unsent(world: World, room: Room) -> None:
    dead, heir = room.relay(), room.relay()
    await dead.publish_waiting()
    await room.put(letters(world))

    async def looked_and_rested() -> bool:
        return heir._awake.is_set() is False

    async with running(heir.run()):
        await until(looked_and_rested)
        assert not heir.idle
        await room.pool.execute("update relay_lease set until = '-infinity'")
        heir.wake()
        await room.until_sent()

        async def idle() -> bool:
            return heir.idle

        await until(idle)


async def test_the_same_event_decided_again_is_one_row(world: World, room: Room) -> None:
    [event] = letters(world)
    await room.put([event, event])
    await room.put([event])
    assert await room.pool.fetchval("select count(*) from outbox") == 1
    assert await room.relay().publish_waiting() == 1


async def test_rows_of_one_put_are_numbered_in_their_order(world: World, room: Room) -> None:
    events = [letters(world, uuid4())[0] for _ in range(300)]
    await room.put(events)
    rows = await room.pool.fetch("select event_id from outbox order by number")
    assert [row["event_id"] for row in rows] == [event.id for event in events]


async def _until_stored(world: World, event: Envelope, count: int) -> None:
    async def so_many() -> bool:
        return len(await stored(world, event.case_id)) == count

    await asyncio.wait_for(until(so_many), 20)


async def test_what_was_sent_before_an_outage_of_postgresql_longer_than_the_duplicate_window_stands_there_once(
    world: World, room: Room
) -> None:
    case = letters(world, count=3)
    await room.put(case)
    admin = await asyncpg.connect(world.database_url)
    try:
        await reshape_stream(world, duplicate_window=0.1)
        await admin.execute("alter table routing.outbox_sent rename to away")
        relay = room.relay()
        with pytest.raises(asyncpg.UndefinedTableError):
            await relay.publish_waiting()
        assert await stored(world, case[0].case_id) == [1, 2, 3]
        await forgotten(room, letters(world)[0])
        with pytest.raises(asyncpg.UndefinedTableError):
            await relay.publish_waiting()
        await admin.execute("alter table routing.away rename to outbox_sent")
        async with running(relay.run()):
            await room.until_sent()
    finally:
        await reshape_stream(world, duplicate_window=120)
        await admin.close()
    assert await stored(world, case[0].case_id) == [1, 2, 3]
