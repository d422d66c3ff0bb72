"""Reading the stream: exactly once inside the house, in the order of each case, whoever dies."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from nats.aio.msg import Msg

from operations.house.migrate import migrate
from operations.house.service import CANNOT_GO_ON
from operations.steward import connect_steward
from shared.contracts.bus.envelope import Envelope, headers_of, subject_of
from shared.contracts.bus.subjects import STREAM
from shared.messaging.events.arrival import Arrived
from shared.messaging.events.pull import Pull
from shared.messaging.events.reader import Reader, StreamBehind
from shared.postgres.pool import Connection
from shared.settings import Realm
from tests.component.room import Room, letters, open_room, running
from tests.component.stream import publish, run_until_killed
from tests.world import STREAM_BYTES, Servers, World, open_world, until


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    """One installation for the whole file; every test gets a fresh room in it."""
    async with open_world(servers) as found:
        yield found


@pytest.fixture
async def room(world: World) -> AsyncIterator[Room]:
    async with open_room(world) as found:
        yield found


async def publish_again(world: World, envelope: Envelope) -> None:
    """As a relay does whose acknowledgement was lost for longer than the stream's duplicate window."""
    headers = headers_of(envelope) | {"Nats-Msg-Id": str(uuid4())}
    async with world.bus("routing") as connection:
        stream = connection.jetstream(timeout=5)
        ack = await stream.publish(subject_of(envelope), envelope.event.model_dump_json().encode(), headers=headers)
        assert not ack.duplicate


async def last_sequence(room: Room) -> int:
    return (await room.stream.stream_info(STREAM)).state.last_seq


async def test_an_event_published_twice_within_the_window_is_stored_and_applied_once(world: World, room: Room) -> None:
    [event] = letters(world)
    await publish(world, event)
    [again] = await publish(world, event)
    assert again.duplicate
    async with running(room.reader().run()):
        await room.until_read(await last_sequence(room))
        assert await room.noted() == [(event.case_id, 1)]


@pytest.mark.parametrize("in_one_batch", [True, False])
async def test_an_event_published_again_beyond_the_window_is_applied_once(
    world: World, room: Room, in_one_batch: bool
) -> None:
    first, second = letters(world, count=2)
    await publish(world, first)
    if not in_one_batch:
        async with running(room.reader().run()):
            await room.until_noted(1)
    await publish_again(world, first)
    await publish(world, second)
    await publish_again(world, first)
    await publish_again(world, second)
    async with running(room.reader().run()):
        await room.until_read(await last_sequence(room))
        assert await room.steps(first.case_id) == [1, 2]
        assert await room.emitted("casework.case.opened") == 2
        assert await room.held() == []


async def test_what_is_delivered_again_is_at_or_below_the_position_and_dropped(world: World, room: Room) -> None:
    events = letters(world, count=5)
    await publish(world, *events)
    async with running(room.reader().run()):
        await room.until_noted(5)
    await room.pool.execute("delete from inbox")
    async with running(room.reader().run()) as [task]:
        await publish(world, *letters(world))
        await room.until_noted(6)
        assert not task.done()
    assert await room.steps(events[0].case_id) == [1, 2, 3, 4, 5]


async def test_effects_of_events_are_in_the_order_of_the_stream(world: World, room: Room) -> None:
    cases = [letters(world, count=30) for _ in range(20)]
    mixed = [event for step in zip(*cases, strict=True) for event in step]
    await publish(world, *mixed)
    async with running(room.reader().run()):
        await room.until_noted(600)
    for case in cases:
        assert await room.steps(case[0].case_id) == list(range(1, 31))
    versions = await room.pool.fetch("select case_id, headers from outbox order by number")
    assert len(versions) == 600


async def test_a_reader_that_is_stopped_at_any_time_goes_on_where_it_was(world: World, room: Room) -> None:
    events = letters(world, count=200)
    for start in range(0, 200, 40):
        before = len(await room.noted())
        publishing = asyncio.create_task(publish(world, *events[start : start + 40]))
        async with running(room.reader().run()):
            await room.until_noted(before + 1)
        await publishing
    async with running(room.reader().run()):
        await room.until_noted(200)
    assert await room.steps(events[0].case_id) == list(range(1, 201))


async def test_a_standby_takes_over_when_the_active_reader_loses_its_locks(world: World, room: Room) -> None:
    case = letters(world, count=100)
    async with running(room.reader(0).run(), room.reader(1).run()):
        await publish(world, *case[:50])
        await room.until_noted(50)
        before = await _lock_holders(world)
        await _terminate(world, before)
        await publish(world, *case[50:])
        await room.until_noted(100)
        assert await room.steps(case[0].case_id) == list(range(1, 101))
        assert await room.emitted("casework.case.opened") == 100

        async def another_holds_them() -> bool:
            now = await _lock_holders(world)
            return bool(now) and not now & before

        await until(another_holds_them)


