"""A ledger that cannot fail proves nothing: faults are planted one by one, and each is flagged by its own line."""

from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from operations.ledger.equations import LINES, balance, second_copies
from operations.ledger.facts import Facts, Streamed, collect
from operations.ledger.rest import collect_at_rest
from services.audit import store
from shared.security.secrets import PublicKeys
from tests.builders.ledger_faults import (
    IN_THE_DATABASE,
    OUTSIDE,
)
from tests.console import a_letter
from tests.house import RunningHouse, running_house
from tests.world import until

ON_THE_WAY = {"events_not_read"}
"""Planted behind the readers' positions, which did not hear of it."""


@pytest.fixture(scope="module")
async def lived_in() -> AsyncIterator[RunningHouse]:
    """A house with letters at every stage, alerts and mails, at rest."""
    async with running_house() as house:
        desk, head = await house.person("le-lai-03"), await house.person("le-lai-01")
        holder = await house.person("le-lai-04")
        cases = [(await desk.register(a_letter()))["case_id"] for _ in range(4)]
        for case_id in cases[:3]:
            proposed = await house.case(desk, case_id, stage="proposed")
            answered = {"version": proposed["versions"]["routing"], "nobody_denounced": True}
            await desk.post(f"/api/v1/cases/{case_id}/confirm", answered)
        for number, case_id in enumerate(cases[:2], 1):
            opened = await house.case(holder, case_id, stage="open")
            body = {"version": opened["versions"]["casework"], "nothing_bars_me": True}
            await holder.post(f"/api/v1/cases/{case_id}/take-over", body)
            taken = await house.case(head, case_id, stage="taken")
            body = {
                "version": taken["versions"]["casework"],
                "document_number": f"{number}/TB-UBND",
                "accepted_on": "2025-01-06",
            }
            await head.post(f"/api/v1/cases/{case_id}/accept", body)
        await house.quiet()
        await house.clock.move(datetime(2025, 2, 26, 3, 0, tzinfo=UTC))
        await house.quiet()
        yield house


@pytest.fixture(scope="module")
async def stream(lived_in: RunningHouse) -> list[Streamed]:
    """What stands in the stream once nothing is under way any more, the signing of the first head included."""
    admin = await asyncpg.connect(lived_in.stack.database_url)
    try:

        async def head_signed() -> int | None:
            number: int | None = await admin.fetchval("select max(number) from audit.signed_head")
            return number

        await until(head_signed)
        await lived_in.quiet()
        key = PublicKeys.load(lived_in.stack.data.secrets).audit or b""
        return (await collect_at_rest(admin, lived_in.bus, key)).stream
    finally:
        await admin.close()


async def _collected(house: RunningHouse, stream: list[Streamed], admin: asyncpg.Connection) -> Facts:
    key = PublicKeys.load(house.stack.data.secrets).audit or b""
    return await collect(admin, stream, key, mails=house.stack.data.mails)


@pytest.fixture
async def admin(lived_in: RunningHouse) -> AsyncIterator[asyncpg.Connection]:
    """The administrator."""
    connection = await asyncpg.connect(lived_in.stack.database_url)
    yield connection
    await connection.close()


async def test_a_house_at_rest_balances(
    lived_in: RunningHouse, stream: list[Streamed], admin: asyncpg.Connection
) -> None:
    facts = await _collected(lived_in, stream, admin)
    assert {name: value for name, value in balance(facts).items() if value} == {}
    assert len(facts.petitions) == 4
    assert facts.rungs
    assert facts.sink


async def test_second_copies_after_an_outage_are_counted_apart(
    lived_in: RunningHouse, stream: list[Streamed], admin: asyncpg.Connection
) -> None:
    """Of three events of one case: published, PostgreSQL away for long, published again, marked at either place."""
    facts = await _collected(lived_in, list(stream), admin)
    again = [message for message in facts.stream if message.type.startswith("intake.")][:3]
    for message in again:
        facts.stream.append(replace(message, sequence=facts.stream[-1].sequence + 1))
    assert {name: value for name, value in balance(facts).items() if value and name not in ON_THE_WAY} == {}
    moved = {message.event_id: facts.stream[-1].sequence for message in again[2:]}
    facts.outbox[:] = [replace(row, sequence=moved.get(row.event_id, row.sequence)) for row in facts.outbox]
    assert {name: value for name, value in balance(facts).items() if value and name not in ON_THE_WAY} == {}
    assert second_copies(facts) == 3


@pytest.mark.parametrize(("fault", "statement", "line"), IN_THE_DATABASE, ids=[row[0] for row in IN_THE_DATABASE])
async def test_a_fault_in_the_database_is_flagged(
    lived_in: RunningHouse, stream: list[Streamed], admin: asyncpg.Connection, fault: str, statement: str, line: str
) -> None:
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute(statement)
        assert balance(await _collected(lived_in, stream, admin))[line] > 0
    finally:
        await transaction.rollback()


@pytest.mark.parametrize(("fault", "plant", "line"), OUTSIDE, ids=[row[0] for row in OUTSIDE])
async def test_a_fault_outside_the_database_is_flagged(
    lived_in: RunningHouse,
    stream: list[Streamed],
    admin: asyncpg.Connection,
    fault: str,
    plant: Callable[[Facts], None],
    line: str,
) -> None:
    facts = deepcopy(await _collected(lived_in, stream, admin))
    plant(facts)
    assert balance(facts)[line] > 0


async def test_the_chain_counters_notice_free_text_and_acts_of_nobody(
    lived_in: RunningHouse, admin: asyncpg.Connection
) -> None:
    """Laws 3 and 9 are watched by counters that can fail."""
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute("set local search_path to audit")
        before = await store.counters(admin)
        assert (before["free_text_entries"], before["acts_without_person"]) == (0, 0)
        await admin.execute("""update entry set content = replace(content, '"actor":"le-lai-01"', '"actor":""')""")
        assert (await store.counters(admin))["acts_without_person"] > 0
        await admin.execute("update entry set content = replace(content, 'counter', 'ở quầy')")
        assert (await store.counters(admin))["free_text_entries"] > 0
    finally:
        await transaction.rollback()


def test_every_line_is_broken_by_some_fault() -> None:
    broken = {line for _, _, line in IN_THE_DATABASE} | {line for _, _, line in OUTSIDE}
    assert len(IN_THE_DATABASE) + len(OUTSIDE) >= 24
    assert set(LINES) - broken == set()


def test_a_due_date_that_moved_without_a_paper_is_flagged() -> None:
    case_id = uuid4()
    moved = Facts(moves={(case_id, "7/QD-UBND")}, papers={(case_id, "7/QD-UBND")})
    assert LINES["due_dates_moved"](moved) == 0
    assert LINES["due_dates_moved"](replace(moved, papers={(uuid4(), "7/QD-UBND"), (case_id, "8/QD-UBND")})) == 1
