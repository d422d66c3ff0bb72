"""When simulated officials act: at most four rounds a working day, so the clock makes a few hundred jumps."""

from datetime import UTC, date, datetime, time, timedelta

from shared.law.calendar import is_working_day
from shared.law.day import LEGAL_ZONE, legal_day

ROUNDS = (time(8, 30), time(10, 30), time(14, 0), time(16, 0))


def round_at(day: date, place: int) -> datetime:
    """The instant of a day's round."""
    return datetime.combine(day, ROUNDS[place], LEGAL_ZONE).astimezone(UTC)


def after(now: datetime, working_days: int, place: int) -> datetime:
    """A round some working days later."""
    day = legal_day(now)
    left = working_days
    while left > 0 or not is_working_day(day):
        day += timedelta(days=1)
        left -= is_working_day(day)
    return round_at(day, place)


def next_working_day(day: date) -> date:
    """The day itself or the next working day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