async def test_a_late_reader_without_locks_cannot_apply_twice(world: World, room: Room) -> None:
    """Two appliers get the same events at the same time; the row locks of the positions let one pass."""
    events = letters(world, count=20)
    acks = await publish(world, *events)
    batch = [
        Arrived(event.partition, ack.seq, subject_of(event), headers_of(event), event.event.model_dump_json().encode())
        for event, ack in zip(events, acks, strict=True)
    ]
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(room.applier().apply(batch, range(16)))
    assert await room.steps(events[0].case_id) == list(range(1, 21))


async def test_what_an_apply_did_is_not_kept_when_its_transaction_dies(world: World, room: Room) -> None:
    [event] = letters(world)
    died = 0

    async def lose_the_connection(tx: Connection) -> None:
        nonlocal died
        died += 1
        if died <= 2:
            raise ConnectionResetError

    room.poison[event.id] = lose_the_connection
    await publish(world, event)
    async with running(room.reader().run()):
        await room.until_noted(1)
    assert died == 3
    assert await room.held() == []
    assert await room.emitted("casework.case.opened") == 1


@pytest.mark.parametrize("when", ["at_start", "while_reading"])
async def test_a_truncated_stream_stops_the_reader(world: World, room: Room, when: str) -> None:
    await publish(world, *letters(world, count=10))
    async with running(room.reader().run()):
        await room.until_noted(10)
    if when == "at_start":
        await _recreate_stream(world)
        with pytest.raises(StreamBehind):
            await asyncio.wait_for(room.reader().run(), 20)
        return
    reader = asyncio.create_task(room.reader().run())
    await publish(world, *letters(world))
    await room.until_noted(11)
    await _recreate_stream(world)
    with pytest.raises(StreamBehind):
        await asyncio.wait_for(reader, 20)


async def test_a_service_whose_stream_was_truncated_ends_and_says_so(world: World, room: Room) -> None:
    await publish(world, *letters(world, count=3))
    async with running(room.reader().run()):
        await room.until_noted(3)
    await _recreate_stream(world)
    assert await run_until_killed(world, "casework") == CANNOT_GO_ON


async def test_deliveries_lost_at_the_end_of_the_stream_are_read_again(world: World, room: Room) -> None:
    """Nothing follows the lost ones that would show the gap; the consumer itself tells."""
    reader = room.reader()
    lost = _Losing(reader, 1)
    await publish(world, *letters(world, count=3))
    async with running(reader.run()):
        await room.until_noted(3)
    assert lost.times == 1


class _Losing:
    """Loses the first batches of a reader between NATS and the applier, as an overflowing client does."""

    def __init__(self, reader: Reader, times: int) -> None:
        self.times = 0
        deliveries = reader._deliveries

        def losing() -> Pull:
            pull = deliveries()
            take = pull.take

            async def take_and_lose(seconds: float) -> list[Msg]:
                messages = await take(seconds)
                if messages and self.times < times:
                    self.times += 1
                    return []
                return messages

            pull.take = take_and_lose  # type: ignore[method-assign]
            return pull

        reader._deliveries = losing  # type: ignore[method-assign]


async def _recreate_stream(world: World) -> None:
    """The steward loses the stream and makes a new one; the database knows nothing of it."""
    steward = await connect_steward(world.nats.url, world.secrets)
    await steward.jsm().delete_stream(STREAM)
    await steward.close()
    await migrate(
        database_url=world.database_url,
        nats_url=world.nats.url,
        secrets_dir=world.secrets,
        realm=Realm.TEST,
        stream_bytes=STREAM_BYTES,
    )


_HOLDERS = """
select pid from pg_locks join pg_stat_activity using (pid)
where locktype = 'advisory' and objsubid = 2 and granted and datname = current_database()
"""


async def _lock_holders(world: World) -> set[int]:
    """Backends that hold partitions."""
    admin = await asyncpg.connect(world.database_url)
    try:
        return {row["pid"] for row in await admin.fetch(_HOLDERS)}
    finally:
        await admin.close()


async def _terminate(world: World, backends: set[int]) -> None:
    admin = await asyncpg.connect(world.database_url)
    try:
        await admin.fetch("select pg_terminate_backend(pid) from unnest($1::int[]) as pid", sorted(backends))
    finally:
        await admin.close()
