"""The ladder as data: who is alerted, how long an acknowledgement is waited for, when the next rung is due.

All numbers here are policy, none is statute. Rungs are due at the opening hour of a working day; only the breach is
due at the very end of the term.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto

from services.escalation.domain.state import Clock
from shared.contracts.vocabulary import Rung
from shared.law.calendar import add_working_days, next_working_day_on_or_after
from shared.law.day import LEGAL_ZONE, legal_day


class Audience(Enum):
    """Whom a rung is meant for, before absences and exclusions are looked at."""

    HOLDER = auto()
    LEADER = auto()
    SUPERIOR = auto()
    STEWARD = auto()
    ADVISER = auto()
    """Who watches over the authority from above."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the ladder; the first of the audience is the one whose acknowledgement counts."""

    rung: Rung
    audience: tuple[Audience, ...]
    patience: int
    """Working days that an acknowledgement is waited for before the next level is alerted."""


LADDER = (
    Level(Rung.WARN_HOLDER, (Audience.HOLDER,), patience=0),
    Level(Rung.BREACH_LEADER, (Audience.LEADER, Audience.HOLDER), patience=1),
    Level(Rung.SUPERIOR, (Audience.SUPERIOR,), patience=2),
    Level(Rung.STEWARD, (Audience.STEWARD,), patience=5),
)
REMIND_AFTER = 5
"""Working days between reminders, and from an acknowledgement to the reminder that follows it."""
WARN_BEFORE = 2
"""Working days before the due date on which the holder is warned."""
OPENING = time(8, tzinfo=LEGAL_ZONE)

_PLACE = {level.rung: place for place, level in enumerate(LADDER)}


def opening(day: date) -> datetime:
    """The opening hour of a day, as a UTC instant."""
    return datetime.combine(day, OPENING).astimezone(UTC)


def warn_at(starts_on: date, due_on: date) -> datetime:
    """When the holder is warned: some working days before the end, but not before the day after the start."""
    earliest = next_working_day_on_or_after(starts_on + timedelta(days=1))
    return opening(max(earliest, add_working_days(due_on, -WARN_BEFORE)))


def after_working_days(instant: datetime, count: int) -> datetime:
    """The opening hour at which `count` working days have passed since the instant."""
    return opening(add_working_days(next_working_day_on_or_after(legal_day(instant)), count))


def level_of(clock: Clock) -> Level:
    """The level that the clock's next rung alerts; a reminder goes to the level that was reached."""
    rung = clock.reached if clock.next_rung is Rung.REMINDER else clock.next_rung
    if rung is None:
        raise ValueError("a clock without a next rung")
    return LADDER[_PLACE[rung]]


def first_rung(starts_on: date, due_on: date, due_at: datetime, now: datetime) -> tuple[Rung, datetime]:
    """Where the ladder of a clock begins that starts to be watched at `now`; what lies behind is due at once."""
    if due_at <= now:
        return Rung.BREACH_LEADER, now
    return Rung.WARN_HOLDER, max(warn_at(starts_on, due_on), now)


def climbed(clock: Clock, fired: Level, at: datetime) -> Clock:
    """The clock after this level was alerted at `at`: the next level waits for an acknowledgement that may not come."""
    place = _PLACE[fired.rung]
    if fired.rung is Rung.WARN_HOLDER:
        rung, fire_at = Rung.BREACH_LEADER, clock.due_at
    elif place + 1 < len(LADDER):
        rung, fire_at = LADDER[place + 1].rung, after_working_days(at, fired.patience)
    else:
        rung, fire_at = Rung.REMINDER, after_working_days(at, REMIND_AFTER)
    return replace(clock, reached=fired.rung, step=clock.step + 1, next_rung=rung, next_fire_at=fire_at)


def acknowledged(clock: Clock, officer_id: str, now: datetime) -> Clock | None:
    """The awaited officer has seen the alert: a reminder follows instead of the next level. None: nothing changes."""
    if not clock.live or clock.awaited_id != officer_id:
        return None
    fire_at = after_working_days(now, REMIND_AFTER)
    return replace(clock, awaited_id=None, next_rung=Rung.REMINDER, next_fire_at=fire_at)
