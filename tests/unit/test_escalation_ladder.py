"""The ladder of one clock: when a rung is due, who is alerted, what an acknowledgement changes."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.escalation.domain.firing import DueRung, Fired, fire
from services.escalation.domain.ladder import acknowledged, after_working_days, warn_at
from services.escalation.domain.reaction import decide
from services.escalation.domain.state import Clock
from shared.contracts.base import Event
from shared.contracts.escalation import ClockBreached, ClockWarned, RungFired
from shared.contracts.vocabulary import Kind, Rung
from shared.directory import Absence, Directory, Via, load
from tests.escalation_events import HOLDER, LEADER, MONDAY, MORNING, STEWARD, SUPERIOR, TRACE, confirmed, told

THACH_AN = load("thach_an")


def at(day: str, hour: int = 1) -> datetime:
    """01:00 UTC is 08:00 in Việt Nam; 17:00 UTC is the end of the day."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=hour)


def clock_of(kind: Kind = Kind.COMPLAINT, recorded_at: datetime = MORNING) -> Clock:
    decision = decide(THACH_AN, None, told(confirmed(kind), at=recorded_at))
    assert decision is not None
    return decision.state.clocks[0]


def fired(
    clock: Clock, *, holder: str = HOLDER, excluded: tuple[str, ...] = (), directory: Directory = THACH_AN
) -> Fired:
    return fire(directory, DueRung(clock, holder, excluded, version=1))


def alerts(result: Fired) -> list[tuple[Rung, str]]:
    return [(e.rung, e.recipient_id) for draft in result.drafts if isinstance(e := draft.event, RungFired)]


def test_without_acknowledgement_the_ladder_climbs_to_the_steward_and_reminds_for_ever() -> None:
    clock, climb = clock_of(), []
    for _ in range(7):
        result = fired(clock)
        climb.append((clock.next_fire_at, alerts(result)))
        clock = result.clock
    assert climb == [
        (at("2025-01-14"), [(Rung.WARN_HOLDER, HOLDER)]),
        (at("2025-01-16", 17), [(Rung.BREACH_LEADER, LEADER), (Rung.BREACH_LEADER, HOLDER)]),
        (at("2025-01-20"), [(Rung.SUPERIOR, SUPERIOR)]),
        (at("2025-01-22"), [(Rung.STEWARD, STEWARD)]),
        (at("2025-02-05"), [(Rung.REMINDER, STEWARD)]),  # Tết between
        (at("2025-02-12"), [(Rung.REMINDER, STEWARD)]),
        (at("2025-02-19"), [(Rung.REMINDER, STEWARD)]),
    ]
    assert clock.next_fire_at == at("2025-02-26")


def test_warning_and_breach_are_said_once_of_the_clock() -> None:
    clock = clock_of()
    kinds: list[type[Event]] = []
    for _ in range(6):
        result = fired(clock)
        kinds.extend(type(draft.event) for draft in result.drafts)
        clock = result.clock
    assert kinds.count(ClockWarned) == 1
    assert kinds.count(ClockBreached) == 1
    assert kinds.index(ClockBreached) < kinds.index(RungFired, 2)


def test_an_alert_says_by_when_it_must_be_acknowledged() -> None:
    breach = fired(fired(clock_of()).clock)
    said = [draft.event for draft in breach.drafts if isinstance(draft.event, RungFired)]
    assert {event.acknowledge_by for event in said} == {at("2025-01-20")}
    assert breach.cause.recorded_at == at("2025-01-16", 17)
    assert breach.cause.traceparent[:36] == TRACE[:36]


def test_an_acknowledged_breach_is_followed_by_a_reminder_and_an_unheard_reminder_by_the_next_level() -> None:
    breach = fired(fired(clock_of()).clock).clock
    waiting = acknowledged(breach, LEADER, at("2025-01-17", 3))
    assert waiting is not None
    assert (waiting.next_rung, waiting.next_fire_at) == (Rung.REMINDER, at("2025-01-24"))
    reminder = fired(waiting)
    assert alerts(reminder) == [(Rung.REMINDER, LEADER), (Rung.REMINDER, HOLDER)]
    assert (reminder.clock.next_rung, reminder.clock.next_fire_at) == (Rung.SUPERIOR, at("2025-02-03"))


