"""Which clock a legal event starts and ends, and what never moves one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from services.escalation.domain.reaction import CaseNotKnown, decide
from services.escalation.domain.state import Clock, Watched
from shared.contracts.base import Event
from shared.contracts.bus.envelope import Envelope
from shared.contracts.escalation import ClockEnded, ClockStarted
from shared.contracts.vocabulary import Duty, Kind, Rung
from shared.directory import Absence, Authority, Directory, Level, load
from shared.effects import numbered
from tests.escalation_events import AUTHORITY, MONDAY, MORNING, accepted, confirmed, seen, taken, told

THACH_AN = load("thach_an")
LOWLAND = Directory((Authority(AUTHORITY, "xã", Level.COMMUNE, None, False, date(2020, 1, 1), None),), (), ())


def after(*envelopes: Envelope, directory: Directory = THACH_AN) -> tuple[Watched, list[Event]]:
    state: Watched | None = None
    events: list[Event] = []
    for envelope in envelopes:
        decision = decide(directory, state, envelope)
        if decision is not None:
            state = numbered(state, decision).state
            events.extend(draft.event for draft in decision.drafts)
    assert state is not None
    return state, events


def live(state: Watched) -> Sequence[Clock]:
    return [clock for clock in state.clocks if clock.live]


@pytest.mark.parametrize(
    ("kind", "level", "received_on", "rule", "due_on"),
    [
        (Kind.COMPLAINT, 1, "2025-01-06", "KN-12", "2025-01-16"),
        (Kind.COMPLAINT, 2, "2025-01-06", "KN-13", "2025-01-16"),
        (Kind.COMPLAINT, 1, "2026-07-01", "KN-12", "2026-07-10"),  # seven working days since 1 July 2026
        (Kind.DENUNCIATION, 1, "2025-01-06", "TC-07", "2025-01-15"),
        (Kind.DENUNCIATION, 2, "2025-01-06", "TC-07", "2025-01-15"),
        (Kind.FEEDBACK, 1, "2025-01-06", "CS-01", "2025-02-03"),  # fifteen working days, Tết between
        (Kind.LAND_DISPUTE, 1, "2026-03-02", "HG-02", "2026-03-05"),
        (Kind.LAND_DISPUTE, 1, "2024-03-04", "CS-01", "2024-03-25"),  # HG-02 is not in force yet
        (Kind.INFORMATION, 1, "2025-01-06", "CS-01", "2025-02-03"),
    ],
)
def test_a_confirmed_kind_starts_its_clock_on_the_day_of_receipt(
    kind: Kind, level: int, received_on: str, rule: str, due_on: str
) -> None:
    day = date.fromisoformat(received_on)
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    state, events = after(told(confirmed(kind, level=level, received_on=day), at=at))
    started = events[0]
    assert isinstance(started, ClockStarted)
    assert (started.rule, started.starts_on, started.due_on) == (rule, day, date.fromisoformat(due_on))
    assert started.due_at == datetime.combine(started.due_on, datetime.min.time(), UTC).replace(hour=17)
    assert state.received_on == day
    assert state.version == len(events)


def test_a_receipt_that_no_law_of_the_table_covers_runs_the_policy_clock_from_the_day_of_recording() -> None:
    state, [started] = after(told(confirmed(received_on=date(2019, 5, 6)), at=MORNING))
    assert isinstance(started, ClockStarted)
    assert (started.rule, started.starts_on) == ("CS-01", MONDAY)
    assert state.received_on == date(2019, 5, 6)


@pytest.mark.parametrize(
    ("kind", "level", "directory", "rule"),
    [
        (Kind.COMPLAINT, 1, LOWLAND, "KN-14"),
        (Kind.COMPLAINT, 1, THACH_AN, "KN-15"),
        (Kind.COMPLAINT, 2, LOWLAND, "KN-16"),
        (Kind.COMPLAINT, 2, THACH_AN, "KN-17"),
        (Kind.DENUNCIATION, 1, LOWLAND, "TC-14"),
        (Kind.DENUNCIATION, 1, THACH_AN, "TC-14"),
    ],
)
def test_acceptance_starts_the_resolution_clock(kind: Kind, level: int, directory: Directory, rule: str) -> None:
    state, events = after(
        told(confirmed(kind, level=level)),
        told(accepted(date(2025, 1, 10), kind, level=level)),
        directory=directory,
    )
    assert [type(event) for event in events] == [ClockStarted, ClockEnded, ClockStarted, ClockStarted]
    clock, telling = live(state)
    assert (clock.rule, clock.starts_on) == (rule, date(2025, 1, 10))
    assert telling.duty is Duty.TELL_ACCEPTANCE
    assert state.version == 4


@pytest.mark.parametrize(
    ("received_on", "rule", "due_on"),
    [("2025-01-06", "HG-03", "2025-02-05"), ("2024-03-04", "CS-02", "2024-04-19")],  # CS-02: day 45, a holiday before
)
def test_a_mediation_counts_from_the_receipt_of_the_request(received_on: str, rule: str, due_on: str) -> None:
    day = date.fromisoformat(received_on)
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    state, _ = after(
        told(confirmed(Kind.LAND_DISPUTE, received_on=day), at=at),
        told(accepted(day + timedelta(days=3), Kind.LAND_DISPUTE), at=at + timedelta(days=3)),
    )
    [clock] = state.live(Duty.RESOLVE)
    assert (clock.rule, clock.starts_on, clock.due_on) == (rule, day, date.fromisoformat(due_on))


def test_an_abolished_authority_counts_as_it_was_last() -> None:
    after_merger = date(2025, 7, 10)
    state, _ = after(
        told(confirmed(received_on=date(2025, 6, 27)), at=datetime(2025, 6, 27, 3, tzinfo=UTC)),
        told(accepted(after_merger), at=datetime(2025, 7, 10, 3, tzinfo=UTC)),
    )
    assert [clock.rule for clock in state.live(Duty.RESOLVE)] == ["KN-15"]


@pytest.mark.parametrize(("accepted_on", "late"), [("2025-01-16", False), ("2025-01-17", True)])
def test_a_clock_ends_late_only_after_its_last_day(accepted_on: str, late: bool) -> None:
    day = date.fromisoformat(accepted_on)
    _, events = after(told(confirmed()), told(accepted(day)))
    ended = events[1]
    assert isinstance(ended, ClockEnded)
    assert (ended.rule, ended.ended_on, ended.late) == ("KN-12", day, late)


def test_taking_over_changes_who_is_warned_and_moves_no_clock() -> None:
    before, _ = after(told(confirmed()))
    first = told(confirmed())
    state, events = after(first, told(taken("dong-khe-05"), case_id=first.case_id))
    assert state.holder_id == "dong-khe-05"
    assert len(events) == 1
    assert (state.clocks[0].due_at, state.clocks[0].next_fire_at) == (
        before.clocks[0].due_at,
        before.clocks[0].next_fire_at,
    )


def test_a_second_confirmation_or_acceptance_changes_nothing() -> None:
    state, _ = after(told(confirmed()), told(accepted(date(2025, 1, 10))))
    assert decide(THACH_AN, state, told(confirmed(received_on=date(2025, 2, 3)))) is None
    assert decide(THACH_AN, state, told(accepted(date(2025, 2, 3)))) is None


def test_an_acceptance_of_an_unknown_case_is_held() -> None:
    with pytest.raises(CaseNotKnown):
        decide(THACH_AN, None, told(accepted(MONDAY)))


@pytest.mark.parametrize("event", [taken("dong-khe-05"), seen(told(confirmed()).id, "dong-khe-01")])
def test_what_is_said_of_an_unknown_case_changes_nothing(event: Event) -> None:
    assert decide(THACH_AN, None, told(event)) is None


def test_a_clock_that_is_over_when_it_becomes_known_starts_at_the_breach() -> None:
    late = datetime(2025, 2, 10, 3, tzinfo=UTC)
    state, _ = after(told(confirmed(), at=late))
    [clock] = state.clocks
    assert (clock.next_rung, clock.next_fire_at) == (Rung.BREACH_LEADER, late)


def test_a_clock_keeps_the_trace_of_the_event_it_hangs_on() -> None:
    envelope = told(confirmed())
    state, _ = after(envelope)
    [clock] = state.clocks
    assert (clock.traceparent, clock.correlation_id) == (envelope.traceparent, envelope.correlation_id)


def test_an_absence_does_not_move_a_clock() -> None:
    away = THACH_AN.with_absences(Absence("dong-khe-04", MONDAY, date(2025, 2, 28), None))
    here, there = after(told(confirmed())), after(told(confirmed()), directory=away)
    assert here[0].clocks[0].due_at == there[0].clocks[0].due_at
