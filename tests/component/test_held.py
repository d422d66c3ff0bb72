"""Law 13: what a service cannot digest rests with the later events of its case; no other case waits."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from shared.contracts.bus.envelope import Envelope, headers_of, subject_of
from shared.contracts.bus.subjects import STREAM
from shared.messaging.events import held
from shared.postgres.pool import Connection
from tests.builders.poison import (
    breaks_a_constraint,
    raises_a_sentence,
    raises_an_unnamable,
    raises_value_error,
    sends_what_the_database_cannot_store,
    sends_what_the_driver_cannot_encode,
)
from tests.component.room import Poison, Room, letters, open_room, running
from tests.component.stream import publish
from tests.world import Servers, World, open_world, until


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    """One installation for the whole file; every test gets a fresh room in it."""
    async with open_world(servers) as found:
        yield found


@pytest.fixture
async def room(world: World) -> AsyncIterator[Room]:
    async with open_room(world) as found:
        yield found


POISONS: dict[str, Poison] = {
    "valueerror": raises_value_error,
    "nnamable": raises_an_unnamable,
    "n_ng_v_n_b_o_is_not_a_code": raises_a_sentence,
    "notnullviolationerror": breaks_a_constraint,
    "dataerror": sends_what_the_driver_cannot_encode,
    "characternotinrepertoireerror": sends_what_the_database_cannot_store,
}


@pytest.mark.parametrize("error", POISONS)
async def test_a_poisoned_event_rests_and_no_other_case_waits(world: World, room: Room, error: str) -> None:
    sick, later = letters(world, count=2)
    others = [letters(world)[0] for _ in range(5)]
    room.poison[sick.id] = POISONS[error]
    await publish(world, *others[:2], sick, *others[2:], later)
    async with running(room.reader().run()):
        await room.until_noted(5)
        assert [(row[0], row[1]) for row in await room.until_held(2)] == [(sick.id, error), (later.id, held.WAITS)]
        assert await room.steps(sick.case_id) == []
        assert await room.emitted("casework.event.held") == 1


async def test_once_the_cause_is_mended_the_case_goes_on_in_order(world: World, room: Room) -> None:
    case = letters(world, count=4)
    room.poison[case[1].id] = raises_value_error
    async with running(room.reader().run()):
        await publish(world, *case)
        await room.until_held(3)
        del room.poison[case[1].id]
        assert await room.ask_retry(case[1].id) == 1
        await room.until_held(0)
        assert await room.steps(case[0].case_id) == [1, 2, 3, 4]
        assert await room.emitted("casework.case.opened") == 4
        assert await room.emitted("casework.event.released") == 1


async def test_an_event_that_waited_and_then_fails_itself_is_told(world: World, room: Room) -> None:
    first, second, third = letters(world, count=3)
    room.poison |= {first.id: raises_value_error, second.id: breaks_a_constraint}
    async with running(room.reader().run()):
        await publish(world, first, second, third)
        await room.until_held(3)
        del room.poison[first.id]
        await room.ask_retry(None)
        assert (await room.until_held(2))[0] == (second.id, "notnullviolationerror", 1)
        assert await _told(room) == [("held", first.id, 1), ("released", first.id, 2), ("held", second.id, 1)]


async def test_a_discarded_event_releases_the_next_and_is_chained(world: World, room: Room) -> None:
    case = letters(world, count=3)
    room.poison[case[0].id] = raises_value_error
    async with running(room.reader().run()):
        await publish(world, *case)
        await room.until_held(3)
        async with room.pool.acquire() as connection:
            assert await held.discard(connection, room.emitter, case[0].id)
            assert not await held.discard(connection, room.emitter, case[0].id)
        await room.until_held(0)
        assert await room.steps(case[0].case_id) == [2, 3]
        assert await _told(room) == [("held", case[0].id, 1), ("released", case[0].id, 2)]


async def test_an_event_that_only_waits_can_be_discarded_and_says_so(world: World, room: Room) -> None:
    first, second, third = letters(world, count=3)
    room.poison[first.id] = raises_value_error
    async with running(room.reader().run()):
        await publish(world, first, second, third)
        await room.until_held(3)
        async with room.pool.acquire() as connection:
            await held.discard(connection, room.emitter, second.id)
        room.poison.clear()
        await room.ask_retry(None)
        await room.until_held(0)
        assert await room.steps(first.case_id) == [1, 3]
        told = await _told(room)
        assert told.index(("released", second.id, 1)) >= 0


async def test_a_fault_later_in_the_case_does_not_hasten_the_retries_of_the_first(world: World, room: Room) -> None:
    first, second = letters(world, count=2)
    room.poison[first.id] = raises_value_error
    await publish(world, first)
    await _publish_raw(world, second, headers_of(second) | {"ce-dataschema": "99"})
    async with running(room.reader().run()):
        await room.until_held(2)
        await room.pool.execute("update held set next_try_at = now() + interval '1 hour' where event_id = $1", first.id)
        await room.pool.execute("update held set next_try_at = now() where event_id = $1", second.id)
        await publish(world, *letters(world))
        await room.until_noted(1)
        assert await room.applier().retry_held() == 0
        assert [row[2] for row in await room.held()] == [0, 0]


async def test_retries_grow_and_infrastructure_counts_none(world: World, room: Room) -> None:
    [event] = letters(world)
    room.poison[event.id] = raises_value_error
    await publish(world, event)
    async with running(room.reader().run()):
        await room.until_held(1)
    delays = []
    for _ in range(3):
        await room.ask_retry(event.id)
        await room.applier().retry_held()
        delays.append(await room.pool.fetchval("select next_try_at - now() from held"))
    assert delays == sorted(delays)
    assert (await room.held())[0][2] == 3

    async def connection_lost(tx: Connection) -> None:
        raise ConnectionResetError

    room.poison[event.id] = connection_lost
    await room.ask_retry(event.id)
    with pytest.raises(ConnectionResetError):
        await room.applier().retry_held()
    assert (await room.held())[0][2] == 3


STRANGERS: dict[str, tuple[Callable[[dict[str, str]], dict[str, str]], str, bool]] = {
    "a version of tomorrow": (lambda raw: raw | {"ce-dataschema": "99"}, "unknown_event", True),
    "another installation": (lambda raw: raw | {"ce-realm": "test-00000000"}, "foreign_realm", False),
    "no headers at all": (lambda raw: {}, "header_ce_id", False),
    "a case that is no id": (lambda raw: raw | {"ce-subject": "Nông Văn Bảo"}, "header_ce_subject", False),
    "an instant without zone": (lambda raw: raw | {"ce-time": "2025-01-06T08:00:00"}, "header_ce_time", False),
    "another case's partition": (
        lambda raw: raw | {"ce-subject": str(UUID(int=UUID(raw["ce-subject"]).int ^ 1))},
        "foreign_subject",
        False,
    ),
    "another emitter's type": (lambda raw: raw | {"ce-type": "casework.case.opened"}, "foreign_subject", False),
    "a type that is a sentence": (lambda raw: raw | {"ce-type": "Tôi là Nông Văn Bảo"}, "foreign_subject", False),
}


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_a_strange_event_is_held_and_blocks_its_own_case_only_if_it_is_believed(
    world: World, room: Room, stranger: str
) -> None:
    change, error, believed = STRANGERS[stranger]
    strange, later = letters(world, count=2)
    await _publish_raw(world, strange, change(headers_of(strange)))
    await publish(world, later, *letters(world))
    async with running(room.reader().run()):
        await room.until_noted(1 if believed else 2)
        found = await room.until_held(2 if believed else 1)
        assert found[0][1] == error
        assert (found[0][0] == strange.id) is believed
        await room.ask_retry(None)

        async def tried() -> bool:
            return (await room.held())[0][2] > 0

        await until(tried)
        assert await room.steps(strange.case_id) == ([] if believed else [2])


async def test_a_body_that_does_not_fit_is_held_with_nothing_of_it_told(world: World, room: Room) -> None:
    [event] = letters(world)
    await _publish_raw(world, event, headers_of(event), b'{"kind": "Nong Van Bao"}')
    async with running(room.reader().run()):
        assert (await room.until_held(1))[0][:2] == (event.id, "malformed_event")
        bodies = await room.pool.fetch("select body from outbox")
        assert not any("Bao" in row["body"] for row in bodies)


@pytest.mark.parametrize("partition", ["99", "x", "٣", "-1", "016"])
async def test_a_partition_that_does_not_exist_stops_nobody(world: World, room: Room, partition: str) -> None:
    [event] = letters(world)
    async with world.bus("routing") as connection:
        body = event.event.model_dump_json().encode()
        subject = f"evt.{partition}.routing.classification.confirmed"
        await connection.jetstream(timeout=5).publish(subject, body, headers=headers_of(event))
    await publish(world, *letters(world))
    async with running(room.reader().run()):
        await room.until_noted(1)
        assert [row[1] for row in await room.until_held(1)] == ["foreign_subject"]


async def test_headers_that_are_no_text_stop_nobody(world: World, room: Room) -> None:
    [event] = letters(world)
    head = b"NATS/1.0\r\nce-id: \xff\xfe\x00\r\n\r\n"
    async with world.bus("routing") as connection:
        subject = subject_of(event).encode()
        await connection._send_command(b"HPUB %s %d %d\r\n%s{}\r\n" % (subject, len(head), len(head) + 2, head))
        await connection.flush()
    await publish(world, *letters(world))
    async with running(room.reader().run()):
        await room.until_noted(1)
        assert len(await room.until_held(1)) == 1


async def test_a_held_version_of_tomorrow_published_again_is_applied_once_after_the_upgrade(
    world: World, room: Room
) -> None:
    """Held, mended, applied; then a republication arrives that the old version would have held again."""
    [event] = letters(world)
    await _publish_raw(world, event, headers_of(event) | {"ce-dataschema": "99"})
    async with running(room.reader().run()):
        await room.until_held(1)
        upgraded = orjson.dumps(headers_of(event)).decode()
        await room.pool.execute("update held set headers = $1", upgraded)
        await room.ask_retry(None)
        await room.until_noted(1)
        await _publish_raw(world, event, headers_of(event) | {"Nats-Msg-Id": str(uuid4())})
        await room.until_read((await room.stream.stream_info(STREAM)).state.last_seq)
        assert await room.steps(event.case_id) == [1]
        assert await room.held() == []


async def test_a_forged_foreign_id_cannot_mark_the_true_event_as_known(world: World, room: Room) -> None:
    [event] = letters(world)
    forged = headers_of(event) | {"ce-realm": "test-00000000", "Nats-Msg-Id": str(uuid4())}
    await _publish_raw(world, event, forged)
    await publish(world, event)
    async with running(room.reader().run()):
        await room.until_noted(1)


async def test_an_event_that_waits_behind_nobody_is_not_forgotten(world: World, room: Room) -> None:
    """Another replica released the first while this one put the second behind it."""
    first, second = letters(world, count=2)
    room.poison[first.id] = raises_value_error
    await publish(world, first, second)
    async with running(room.reader().run()):
        await room.until_held(2)
        await room.pool.execute("delete from held where event_id = $1", first.id)
        await room.pool.execute("update held set next_try_at = now()")
        await room.until_held(0)
        assert await room.steps(first.case_id) == [2]


async def _publish_raw(world: World, event: Envelope, headers: dict[str, str], body: bytes | None = None) -> None:
    async with world.bus(event.service) as connection:
        stream = connection.jetstream(timeout=5)
        await stream.publish(subject_of(event), body or event.event.model_dump_json().encode(), headers=headers)


async def _told(room: Room) -> list[tuple[str, UUID, int]]:
    """What the house was told about held events: verb, event, version."""
    rows = await room.pool.fetch(
        "select subject, headers, body from outbox where subject like '%.event.%' order by number"
    )
    found: list[tuple[str, UUID, int]] = []
    for row in rows:
        raw: dict[str, Any] = orjson.loads(row["headers"])
        found.append((row["subject"].rsplit(".", 1)[1], UUID(orjson.loads(row["body"])["event_id"]),
                      int(raw["ce-aggregateversion"])))  # fmt: skip
    return found
