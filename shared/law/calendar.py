"""Working days of Vietnamese officials: the national holiday package plus a reviewed table of yearly decrees.

Labour Code 2019 Đ111-112 (rules T-05, T-07, T-08). A year is worked out once and kept.
"""

from datetime import date, timedelta
from functools import cache
from importlib.metadata import version as package_version

import holidays

from shared.law.errors import DateOutOfRange
from shared.law.table import read_data

_DATA = read_data("calendar")
_DAY = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_OFF: frozenset[date] = frozenset(swap["off"] for swap in _DATA["swaps"])
_WORKED: frozenset[date] = frozenset(swap["worked"] for swap in _DATA["swaps"])
_UNSETTLED: frozenset[date] = frozenset(row["day"] for row in _DATA["unsettled"])
_NOT_ENACTED: frozenset[tuple[int, int]] = frozenset((day["month"], day["day"]) for day in _DATA["not_enacted"])

verified_until: date = _DATA["verified_until"]
"""Last day whose holidays were compared with the decree of its year; later due dates are provisional."""

version: str = f"vn.{_DATA['revision']}.h{package_version('holidays')}"
"""Slug of the reviewed table and of the package under it; recompute open due dates when it changes."""


@cache
def _closed_days(year: int) -> frozenset[date]:
    """Every day of the year on which offices are closed."""
    package = holidays.country_holidays("VN", years=year)
    public = {day for day in package if (day.month, day.day) not in _NOT_ENACTED}
    worked = _WORKED | package.weekend_workdays
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return frozenset(day for day in days if day in _OFF or day in public or (day.weekday() >= 5 and day not in worked))


def check_range(day: date) -> None:
    """Refuse years whose lunar holidays are not known. Raises `DateOutOfRange`."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise DateOutOfRange


def is_working_day(day: date) -> bool:
    """Whether offices are open that day, swapped working Saturdays included. Raises `DateOutOfRange`."""
    check_range(day)
    return day not in _closed_days(day.year)


def add_working_days(start: date, count: int) -> date:
    """The `count`-th working day after `start`, before it when negative; `start` is not counted (T-01, T-05)."""
    check_range(start)
    step = _DAY if count >= 0 else -_DAY
    day, left = start, abs(count)
    while left:
        day += step
        if is_working_day(day):
            left -= 1
    return day


def next_working_day_on_or_after(day: date) -> date:
    """The day itself if offices are open, else the next such day (T-03)."""
    while not is_working_day(day):
        day += _DAY
    return day


def is_unsettled_within(first: date, last: date) -> bool:
    """Whether a day from `first` to `last`, both included, may still become a day off or a working day."""
    return any(first <= day <= last for day in _UNSETTLED)


def working_days_between(after: date, until: date) -> int:
    """Working days in the span that begins the day after `after` and ends with `until`; 0 if that is empty."""
    return sum(is_working_day(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))
