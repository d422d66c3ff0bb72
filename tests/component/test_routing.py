"""routing on real PostgreSQL and NATS: each act once, twice, too late, by the wrong person, by an excluded one."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from shared.contracts.base import Command, Counters, Done, Event
from shared.contracts.intake import PetitionRead
from shared.contracts.routing import (
    ClassificationConfirmed,
    ClassificationProposed,
    Confirm,
    Confirmed,
    LetterFiled,
    LetterGuided,
    LetterSplit,
    LetterTransferred,
    RoutingCounters,
    TransferReceived,
    TransferReturned,
)
from shared.contracts.routing import ConfirmItem as Item
from shared.contracts.vocabulary import Body, Channel, Kind
from tests.component.stream import decided, publish
from tests.escalation_events import told
from tests.routing_letters import (
    COMMUNE,
    DESK,
    DISTRICT_DESK,
    HEAD,
    HOLDER,
    OTHER,
    OTHER_DESK,
    SPLIT,
    arrival,
    dispatch,
    filing,
    guidance,
    letter,
    returning,
)
from tests.world import Desk, Servers, World, code_of, open_world, until

F, D, C = Kind.FEEDBACK, Kind.DENUNCIATION, Kind.COMPLAINT


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    """One installation with routing for the whole file."""
    async with open_world(servers) as found:
        await found.start("routing")
        yield found


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    async with world.desk() as found:
        yield found


async def events(world: World, case_id: UUID) -> list[Event]:
    return [each.event for each in (await decided(world, "routing")).envelopes if each.case_id == case_id]


async def until_last(world: World, case_id: UUID, event_type: type[Event]) -> Event:
    async def last() -> Event | None:
        found = await events(world, case_id)
        return found[-1] if found and isinstance(found[-1], event_type) else None

    event: Event = await until(last)
    return event


async def proposed(world: World, read: PetitionRead) -> UUID:
    envelope = told(read, realm=world.tag, version=2)
    await publish(world, envelope)
    await until_last(world, envelope.case_id, ClassificationProposed)
    return envelope.case_id


async def send(desk: Desk, command: Command, officer: str = DESK, key: UUID | None = None) -> int:
    done = await desk.client.send(command, Done, actor=Desk.actor(officer, COMMUNE), key=key or uuid4())
    return done.version


async def confirmed(desk: Desk, *items: Item, officer: str = DESK) -> list[str | int | None]:
    """The new version or the refusal of each item."""
    done = await desk.client.send(Confirm(items=list(items)), Confirmed, actor=Desk.actor(officer, COMMUNE))
    return [each.error.code if each.error else each.version for each in done.results]


def item(case_id: UUID, version: int = 1, kind: Kind = F, **changes: Any) -> Item:
    values = {
        "case_id": case_id,
        "expected_version": version,
        "kind": kind,
        "competent_authority_id": COMMUNE,
        "holder_id": HOLDER,
        "nobody_denounced": True,
    }
    return Item(**(values | changes))


async def refusals(world: World) -> list[str]:
    async with world.database("routing") as connection:
        rows = await connection.fetch("select body from outbox where subject like '%.command.refused' order by number")
    return [orjson.loads(row["body"])["code"] for row in rows]


async def test_a_petition_is_proposed_once_however_often_it_is_told(world: World) -> None:
    envelope = told(letter(F), realm=world.tag, version=2)
    again = told(letter(C), case_id=envelope.case_id, realm=world.tag, version=3)
    await publish(world, envelope, envelope, again)
    marker = await proposed(world, letter(F))
    assert len(await events(world, marker)) == 1

    query = "select count(*) = 2 from inbox where event_id = any($1::uuid[])"

    async def read() -> bool:
        async with world.database("routing") as connection:
            return bool(await connection.fetchval(query, [envelope.id, again.id]))

    await until(read)
    [event] = await events(world, envelope.case_id)
    assert isinstance(event, ClassificationProposed)
    assert event.kind is F


async def test_each_item_of_a_confirmation_is_decided_for_itself(world: World, desk: Desk) -> None:
    good, mixed, web, hidden = [
        await proposed(world, each)
        for each in (
            letter(F),
            letter(Kind.MIXED),
            letter(F, channel=Channel.WEB, signed=False),
            letter(D, against=[HEAD]),
        )
    ]
    answers = await confirmed(
        desk, item(good), item(mixed, kind=Kind.MIXED), item(web, kind=D), item(hidden), item(uuid4()), item(good)
    )
    assert answers == [2, "wrong_state", "channel_cannot", "not_found", "not_found", "version_conflict"]
    assert isinstance((await events(world, good))[1], ClassificationConfirmed)
    assert await confirmed(desk, item(web, kind=Kind.INFORMATION)) == [2]


async def test_a_transfer_travels_to_the_receiver_and_is_proposed_there(world: World, desk: Desk) -> None:
    case_id, key = await proposed(world, letter(F)), uuid4()
    command = dispatch(case_id, 1, F, OTHER, document_number="21/PC-UBND")
    assert await code_of(send(desk, command, HOLDER)) == "not_allowed"
    assert await code_of(send(desk, dispatch(case_id, 0, F, OTHER))) == "version_conflict"
    assert [await send(desk, command, key=key) for _ in range(2)] == [2, 2]
    assert await code_of(send(desk, dispatch(case_id, 2, F, OTHER))) == "only_once"
    assert await code_of(send(desk, arrival(case_id, 2), DESK)) == "not_allowed"
    assert await code_of(send(desk, arrival(case_id, 1), OTHER_DESK)) == "version_conflict"
    assert await send(desk, arrival(case_id, 2), OTHER_DESK) == 4
    assert await code_of(send(desk, arrival(case_id, 4), OTHER_DESK)) == "wrong_state"
    there = item(case_id, 4, competent_authority_id=OTHER, holder_id="dong-khe-04")
    assert await confirmed(desk, there, officer=DESK) == ["not_allowed"]
    assert await confirmed(desk, there, officer=OTHER_DESK) == [5]
    found = await events(world, case_id)
    told_ = [each for each in found if not each.type().endswith("refused")]
    assert [type(each) for each in told_] == [
        ClassificationProposed,
        LetterTransferred,
        TransferReceived,
        ClassificationProposed,
        ClassificationConfirmed,
    ]


async def test_a_return_is_settled_by_the_common_superior(world: World, desk: Desk) -> None:
    case_id = await proposed(world, letter(F))
    await send(desk, dispatch(case_id, 1, F, OTHER, document_number="22/PC-UBND"))
    assert await code_of(send(desk, returning(case_id, 2), DESK)) == "not_allowed"
    assert await code_of(send(desk, returning(case_id, 1), OTHER_DESK)) == "version_conflict"
    assert await send(desk, returning(case_id, 2), OTHER_DESK) == 4
    assert await code_of(send(desk, returning(case_id, 4), OTHER_DESK)) == "wrong_state"
    returned, again = [each for each in await events(world, case_id) if not each.type().endswith("refused")][-2:]
    assert isinstance(returned, TransferReturned)
    assert isinstance(again, ClassificationProposed)
    assert (returned.superior_handler_id, again.confirmer_id) == (DISTRICT_DESK, DISTRICT_DESK)
    assert await confirmed(desk, item(case_id, 4)) == ["not_allowed"]
    assert await confirmed(desk, item(case_id, 4), officer=DISTRICT_DESK) == [5]


async def test_for_the_excluded_every_act_on_the_letter_finds_nothing(world: World, desk: Desk) -> None:
    case_id = await proposed(world, letter(D, against=[HEAD]))
    for act in (
        dispatch(case_id, 1, D),
        guidance(case_id, 1),
        filing(case_id, 1),
        arrival(case_id, 1),
        returning(case_id, 1),
    ):
        for officer in (HEAD, DESK, HOLDER):
            assert await code_of(send(desk, act, officer)) == "not_found"
    before = await refusals(world)
    assert await confirmed(desk, item(case_id, kind=D), officer=HEAD) == ["not_found"]
    assert (await refusals(world))[len(before) :] == ["not_found"]
    assert len([each for each in await events(world, case_id) if not each.type().endswith("refused")]) == 1


async def test_a_complaint_is_guided_once_and_never_transferred(world: World, desk: Desk) -> None:
    case_id, key = await proposed(world, letter(C)), uuid4()
    assert await code_of(send(desk, dispatch(case_id, 1, C, OTHER))) == "law_refuses"
    assert await code_of(send(desk, guidance(case_id, 1), HOLDER)) == "not_allowed"
    assert await code_of(send(desk, guidance(case_id, 0))) == "version_conflict"
    command = guidance(case_id, 1, document_number="31/HD-UBND")
    assert [await send(desk, command, key=key) for _ in range(2)] == [2, 2]
    assert await code_of(send(desk, guidance(case_id, 2, document_number="32/HD-UBND"))) == "only_once"
    assert isinstance((await events(world, case_id))[1], LetterGuided)


async def test_a_letter_is_filed_once(world: World, desk: Desk) -> None:
    case_id, key = await proposed(world, letter(None)), uuid4()
    assert await code_of(send(desk, filing(case_id, 1), HOLDER)) == "not_allowed"
    assert await code_of(send(desk, filing(case_id, 0))) == "version_conflict"
    assert [await send(desk, filing(case_id, 1), key=key) for _ in range(2)] == [2, 2]
    assert await code_of(send(desk, filing(case_id, 2))) == "wrong_state"
    assert isinstance((await events(world, case_id))[1], LetterFiled)


async def test_a_separated_letter_is_settled_as_an_envelope(world: World, desk: Desk) -> None:
    case_id = await proposed(world, letter(Kind.MIXED))
    split = told(SPLIT, case_id=case_id, realm=world.tag, version=4)
    await publish(world, split, split)
    event = await until_last(world, case_id, LetterSplit)
    assert event == LetterSplit(authority_id=COMMUNE, split_on=split.legal_at, parts=2)
    assert await code_of(send(desk, filing(case_id, 2))) == "wrong_state"
    assert len([each for each in await events(world, case_id) if isinstance(each, LetterSplit)]) == 1


async def test_a_number_stands_on_one_paper_and_an_outside_body_answers_nothing(world: World, desk: Desk) -> None:
    first, second = [await proposed(world, letter(Kind.OUT_OF_SCOPE)) for _ in range(2)]
    outside = {"to_authority_id": None, "to_body": Body.COURT, "document_number": "41/PC-UBND"}
    before = await counters(world)
    assert await send(desk, dispatch(first, 1, Kind.OUT_OF_SCOPE, **outside)) == 2
    assert await counters(world) == before - 1
    taken = dispatch(second, 1, Kind.OUT_OF_SCOPE, **outside)
    assert await code_of(send(desk, taken)) == "document_number_taken"
    assert [type(each) for each in await events(world, second)] == [ClassificationProposed]


async def counters(world: World) -> int:
    """How many proposals wait; no law is broken."""
    async with world.desk() as desk:
        found = await desk.client.send(RoutingCounters(), Counters)
    assert set(found.counters.values()) == {0}
    return found.gauges["awaiting_confirmation"]
