"""Every rule with a term, around every long break, against a plain count over dates written down here."""

from calendar import monthrange
from datetime import date, timedelta

import pytest

from shared.law import Kind, LawError, Rule, Unit, due, rules

BREAKS = [
    ("2022-04-30", "2022-05-03"),
    ("2022-09-01", "2022-09-02"),
    ("2023-01-01", "2023-01-02"),
    ("2023-01-20", "2023-01-26"),
    ("2023-04-29", "2023-05-03"),
    ("2023-09-01", "2023-09-04"),
    ("2024-01-01", "2024-01-01"),
    ("2024-02-08", "2024-02-14"),
    ("2024-04-18", "2024-04-18"),
    ("2024-04-29", "2024-05-01"),
    ("2024-09-02", "2024-09-03"),
    ("2025-01-01", "2025-01-01"),
    ("2025-01-27", "2025-01-31"),
    ("2025-04-07", "2025-04-07"),
    ("2025-04-30", "2025-05-02"),
    ("2025-09-01", "2025-09-02"),
    ("2026-01-01", "2026-01-02"),
    ("2026-02-16", "2026-02-20"),
    ("2026-04-27", "2026-04-27"),
    ("2026-04-30", "2026-05-01"),
    ("2026-08-31", "2026-09-02"),
]
SATURDAYS_WORKED = {date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)}
DAY = timedelta(days=1)
STARTS = [
    "2023-09-01",
    "2025-01-13",
    "2025-04-18",
    "2025-08-15",
    "2026-02-03",
    "2026-04-21",
    "2026-07-20",
    "2026-08-20",
]


def open_on(day: date) -> bool:
    closed = any(date.fromisoformat(first) <= day <= date.fromisoformat(last) for first, last in BREAKS)
    return not closed and (day.weekday() < 5 or day in SATURDAYS_WORKED)


def counted(each: Rule, start: date, amount: int) -> date:
    if each.unit in (Unit.MONTH, Unit.YEAR):
        months = start.month - 1 + amount * (12 if each.unit is Unit.YEAR else 1)
        year, month = start.year + months // 12, months % 12 + 1
        return date(year, month, min(start.day, monthrange(year, month)[1]))
    back = each.kind is Kind.BEFORE
    day, left = start, amount + back
    while left:
        day += -DAY if back else DAY
        left -= each.unit is Unit.DAY or open_on(day)
    return day


def by_hand(each: Rule, start: date, amount: int) -> date:
    day = counted(each, start, amount)
    while each.kind is not Kind.BEFORE and not open_on(day):
        day += DAY
    return day


CASES = [
    pytest.param(each, date.fromisoformat(start), id=f"{each.id}-{start}")
    for each in rules()
    for start in STARTS
    if each.has_term and each.in_force(date.fromisoformat(start))
]


@pytest.mark.parametrize(("each", "start"), CASES)
def test_a_term_is_counted_as_a_careful_clerk_counts_it(each: Rule, start: date) -> None:
    for complicated in (False, True):
        for remote in (False, True):
            try:
                amount = each.amount(complicated=complicated, remote=remote)
            except LawError:
                continue
            found = due(each.id, start, complicated=complicated, remote=remote)
            assert found.amount == amount
            if found.provisional:
                continue  # the plain calendar above ends with 2026
            assert found.due_on == by_hand(each, start, amount)


def test_every_rule_with_a_term_is_tried_at_least_twice() -> None:
    tried = [case.values[0] for case in CASES]
    for each in rules():
        if each.has_term and each.valid_to is None:
            assert tried.count(each) >= 2, each.id
