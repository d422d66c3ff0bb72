"""For every sequence of legal events and rungs: a live clock has a next rung, and nothing moves a term."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.escalation.domain.firing import DueRung, fire, fire_in_order
from services.escalation.domain.ladder import LADDER
from services.escalation.domain.reaction import decide
from services.escalation.domain.state import Clock, Phase, Watched
from shared.contracts.base import Event
from shared.contracts.vocabulary import Body, CaseMove, Duty, Kind, Notice
from shared.directory import load
from shared.effects import numbered
from shared.law.calendar import is_working_day
from shared.law.day import legal_day
from tests.escalation_events import (
    HOLDER,
    LEADER,
    MORNING,
    STEWARD,
    SUPERIOR,
    accepted,
    case_closed,
    confirmed,
    decided_on,
    filed,
    guided,
    moved,
    proposed,
    proven,
    reassigned,
    refused,
    seen,
    split,
    taken,
    told,
    transfer_received,
    transfer_returned,
    transferred,
)

THACH_AN = load("thach_an")
DAYS = st.dates(date(2021, 11, 15), date(2027, 12, 31))
KINDS = st.sampled_from(Kind)
OFFICERS = st.sampled_from([HOLDER, LEADER, SUPERIOR, STEWARD])
PLACES = st.sampled_from(["dong-khe", "thach-an", "cao-bang"])
LEGAL: dict[str, Callable[[date, Kind, str], Event]] = {
    "proposed": lambda on, kind, place: proposed(on, authority_id=place),
    "confirmed": lambda on, kind, place: confirmed(kind, received_on=on, authority_id=place),
    "transferred": lambda on, kind, place: transferred(on, to_authority_id=place),
    "sent outside": lambda on, kind, place: transferred(
        on, to_authority_id=None, to_handler_id=None, to_body=Body.COURT
    ),
    "received": lambda on, kind, place: transfer_received(on, place),
    "returned": lambda on, kind, place: transfer_returned(on),
    "accepted": lambda on, kind, place: accepted(on, kind),
    "refused": lambda on, kind, place: refused(on, kind),
    "decided": lambda on, kind, place: decided_on(on, kind),
    "told of decision": lambda on, kind, place: proven(on, Notice.DECISION),
    "told of refusal": lambda on, kind, place: proven(on, Notice.REFUSAL),
    "published": lambda on, kind, place: proven(on, Notice.PUBLICATION),
    "told of acceptance": lambda on, kind, place: proven(on, Notice.ACCEPTANCE),
    "extended": lambda on, kind, place: moved(CaseMove.EXTEND, on, kind),
    "complicated": lambda on, kind, place: moved(CaseMove.COMPLICATE, on, kind),
    "suspended": lambda on, kind, place: moved(CaseMove.SUSPEND, on, kind),
    "resumed": lambda on, kind, place: moved(CaseMove.RESUME, on, kind),
    "guided": lambda on, kind, place: guided(on),
    "filed": lambda on, kind, place: filed(on),
    "split": lambda on, kind, place: split(on),
    "closed": lambda on, kind, place: case_closed(on, kind),
}
"""Acts that may start or end clocks."""
MOVING = ("complicated", "extended", "suspended", "resumed")
"""Papers that move a due date."""
QUIET = ("fire", "seen", "taken", "reassigned")
"""What never does."""
STEPS = st.lists(
    st.tuples(st.one_of(st.sampled_from(QUIET), st.sampled_from(sorted(LEGAL))), OFFICERS, PLACES, st.integers(0, 20)),
    max_size=25,
)


def started(kind: Kind, received_on: date, at: datetime) -> Watched:
    decision = decide(THACH_AN, None, told(confirmed(kind, received_on=received_on), at=at))
    assert decision is not None
    return numbered(None, decision).state


def live_of(state: Watched) -> Clock:
    return state.running[0]


def terms(clocks: Iterable[Clock]) -> dict[UUID, tuple[date, date, datetime]]:
    return {clock.clock_id: (clock.starts_on, clock.due_on, clock.due_at) for clock in clocks}


def after(state: Watched, act: str, officer_id: str, place: str, now: datetime) -> Watched:
    """Any of the live clocks fires or is acknowledged."""
    live = state.running
    clock = live[len(place) % len(live)] if live else None
    if act == "fire":
        if clock is None:
            return state
        result = fire(THACH_AN, DueRung(clock, state.holder_id, state.excluded, state.version))
        return replace(state, clocks=tuple(result.clock if each == clock else each for each in state.clocks))
    match act:
        case "seen":
            event: Event = seen(clock.clock_id if clock else state.case_id, officer_id)
        case "taken":
            event = taken(officer_id)
        case "reassigned":
            event = reassigned(officer_id)
        case _:
            event = LEGAL[act](legal_day(now), state.kind or Kind.COMPLAINT, place)
    decision = decide(THACH_AN, state, told(event, case_id=state.case_id, at=now))
    return numbered(state, decision).state if decision else state


@given(kind=KINDS, received_on=DAYS, behind=st.integers(0, 90), letter=st.booleans(), steps=STEPS)
def test_an_open_case_has_a_live_clock_each_has_a_next_rung_and_nothing_moves_a_term(
    kind: Kind, received_on: date, behind: int, letter: bool, steps: list[tuple[str, str, str, int]]
) -> None:
    now = datetime.combine(received_on + timedelta(days=behind), MORNING.timetz())
    first = proposed(received_on) if letter else confirmed(kind, received_on=received_on)
    decision = decide(THACH_AN, None, told(first, at=now))
    assert decision is not None
    state = numbered(None, decision).state
    for act, officer_id, place, days in steps:
        before, now = state, now + timedelta(days=days)
        state = after(before, act, officer_id, place, now)
        live = [clock for clock in state.clocks if clock.live]
        assert bool(live) is (state.phase is not Phase.CLOSED)
        assert len({(clock.duty, clock.rule) for clock in live}) == len(live), "one clock for each duty and rule"
        for clock in state.clocks:
            assert clock.live is (clock.next_rung is not None) is (clock.next_fire_at is not None)
            assert clock.live is (clock.ended_on is None and clock.paused_on is None)
            assert not clock.paused_on or state.live(Duty.REVIEW), "what rests is reviewed"
        if act not in MOVING:
            assert terms(before.clocks).items() <= terms(state.clocks).items()
        assert state.received_on == received_on
        if act in QUIET:
            assert terms(state.clocks) == terms(before.clocks)
            assert [clock.live for clock in state.clocks] == [clock.live for clock in before.clocks]
        if before.phase is Phase.CLOSED:
            assert state.phase is Phase.CLOSED


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


@settings(deadline=None)
@given(
    received=st.lists(st.tuples(KINDS, DAYS), min_size=1, max_size=6),
    away=st.integers(0, 60),
    most=st.integers(1, 40),
)
def test_after_downtime_rungs_fire_in_the_order_of_their_instants_however_they_are_batched(
    received: list[tuple[Kind, date]], away: int, most: int
) -> None:
    clocks = [live_of(started(kind, on, datetime.combine(on, MORNING.timetz()))) for kind, on in received]
    until = max(instant for clock in clocks if (instant := clock.next_fire_at)) + timedelta(days=away)
    told: list[tuple[datetime, UUID, int]] = []
    due = [DueRung(clock, HOLDER, (), 1) for clock in clocks]
    while fired := fire_in_order(THACH_AN, due, until, most):
        assert len(fired) <= most
        told += [(each.cause.recorded_at, each.clock.clock_id, each.step) for _, each in fired]
        latest = {each.clock.clock_id: each.clock for _, each in fired}
        due = [replace(each, clock=latest.get(each.clock.clock_id, each.clock)) for each in due]
    assert [at for at, _, _ in told] == sorted(at for at, _, _ in told)
    for clock in clocks:
        alone, expected = clock, []
        while alone.next_fire_at is not None and alone.next_fire_at <= until:
            expected.append(alone.step)
            alone = fire(THACH_AN, DueRung(alone, HOLDER, (), 1)).clock
        assert [step for _, clock_id, step in told if clock_id == clock.clock_id] == expected