@pytest.mark.parametrize("officer_id", [HOLDER, SUPERIOR, "dong-khe-03"])
def test_only_the_awaited_officer_stops_the_climb(officer_id: str) -> None:
    breach = fired(fired(clock_of()).clock).clock
    assert acknowledged(breach, officer_id, at("2025-01-17", 3)) is None


def test_an_acknowledged_warning_does_not_put_off_the_breach() -> None:
    warned = fired(clock_of()).clock
    assert acknowledged(warned, HOLDER, at("2025-01-14", 3)) is None
    assert (warned.next_rung, warned.next_fire_at) == (Rung.BREACH_LEADER, warned.due_at)


@pytest.mark.parametrize(
    ("starts_on", "due_on", "expected"),
    [
        ("2025-01-06", "2025-01-16", "2025-01-14"),
        ("2025-01-06", "2025-01-09", "2025-01-07"),
        ("2025-01-06", "2025-01-08", "2025-01-07"),  # at least the day after the start
        ("2025-01-10", "2025-01-13", "2025-01-13"),  # and a working day
        ("2025-01-24", "2025-02-03", "2025-02-03"),  # Tết
    ],
)
def test_the_holder_is_warned_two_working_days_before(starts_on: str, due_on: str, expected: str) -> None:
    assert warn_at(date.fromisoformat(starts_on), date.fromisoformat(due_on)) == at(expected)


@pytest.mark.parametrize(
    ("instant", "count", "expected"),
    [
        (at("2025-01-16", 17), 1, "2025-01-20"),  # Thursday midnight: Friday to acknowledge, Monday the next rung
        (at("2025-01-17", 17), 1, "2025-01-21"),  # Friday midnight: the week-end does not count
        (at("2025-01-20"), 2, "2025-01-22"),
        (at("2025-01-24"), 1, "2025-02-03"),
    ],
)
def test_patience_is_counted_in_whole_working_days(instant: datetime, count: int, expected: str) -> None:
    assert after_working_days(instant, count) == at(expected)


def test_an_absent_leader_is_represented_and_an_absent_holder_reported_to_the_leader() -> None:
    away = THACH_AN.with_absences(
        Absence(LEADER, MONDAY, date(2025, 3, 1), "dong-khe-02"), Absence(HOLDER, MONDAY, date(2025, 3, 1), None)
    )
    warning = fired(clock_of(), directory=away)
    assert [(r.officer_id, r.via) for r in warning.recipients] == [("dong-khe-02", Via.ACTING)]
    breach = fired(warning.clock, directory=away)
    assert alerts(breach) == [(Rung.BREACH_LEADER, "dong-khe-02")]


def test_nobody_from_whom_a_denunciation_is_hidden_is_ever_alerted() -> None:
    hidden = tuple(sorted(THACH_AN.line_of(LEADER, MONDAY)))
    clock = clock_of(Kind.DENUNCIATION)
    told_to: set[str] = set()
    for _ in range(6):
        result = fired(clock, excluded=hidden)
        told_to.update(recipient.officer_id for recipient in result.recipients)
        clock = result.clock
    assert told_to == {SUPERIOR, STEWARD}


def test_the_leader_is_alerted_of_a_complaint_against_himself() -> None:
    breach = fired(fired(clock_of()).clock)
    assert breach.recipients[0].officer_id == LEADER


def test_when_nobody_may_be_alerted_the_clock_goes_on_and_says_so() -> None:
    everybody = tuple(officer.id for officer in THACH_AN.officers())
    result = fired(clock_of(), excluded=everybody)
    assert result.recipients == ()
    assert result.clock.unheard
    assert result.clock.next_fire_at == result.clock.due_at


def test_after_the_district_is_gone_the_province_hears() -> None:
    clock = clock_of(recorded_at=datetime(2025, 7, 14, 3, tzinfo=UTC))
    levels = []
    for _ in range(3):
        result = fired(clock)
        levels.append([recipient.officer_id for recipient in result.recipients])
        clock = result.clock
    assert levels == [["cao-bang-04"]] * 3


def test_a_rung_decided_again_has_the_same_cause() -> None:
    clock = clock_of()
    assert fired(clock).cause.id == fired(clock).cause.id != fired(fired(clock).clock).cause.id
    assert isinstance(fired(clock).cause.id, UUID)
