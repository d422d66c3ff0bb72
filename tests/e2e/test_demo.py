"""Twenty days of the demo district: every law counter and ledger line 0, every label reached, no word leaked."""

import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from operations.demo.report import passed, report
from operations.demo.run import facts_of, play_district
from operations.ledger.house_counters import ask_all
from simulation.corpus.corpus import DemoLetter, Fate, load_corpus
from simulation.play import Played
from tests.e2e.canary import traces
from tests.house import RunningHouse, running_house

DAYS = 20
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
async def played() -> AsyncIterator[tuple[RunningHouse, Played]]:
    """A house in which the district lived its first twenty days."""
    async with running_house() as house:
        yield (
            house,
            await play_district(house.stack.url, house.stack.database_url, house.bus, house.clock, DAYS),
        )


@pytest.fixture(scope="module")
async def result(played: tuple[RunningHouse, Played]) -> dict[str, Any]:
    """What `donthu demo` would print."""
    house, acts = played
    admin = await asyncpg.connect(house.stack.database_url)
    try:
        facts = await facts_of(house.stack, admin, house.bus, acts)
        return await report(admin, facts, acts, await ask_all(house.bus), time.perf_counter())
    finally:
        await admin.close()


def arrived() -> list[DemoLetter]:
    """Letters of the slice."""
    return [letter for letter in load_corpus() if letter.day < DAYS]


def test_no_law_is_broken(result: dict[str, Any]) -> None:
    assert {law: count for law, count in result["laws"].items() if count} == {}
    assert {name: count for name, count in result["invariants"].items() if count} == {}
    assert len(result["laws"]) == 14
    assert passed(result)


def test_papers_moved_cases_and_ended_some_early(result: dict[str, Any]) -> None:
    assert set(result["casework"]) == {"complicated", "extended", "suspended", "resumed", "terminated", "withdrawn"}
    assert result["casework"]["complicated"] > 0
    assert result["casework"]["withdrawn"] == result["casework"]["terminated"] > 0


def test_nothing_is_lost_and_nothing_doubled(result: dict[str, Any]) -> None:
    assert (result["lost"], result["duplicated_effects"]) == (0, 0)
    assert result["audit"]["verified"]


def test_every_letter_came_in_and_no_act_was_refused(
    result: dict[str, Any], played: tuple[RunningHouse, Played]
) -> None:
    assert set(played[1].receipts) == {letter.id for letter in arrived()}
    assert result["refused_acts"] == {}
    contents = sum(len(each) for each in played[1].receipts.values())
    assert result["petitions"]["total"] == contents


async def test_confirmed_kinds_are_those_of_the_labels(played: tuple[RunningHouse, Played]) -> None:
    house, acts = played
    rows = await house.rows("select case_id, kind from routing.classification where status = 'confirmed'")
    confirmed = {row["case_id"]: row["kind"] for row in rows}
    labels = {acts.receipts[letter.id][0]: letter for letter in arrived() if letter.fate is not Fate.SPLIT}
    wrong = {
        letter.id: confirmed[case_id]
        for case_id, letter in labels.items()
        if case_id in confirmed and confirmed[case_id] != letter.label.kind
    }
    assert wrong == {}
    assert len(confirmed) > len(labels) // 2


async def test_no_sender_and_no_sentence_stands_anywhere_in_the_clear(played: tuple[RunningHouse, Played]) -> None:
    house, _ = played
    senders = {letter.sender for letter in arrived() if letter.sender}
    sentences = {letter.text[place : place + 40] for letter in arrived() for place in (0, len(letter.text) // 2)}
    phones = {letter.phone for letter in arrived() if letter.phone}
    assert await traces(house, senders | phones | {each for each in sentences if "\n" not in each}) == []
