"""Due dates: Civil Code 2015 Đ144-148 applied to one rule of the table (T-01 … T-05, T-12)."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from shared.law import calendar
from shared.law.errors import DatesOutOfOrder, RuleHasNoTerm, TermCannotPause
from shared.law.model import Kind, Unit
from shared.law.profiles import profile_for
from shared.law.table import rule

_MIDNIGHT_IN_HANOI = time(17, tzinfo=UTC)
"""24:00 in Asia/Ho_Chi_Minh (UTC+7, no summer time) of a day is 17:00 UTC of the same day."""


@dataclass(frozen=True, slots=True)
class Due:
    """A due date with its reasons.

    `due_on` is the last day, `due_at` its end (24:00 local) in UTC; for a `before` rule, the latest day to act
    that still leaves the full number of days between the act and the event (T-12).
    `term_end` is the last day before T-03 moves it: an extension (TC-15, TC-16) is counted from there.
    `counted_from` and `left` say from which day how many units run; they differ from `start` and `amount`
    after a suspension. `provisional`: the calendar of that year is not verified yet, or the date hangs on a day of
    which no decree says whether it is off: a term in working days that counts over it, any other that ends on it.
    """

    rule_id: str
    title: str
    kind: Kind
    start: date
    due_on: date
    due_at: datetime
    term_end: date
    amount: int
    unit: Unit
    counted_from: date
    left: int
    citation: str
    law_version: str
    calendar_version: str
    profile: str
    policy: bool
    provisional: bool


def due(
    rule_id: str, start: date, *, complicated: bool = False, remote: bool = False, profile: str | None = None
) -> Due:
    """The due date of a rule whose start event fell on `start` (a legal day in Vietnam).

    The version of the law is the one in force on `start`; a `profile` given must be in force then too.
    Raises a `LawError`: unknown_rule, unknown_profile, no_profile, profile_not_in_force, rule_not_in_force,
    rule_has_no_term, option_not_known, date_out_of_range.
    """
    calendar.check_range(start)
    chosen = profile_for(start, profile)
    version = rule(rule_id, start)
    if not version.has_term or version.unit is None:
        raise RuleHasNoTerm
    amount = version.amount(complicated=complicated, remote=remote)
    end = _term_end(start, amount, version.unit, version.kind)
    due_on = end if version.kind is Kind.BEFORE else calendar.next_working_day_on_or_after(end)
    return Due(
        rule_id=version.id,
        title=version.title,
        kind=version.kind,
        start=start,
        due_on=due_on,
        due_at=end_of_day(due_on),
        term_end=end,
        amount=amount,
        unit=version.unit,
        counted_from=start,
        left=amount,
        citation=version.citation,
        law_version=version.law_version,
        calendar_version=calendar.version,
        profile=chosen.name,
        policy=version.policy,
        provisional=_unverified(start, due_on) or _hangs(version.unit, version.kind, start, end, due_on),
    )


def used_days(term: Due, on: date) -> int:
    """Days or working days of the term used up by the end of `on`. Raises `TermCannotPause`, `DatesOutOfOrder`."""
    if term.kind is Kind.BEFORE or term.unit not in (Unit.DAY, Unit.WORKING_DAY):
        raise TermCannotPause
    if on < term.counted_from:
        raise DatesOutOfOrder
    if term.unit is Unit.DAY:
        return (on - term.counted_from).days
    return calendar.working_days_between(term.counted_from, on)


def resume(term: Due, suspended_on: date, resumed_on: date) -> Due:
    """The due date after a suspension (KN-40, TC-29): remaining days run from the date of the resume decision.

    The day of the suspension decision counts as used and the day of the resume decision does not (T-01), so a
    suspension lifted the same day changes nothing. A term already over when suspended keeps its due date.
    Raises `TermCannotPause`, `DatesOutOfOrder`, `DateOutOfRange`.
    """
    used = used_days(term, suspended_on)
    calendar.check_range(resumed_on)
    if resumed_on < suspended_on:
        raise DatesOutOfOrder
    if suspended_on > term.due_on:
        return term
    counted = _counted(replace(term, counted_from=resumed_on, left=max(0, term.left - used)))
    unsure = counted.provisional or _unsure_of_what_is_left(term, suspended_on)
    return replace(counted, provisional=unsure)


def lengthened(term: Due, by: int) -> Due:
    """The due date of a term that a paper made so many units longer (KN-49, TC-15, TC-16), from where it ends before
    T-03 moves it. Raises `TermCannotPause` for terms not in days, `DateOutOfRange`."""
    if term.kind is Kind.BEFORE or term.unit not in (Unit.DAY, Unit.WORKING_DAY):
        raise TermCannotPause
    return _counted(replace(term, amount=term.amount + by, left=term.left + by))


def _counted(term: Due) -> Due:
    """The term's end from where what is left of it runs."""
    end = _term_end(term.counted_from, term.left, term.unit, term.kind)
    due_on = calendar.next_working_day_on_or_after(end)
    return replace(
        term,
        due_on=due_on,
        due_at=end_of_day(due_on),
        term_end=end,
        calendar_version=calendar.version,
        provisional=_unverified(term.counted_from, due_on)
        or _hangs(term.unit, term.kind, term.counted_from, end, due_on),
    )


def end_of_day(day: date) -> datetime:
    """24:00 of that day in Vietnam, as a UTC instant (T-02)."""
    return datetime.combine(day, _MIDNIGHT_IN_HANOI)


def _term_end(start: date, amount: int, unit: Unit, kind: Kind) -> date:
    signed = -(amount + 1) if kind is Kind.BEFORE else amount
    if unit is Unit.WORKING_DAY:
        return calendar.add_working_days(start, signed)
    if unit is Unit.DAY:
        return start + timedelta(days=signed)
    return _add_months(start, signed * 12 if unit is Unit.YEAR else signed)


def _add_months(start: date, months: int) -> date:
    """The day of the same number, else the last day of that month (T-04)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _unverified(first: date, last: date) -> bool:
    return max(first, last) > calendar.verified_until


def _hangs(unit: Unit, kind: Kind, start: date, end: date, due_on: date) -> bool:
    """Whether the due date would be another if an unsettled day were decided otherwise."""
    if unit is not Unit.WORKING_DAY:  # only T-03 looks at working days, from the last day of the term on
        return kind is not Kind.BEFORE and calendar.is_unsettled_within(end, due_on)
    if kind is Kind.BEFORE:
        return calendar.is_unsettled_within(due_on, start - timedelta(days=1))
    return calendar.is_unsettled_within(start + timedelta(days=1), due_on)


def _unsure_of_what_is_left(term: Due, suspended_on: date) -> bool:
    """Whether the days used up by a suspension, or by one before it, were counted over an unsettled day."""
    before = term.provisional and term.counted_from != term.start
    counted = term.unit is Unit.WORKING_DAY and calendar.is_unsettled_within(
        term.counted_from + timedelta(days=1), suspended_on
    )
    return before or counted
