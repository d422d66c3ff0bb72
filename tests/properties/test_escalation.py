"""For every sequence of legal events and rungs: a live clock has a next rung, and nothing moves a term."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.escalation.domain.clocks import decide
from services.escalation.domain.firing import DueRung, fire
from services.escalation.domain.ladder import LADDER, legal_day
from services.escalation.domain.state import Clock, Watched
from shared.contracts.base import Event
from shared.contracts.vocabulary import Kind
from shared.directory import load
from shared.law.calendar import is_working_day
from shared.messaging.drafts import numbered
from tests.escalation_events import HOLDER, LEADER, MORNING, STEWARD, SUPERIOR, accepted, confirmed, seen, taken, told

THACH_AN = load("thach_an")
DAYS = st.dates(date(2021, 11, 15), date(2027, 12, 31))
KINDS = st.sampled_from(Kind)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["fire", "fire", "fire", "seen", "taken", "accepted"]),
        st.sampled_from([HOLDER, LEADER, SUPERIOR, STEWARD]),
    ),
    max_size=25,
)


def started(kind: Kind, received_on: date, at: datetime) -> Watched:
    decision = decide(THACH_AN, None, told(confirmed(kind, received_on=received_on), at=at))
    assert decision is not None
    return numbered(None, decision).state


def live_of(state: Watched) -> Clock:
    [clock] = [clock for clock in state.clocks if clock.live]
    return clock


def terms(clocks: Iterable[Clock]) -> dict[UUID, tuple[date, date, datetime]]:
    return {clock.clock_id: (clock.starts_on, clock.due_on, clock.due_at) for clock in clocks}


def after(state: Watched, step: tuple[str, str], now: datetime) -> Watched:
    clock, (act, officer_id) = live_of(state), step
    match act:
        case "fire":
            result = fire(THACH_AN, DueRung(clock, state.holder_id, state.excluded, state.version))
            return replace(state, clocks=tuple(result.clock if each == clock else each for each in state.clocks))
        case "seen":
            event: Event = seen(clock.clock_id, officer_id)
        case "taken":
            event = taken(officer_id)
        case _:
            event = accepted(legal_day(now), state.kind)
    decision = decide(THACH_AN, state, told(event, case_id=state.case_id, at=now))
    return numbered(state, decision).state if decision else state


@given(kind=KINDS, received_on=DAYS, behind=st.integers(0, 90), steps=STEPS)
def test_every_open_case_has_one_live_clock_with_a_next_rung_and_no_term_ever_moves(
    kind: Kind, received_on: date, behind: int, steps: list[tuple[str, str]]
) -> None:
    now = datetime.combine(received_on + timedelta(days=behind), MORNING.timetz())
    state = started(kind, received_on, now)
    for step in steps:
        before, due = state, live_of(state).next_fire_at
        assert due is not None
        now = max(now, due) if step[0] == "fire" else now
        state = after(before, step, now)
        assert live_of(state).next_rung is not None
        assert live_of(state).next_fire_at is not None
        assert terms(before.clocks).items() <= terms(state.clocks).items()
        assert state.received_on == received_on


@given(kind=KINDS, received_on=DAYS)
def test_rungs_after_the_breach_are_due_at_the_opening_of_working_days(kind: Kind, received_on: date) -> None:
    state = started(kind, received_on, datetime.combine(received_on, MORNING.timetz()))
    clock = live_of(state)
    for _ in range(len(LADDER) + 3):
        clock = fire(THACH_AN, DueRung(clock, HOLDER, (), 1)).clock
        assert clock.next_fire_at is not None
        if clock.next_fire_at != clock.due_at:
            assert is_working_day(legal_day(clock.next_fire_at))
            assert clock.next_fire_at.hour == 1


@given(kind=KINDS, received_on=DAYS, excluded=st.sets(st.sampled_from(sorted(o.id for o in THACH_AN.officers()))))
def test_excluded_officers_are_never_recipients(kind: Kind, received_on: date, excluded: set[str]) -> None:
    clock = live_of(started(kind, received_on, datetime.combine(received_on, MORNING.timetz())))
    for _ in range(len(LADDER) + 1):
        result = fire(THACH_AN, DueRung(clock, HOLDER, tuple(excluded), 1))
        assert not excluded & {recipient.officer_id for recipient in result.recipients}
        clock = result.clock
