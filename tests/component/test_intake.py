"""intake on real PostgreSQL and NATS, with the vault: box, slips, forwarded letters, separation, who may read."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid4

import pytest

from shared.contracts.intake import (
    BoxOpened,
    DocumentOpened,
    IssuedSlips,
    IssueSlips,
    Letter,
    Part,
    PetitionNumbered,
    PetitionRead,
    PetitionRegistered,
    PetitionSplit,
    Receipt,
    Registered,
    Separated,
    Slip,
    SlipSheet,
    Track,
    Tracked,
    TrackingClaim,
)
from shared.contracts.vocabulary import Body, Channel, DocumentKind, ErrorCode, Flag, Kind, Purpose
from tests.builders.letters import (
    ABOVE,
    BRIBE,
    CLERK,
    MIXED,
    ROAD,
    SPLIT_AT,
    counted,
    events,
    letter,
    open_text,
    open_the_box,
    petitions,
    proposed,
    readers,
    refused,
    sealed,
    split,
    unsealed,
)
from tests.builders.petitions import confirmation, proposal, transferred
from tests.component.stream import publish
from tests.escalation_events import MONDAY, told
from tests.routing_letters import COMMUNE, DESK, DISTRICT, DISTRICT_DESK, HEAD, HOLDER, OTHER, OTHER_DESK
from tests.world import Desk, Servers, World, open_world, until


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    """One installation with intake for the whole file."""
    async with open_world(servers) as found:
        await found.start("intake")
        yield found


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    async with world.desk() as found:
        yield found


async def test_the_events_carry_channel_signature_and_flags(world: World, desk: Desk) -> None:
    command = letter(world, name="", signed=False, channel_of_arrival=Channel.HOTLINE)
    case_id = (await desk.client.send(command, Registered, actor=CLERK)).case_id
    registered, read = await events(world, case_id)
    assert isinstance(registered, PetitionRegistered)
    assert isinstance(read, PetitionRead)
    assert (registered.channel, registered.signed) == (read.channel, read.signed) == (Channel.HOTLINE, False)
    assert Flag.ANONYMOUS in read.flags


async def test_a_box_gives_as_many_letters_as_its_minutes_say(world: World, desk: Desk) -> None:
    short = (await counted(world)).gauges["boxes_short"]
    box_id = await open_the_box(desk, 2, "3/BB-UBND")
    assert await events(world, box_id) == [
        BoxOpened(
            authority_id=COMMUNE, opened_on=MONDAY, letters=2, minutes_number="3/BB-UBND", opened_by=[DESK, HOLDER]
        )
    ]
    from_box = {"channel_of_arrival": Channel.BOX, "box_id": box_id}
    await desk.client.send(letter(world, **from_box), Registered, actor=CLERK)
    counters, kept = await counted(world), await petitions(world)
    assert (counters.gauges["boxes_short"], set(counters.counters.values())) == (short + 1, {0})
    await desk.client.send(letter(world, **from_box), Registered, actor=CLERK)
    refusal = await refused(desk.client.send(letter(world, **from_box), Registered, actor=CLERK))
    assert (refusal, await petitions(world)) == ("box_count_differs", kept + 1)
    assert (await counted(world)).gauges["boxes_short"] == short


async def test_a_box_has_its_own_day_authority_and_minutes(world: World, desk: Desk) -> None:
    box_id = await open_the_box(desk, 2, "4/BB-UBND")
    from_box = {"channel_of_arrival": Channel.BOX, "box_id": box_id}
    early = letter(world, received_on=date(2025, 1, 5), **from_box)
    assert await refused(desk.client.send(early, Registered, actor=CLERK)) == "dates_contradict"
    elsewhere = letter(world, authority_id=OTHER, **from_box)
    other = Desk.actor(OTHER_DESK, OTHER)
    assert await refused(desk.client.send(elsewhere, Registered, actor=other)) == "not_found"
    assert await refused(open_the_box(desk, 1, "4/BB-UBND")) == "document_number_taken"
    async with world.database("intake") as connection:
        assert await connection.fetchval("select registered from box where box_id = $1", box_id) == 0


async def test_a_covering_paper_may_bring_several_letters_and_its_number_stays_sealed(world: World, desk: Desk) -> None:
    content = Letter(sender_name="Nông Văn Bảo", text=ROAD, pin="274913", forwarding_number="2503/VPCP-V.I")
    forwarded = {
        "channel_of_arrival": Channel.FORWARDED,
        "forwarded_by": Body.PRESS,
        "forwarding_on": MONDAY,
        "letter": sealed(world, content),
    }
    before = await petitions(world)
    for _ in range(2):
        done = await desk.client.send(letter(world, **forwarded), Registered, actor=CLERK)
        registered = (await events(world, done.case_id))[0]
        assert isinstance(registered, PetitionRegistered)
        assert (registered.forwarded_by, registered.forwarding_number) == (Body.PRESS, None)
    assert await petitions(world) == before + 2


async def test_four_desks_at_once_use_a_slip_once(world: World, desk: Desk) -> None:
    sheet = await desk.client.send(IssueSlips(authority_id=DISTRICT, count=1), IssuedSlips, actor=ABOVE)
    [number] = unsealed(world, sheet.slips, SlipSheet).numbers
    kept = await petitions(world)
    command = letter(world, authority_id=DISTRICT, slip=sealed(world, Slip(number=number)))
    sends = [desk.client.send(command, Registered, actor=ABOVE) for _ in range(4)]
    answers = await asyncio.gather(*sends, return_exceptions=True)
    assert Counter(getattr(each, "code", "kept") for each in answers) == {"slip_used": 3, "kept": 1}
    assert await petitions(world) == kept + 1


async def test_a_desk_issues_no_slips(desk: Desk) -> None:
    command = IssueSlips(authority_id=COMMUNE, count=1)
    assert await refused(desk.client.send(command, IssuedSlips, actor=CLERK)) == "not_allowed"


async def test_each_part_of_a_mixed_letter_has_its_own_words_receipt_and_readers(world: World, desk: Desk) -> None:
    case_id, key = await proposed(world, desk), uuid4()
    answers = [await desk.client.send(split(world, case_id), Separated, actor=CLERK, key=key) for _ in range(2)]
    codes = [[unsealed(world, part.receipt, Receipt).code for part in answer.parts] for answer in answers]
    assert codes[0] == codes[1]
    assert len(set(codes[0])) == 2
    road, bribe = answers[0].case_ids
    assert [part.case_id for part in answers[1].parts] == [road, bribe]

    registered, read = await events(world, bribe)
    assert isinstance(registered, PetitionRegistered)
    assert isinstance(read, PetitionRead)
    assert (registered.split_from, registered.channel, registered.received_on) == (case_id, Channel.COUNTER, MONDAY)
    assert (read.kind_ticked, read.against) == (Kind.DENUNCIATION, [HEAD])
    opened, done = (await events(world, case_id))[-2:]
    assert opened == DocumentOpened(document=DocumentKind.WORKING_TEXT, purpose=Purpose.CLASSIFY, opened_by=DESK)
    assert done == PetitionSplit(authority_id=COMMUNE, parts=2, split_by=DESK)

    await publish(world, told(proposal(DESK), case_id=road, realm=world.tag))
    await publish(world, told(proposal(DISTRICT_DESK, DISTRICT), case_id=bribe, realm=world.tag))
    await readers(world, bribe, [DISTRICT_DESK])
    await readers(world, road, [DESK])
    assert await open_text(world, desk, road, DESK) == ROAD
    assert (await open_text(world, desk, bribe, DISTRICT_DESK)).strip() == BRIBE
    for hidden in (case_id, bribe):
        assert await refused(open_text(world, desk, hidden, DESK)) == "not_found"

    claim = sealed(world, TrackingClaim(code=codes[0][1], pin="580316"))
    assert (await desk.client.send(Track(claim=claim), Tracked)).case_id == bribe
    assert set((await counted(world)).counters.values()) == {0}


async def test_the_envelope_stays_shut_whatever_is_told_of_it_later(world: World, desk: Desk) -> None:
    case_id = await proposed(world, desk)
    await desk.client.send(split(world, case_id), Separated, actor=CLERK)
    later = told(confirmation(), case_id=case_id, realm=world.tag)
    await publish(world, later)

    async def numbered() -> bool:
        return any(isinstance(event, PetitionNumbered) for event in await events(world, case_id))

    await until(numbered)
    for officer in (DESK, HOLDER, HEAD):
        assert await refused(open_text(world, desk, case_id, officer, Purpose.RESOLVE)) == "not_found"
    assert await refused(desk.client.send(split(world, case_id), Separated, actor=CLERK)) == "not_found"


async def test_what_is_left_out_a_stranger_and_a_letter_on_its_way(world: World, desk: Desk) -> None:
    case_id = await proposed(world, desk)
    kept = await petitions(world)
    first = Part(stretches=[(0, SPLIT_AT)], kind=Kind.FEEDBACK)
    short = Part(stretches=[(SPLIT_AT + 4, len(MIXED))], kind=Kind.DENUNCIATION)
    outside = Part(stretches=[(SPLIT_AT, len(MIXED) + 1)], kind=Kind.DENUNCIATION)
    unknown = Part(stretches=[(SPLIT_AT, len(MIXED))], kind=Kind.DENUNCIATION, against=["nobody"])
    for part, code in [(short, "split_incomplete"), (outside, "invalid"), (unknown, "unknown_authority")]:
        assert await refused(desk.client.send(split(world, case_id, first, part), Separated, actor=CLERK)) == code
    for stranger in (Desk.actor(HEAD, COMMUNE), ABOVE):
        assert await refused(desk.client.send(split(world, case_id), Separated, actor=stranger)) == "not_found"
    await publish(world, told(transferred(OTHER, OTHER_DESK), case_id=case_id, realm=world.tag, version=2))
    await readers(world, case_id, [OTHER_DESK])
    there = Desk.actor(OTHER_DESK, OTHER)
    assert await refused(desk.client.send(split(world, case_id), Separated, actor=there)) == ErrorCode.WRONG_STATE
    assert await petitions(world) == kept


async def test_a_part_of_a_transferred_letter_lies_where_the_letter_lies(world: World, desk: Desk) -> None:
    case_id = await proposed(world, desk)
    later = date(2025, 1, 6)
    await publish(
        world,
        told(transferred(OTHER, OTHER_DESK), case_id=case_id, realm=world.tag, version=2),
        told(proposal(OTHER_DESK, OTHER, OTHER, later), case_id=case_id, realm=world.tag, version=4),
    )

    async def arrived() -> bool:
        async with world.database("intake") as connection:
            query = "select at_authority_id = $2 from petition where case_id = $1"
            return bool(await connection.fetchval(query, case_id, OTHER))

    await until(arrived)
    done = await desk.client.send(split(world, case_id), Separated, actor=Desk.actor(OTHER_DESK, OTHER))
    _, read = await events(world, done.case_ids[0])
    assert isinstance(read, PetitionRead)
    assert (read.authority_id, read.transferred_before) == (OTHER, True)


async def test_numbers_come_from_the_registry_that_classified_the_letter(world: World, desk: Desk) -> None:
    seen = []
    for reader, registry in [(DESK, COMMUNE), (DISTRICT_DESK, DISTRICT), (DESK, COMMUNE)]:
        case_id = (await desk.client.send(letter(world), Registered, actor=CLERK)).case_id
        await publish(
            world,
            told(proposal(reader, registry), case_id=case_id, realm=world.tag),
            told(confirmation(), case_id=case_id, realm=world.tag, version=2),
        )

        async def numbered(case_id: UUID = case_id) -> PetitionNumbered | None:
            return next((each for each in await events(world, case_id) if isinstance(each, PetitionNumbered)), None)

        number = await until(numbered)
        seen.append((number.authority_id, int(number.number[-5:])))
    assert [authority for authority, _ in seen] == [COMMUNE, DISTRICT, COMMUNE]
    assert seen[2][1] == seen[0][1] + 1
