"""What holds for every rule and every start."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.law import Due, Kind, Rule, Unit, calendar, due, resume, rules

FIRST, LAST = date(2021, 11, 15), date(2030, 12, 31)
TERMS = [each for each in rules() if each.has_term]
FORWARD = [each for each in TERMS if each.kind is not Kind.BEFORE]
BEFORE = [each for each in TERMS if each.kind is Kind.BEFORE]
PAUSABLE = [each for each in FORWARD if each.unit in (Unit.DAY, Unit.WORKING_DAY)]
patient = settings(deadline=None)  # the first look at a year works its lunar holidays out


def starts(each: Rule) -> st.SearchStrategy[date]:
    return st.dates(max(FIRST, each.valid_from), min(LAST, each.valid_to or LAST))


@st.composite
def terms(draw: st.DrawFn, among: list[Rule]) -> Due:
    each = draw(st.sampled_from(among))
    return due(each.id, draw(starts(each)))


@patient
@given(terms(FORWARD))
def test_a_term_never_ends_on_a_day_off_and_moves_over_days_off_only(term: Due) -> None:
    assert calendar.is_working_day(term.due_on)
    assert term.due_on > term.start
    skipped = (term.due_on - term.term_end).days
    assert not any(calendar.is_working_day(term.term_end + timedelta(days=n)) for n in range(skipped))


@patient
@given(st.data())
def test_a_later_start_is_never_due_earlier(data: st.DataObject) -> None:
    each = data.draw(st.sampled_from(TERMS))
    first, second = sorted((data.draw(starts(each)), data.draw(starts(each))))
    assert due(each.id, first).due_on <= due(each.id, second).due_on


@patient
@given(st.dates(FIRST, LAST), st.integers(1, 60))
def test_so_many_working_days_lie_between_start_and_end(start: date, count: int) -> None:
    forward = calendar.add_working_days(start, count)
    assert calendar.working_days_between(start, forward) == count
    assert calendar.is_working_day(forward)
    back = calendar.add_working_days(start, -count)
    assert calendar.working_days_between(back - timedelta(days=1), start - timedelta(days=1)) == count


@patient
@given(terms(BEFORE))
def test_an_act_before_an_event_leaves_the_full_days_between(term: Due) -> None:
    between = [term.due_on + timedelta(days=n) for n in range(1, (term.start - term.due_on).days)]
    full = [day for day in between if term.unit is Unit.DAY or calendar.is_working_day(day)]
    assert len(full) == term.amount


@patient
@given(terms(PAUSABLE), st.integers(0, 20), st.integers(0, 200))
def test_a_suspension_never_shortens_a_term(term: Due, used: int, paused: int) -> None:
    suspended = term.start + timedelta(days=used)
    resumed = resume(term, suspended, suspended + timedelta(days=paused))
    assert resumed.due_on >= term.due_on
    assert 0 <= resumed.left <= term.left
