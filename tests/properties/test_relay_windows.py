"""The relay's windows: a case at most once in each, its events in order, nothing lost."""

from itertools import chain
from typing import Any, cast
from uuid import UUID

import asyncpg
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.outbox.relay import windows

cases = st.lists(st.integers(0, 6), max_size=80)


def rows_of(chosen: list[int]) -> list[asyncpg.Record]:
    rows = [{"number": number, "case_id": UUID(int=case)} for number, case in enumerate(chosen, start=1)]
    return cast(list[asyncpg.Record], rows)


@given(cases)
def test_a_window_has_a_case_once(chosen: list[int]) -> None:
    for window in windows(rows_of(chosen)):
        assert len({row["case_id"] for row in window}) == len(window)


@given(cases)
def test_nothing_is_lost_and_nothing_doubled(chosen: list[int]) -> None:
    sent = [row["number"] for row in chain.from_iterable(windows(rows_of(chosen)))]
    assert sorted(sent) == list(range(1, len(chosen) + 1))


@given(cases)
def test_a_case_keeps_its_order(chosen: list[int]) -> None:
    latest: dict[UUID, int] = {}
    for row in chain.from_iterable(windows(rows_of(chosen))):
        assert row["number"] > latest.get(row["case_id"], 0)
        latest[row["case_id"]] = row["number"]


@given(cases)
def test_there_are_as_many_windows_as_the_busiest_case_has_events(chosen: list[int]) -> None:
    found: list[Any] = windows(rows_of(chosen))
    assert len(found) == max((chosen.count(case) for case in chosen), default=0)
    assert all(found)
