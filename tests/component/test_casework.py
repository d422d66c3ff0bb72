"""casework on real PostgreSQL and NATS: whole lives by command, numbers of papers, what the database itself refuses."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.casework import store
from shared.contracts.base import Command, Counters, Done
from shared.contracts.casework import (
    Accept,
    CaseworkCounters,
    Close,
    Decide,
    ProveNotice,
    Reassign,
    Refuse,
    TakeOver,
)
from shared.contracts.vocabulary import Kind, Notice, Outcome, Proof, RefusalGround
from tests.component.stream import Decided, decided, publish
from tests.escalation_events import AUTHORITY, HOLDER, LEADER, MONDAY, confirmed, told
from tests.world import NEW_YEAR, Desk, Servers, World, code_of, open_world, until

OTHER = "dong-khe-05"
TODAY = MONDAY + timedelta(days=30)


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    async with open_world(servers) as found:
        await found.start("casework")
        await found.move_clock(NEW_YEAR + timedelta(days=30))
        yield found


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    async with world.desk() as found:
        yield found


class Case:
    """One case and the commands that people send for it."""

    def __init__(self, desk: Desk, case_id: UUID) -> None:
        self.desk, self.case_id, self.version = desk, case_id, 1

    async def does(self, officer_id: str, command: type[Command], **fields: Any) -> "Case":
        sent = command(case_id=self.case_id, expected_version=self.version, **fields)
        done = await self.desk.client.send(sent, Done, actor=Desk.actor(officer_id, AUTHORITY))
        self.version = done.version
        return self

    async def taken(self, holder_id: str = HOLDER) -> "Case":
        return await self.does(holder_id, TakeOver, nothing_bars_me=True)

    async def accepts(self, number: str, on: date = TODAY) -> "Case":
        return await self.does(LEADER, Accept, document_number=number, accepted_on=on)

    async def decides(self, number: str, outcome: Outcome) -> "Case":
        return await self.does(LEADER, Decide, document_number=number, decided_on=TODAY, outcome=outcome)

    async def proves(self, number: str, notice: Notice, holder_id: str = HOLDER) -> "Case":
        return await self.does(
            holder_id, ProveNotice, notice=notice, document_number=number, sent_on=TODAY, proof=Proof.SIGNED_FOR
        )

    async def closes(self, holder_id: str = HOLDER) -> "Case":
        return await self.does(holder_id, Close, closed_on=TODAY)


async def a_case(world: World, desk: Desk, kind: Kind = Kind.COMPLAINT, **fields: Any) -> Case:
    event = told(confirmed(kind, **fields), realm=world.tag)
    await publish(world, event)

    async def opened() -> bool:
        async with world.database("casework") as connection:
            return bool(await connection.fetchval("select 1 from case_file where case_id = $1", event.case_id))

    await until(opened)
    return Case(desk, event.case_id)


async def events_of(world: World, case: Case) -> Decided:
    found = await decided(world, "casework")
    return Decided([each for each in found.envelopes if each.aggregate_id == case.case_id])


async def said_of(world: World, case: Case) -> list[str]:
    return [type(each.event).__name__ for each in (await events_of(world, case)).envelopes]


async def test_a_complaint_is_accepted_reassigned_decided_told_and_closed(world: World, desk: Desk) -> None:
    case = await a_case(world, desk)
    await (await case.taken()).accepts("101/TB-UBND")
    await case.does(LEADER, Reassign, holder_id=OTHER)
    await case.taken(OTHER)
    await case.decides("102/QD-UBND", Outcome.UPHELD)
    await case.proves("101/TB-UBND", Notice.ACCEPTANCE, OTHER)
    assert await code_of(case.closes(OTHER)) == "notice_owed"
    await case.proves("102/QD-UBND", Notice.DECISION, OTHER)
    await case.proves("103/TB-UBND", Notice.PUBLICATION, OTHER)
    await case.closes(OTHER)
    found = await events_of(world, case)
    assert await said_of(world, case) == [
        "CaseOpened", "CaseTaken", "CaseAccepted", "CaseReassigned", "CaseTaken", "CaseDecided", "NoticeProven",
        "NoticeProven", "NoticeProven", "CaseClosed",
    ]  # fmt: skip
    assert [each.version for each in found.envelopes] == list(range(1, 11))
    assert {each.actor_id for each in found.envelopes[1:]} == {HOLDER, LEADER, OTHER}
    assert found.envelopes[-1].legal_at == TODAY


async def test_feedback_is_answered_and_a_denunciation_refused(world: World, desk: Desk) -> None:
    feedback = await a_case(world, desk, Kind.FEEDBACK)
    await (await feedback.taken()).decides("111/TL-UBND", Outcome.ANSWERED)
    await (await feedback.proves("111/TL-UBND", Notice.DECISION)).closes()
    refused = await a_case(world, desk, Kind.DENUNCIATION)
    await refused.taken()
    await refused.does(
        LEADER, Refuse, document_number="112/TB-UBND", refused_on=TODAY, ground=RefusalGround.CONDITIONS_NOT_MET
    )
    await (await refused.proves("112/TB-UBND", Notice.REFUSAL)).closes()
    assert await said_of(world, refused) == [
        "CaseOpened",
        "CaseTaken",
        "CaseRefused",
        "NoticeProven",
        "CaseClosed",
    ]


async def test_a_number_is_used_once_per_authority_year_and_series(world: World, desk: Desk) -> None:
    first, second = [await (await a_case(world, desk)).taken() for _ in range(2)]
    await first.accepts("120/TB-UBND")
    assert await code_of(second.accepts("120/TB-UBND")) == "document_number_taken"
    assert await said_of(world, second) == ["CaseOpened", "CaseTaken"]
    await second.accepts("121/TB-UBND")
    assert await code_of(second.proves("120/TB-UBND", Notice.ACCEPTANCE)) == "document_number_taken"
    last_year = await (await a_case(world, desk, received_on=date(2024, 12, 30))).taken()
    await last_year.accepts("120/TB-UBND", date(2024, 12, 31))
    elsewhere = await a_case(world, desk, authority_id="le-lai", holder_id="le-lai-04")
    await elsewhere.taken("le-lai-04")
    await elsewhere.does("le-lai-01", Accept, document_number="120/TB-UBND", accepted_on=TODAY)


async def test_the_number_of_a_confidential_paper_tells_nobody_of_it(world: World, desk: Desk) -> None:
    hidden = await (await a_case(world, desk, Kind.DENUNCIATION)).taken()
    await hidden.accepts("130/QD-UBND")
    seen = await (await a_case(world, desk)).taken()
    await seen.accepts("130/QD-UBND")


async def test_a_mixed_letter_confirmed_by_mistake_is_held(world: World) -> None:
    event = told(confirmed(Kind.MIXED), realm=world.tag)
    await publish(world, event)

    async def held() -> str | None:
        async with world.database("casework") as connection:
            error: str | None = await connection.fetchval("select error from held where event_id = $1", event.id)
            return error

    assert await until(held) == "kind_has_no_case"


async def test_the_counters_are_zero_and_the_gauges_count(world: World, desk: Desk) -> None:
    await a_case(world, desk)
    answer = await desk.client.send(CaseworkCounters(), Counters)
    assert answer.counters == {"excluded_holder": 0, "closed_with_notice_owed": 0}
    assert answer.gauges["open_cases"] >= answer.gauges["awaiting_decision"] >= answer.gauges["awaiting_acceptance"] > 0


@pytest.mark.parametrize(
    "change",
    [
        "state = 'closed', settled_on = current_date, closed_on = current_date, owed = '{decision}'",
        "state = 'closed', closed_on = null",
        "state = 'accepted'",
        "state = 'decided'",
        "owed = '{acceptance}'",
        "owed = '{thanks}'",
        "accepted_on = received_on - 1",
        "holder_id = 'dong-khe-01', barred_officers = '{dong-khe-01}'",
        "kind = 'mixed'",
    ],
)
async def test_the_database_itself_refuses_a_life_that_cannot_be(world: World, desk: Desk, change: str) -> None:
    case = await a_case(world, desk)
    async with world.database("casework") as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(f"update case_file set {change} where case_id = $1", case.case_id)


async def test_every_query_is_valid_in_the_migrated_schema(world: World) -> None:
    async with world.database("casework") as connection:
        for text in store.Q.values():
            await connection.prepare(text)
