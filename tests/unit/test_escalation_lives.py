"""Whole lives: at every step of every way a case may go, which clocks are live, from when, for whom."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from services.escalation.domain.reaction import CaseNotKnown, decide
from services.escalation.domain.state import Clock, Phase, Watched
from shared.contracts.base import Event
from shared.contracts.escalation import ClockEnded, ClockMoved
from shared.contracts.vocabulary import Body, CaseMove, Duty, EndReason, Kind, MoveReason, Notice, Stage, Task
from shared.directory import load
from shared.effects import numbered
from shared.procedure import owed_on
from tests.escalation_events import (
    AUTHORITY,
    HANDLER,
    HOLDER,
    MONDAY,
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
    split,
    taken,
    told,
    transfer_received,
    transfer_returned,
    transferred,
)

THACH_AN = load("thach_an")


def jan(day: int) -> date:
    return date(2025, 1, day)


@dataclass
class Life:
    """A case that is told one event after another."""

    state: Watched | None = None
    events: tuple[Event, ...] = ()

    def then(self, event: Event, on: date = MONDAY) -> "Life":
        at = datetime(on.year, on.month, on.day, 3, tzinfo=UTC)
        case_id = self.state.case_id if self.state else uuid4()
        decision = decide(THACH_AN, self.state, told(event, case_id=case_id, at=at))
        self.events = ()
        if decision is not None:
            self.state = numbered(self.state, decision).state
            self.events = tuple(draft.event for draft in decision.drafts)
        return self

    @property
    def case(self) -> Watched:
        assert self.state is not None
        return self.state

    @property
    def clocks(self) -> list[Clock]:
        return [clock for clock in self.case.clocks if clock.live]

    @property
    def runs(self) -> tuple[str, str, date, str]:
        """Rule, authority, start of the only live clock, and who has to act."""
        [clock] = self.clocks
        return clock.rule, clock.authority_id, clock.starts_on, self.case.holder_id

    @property
    def rules(self) -> str:
        """Rules of the live clocks."""
        return " ".join(clock.rule for clock in self.clocks)

    @property
    def ended(self) -> list[tuple[str, EndReason, date]]:
        return [(e.rule, e.reason, e.ended_on) for e in self.events if isinstance(e, ClockEnded)]


def test_a_letter_has_ten_days_at_its_desk_until_it_is_confirmed() -> None:
    life = Life().then(proposed())
    assert life.runs == ("XL-08", AUTHORITY, MONDAY, HANDLER)
    assert life.clocks[0].due_on == jan(16)
    life.then(confirmed(), jan(8))
    assert life.runs == ("KN-12", AUTHORITY, MONDAY, HOLDER)
    assert life.ended == [("XL-08", EndReason.DONE, jan(8))]


@pytest.mark.parametrize(
    ("kind", "level", "steps"),
    [
        (Kind.COMPLAINT, 1, ["KN-12", "KN-15 CS-04", "KN-15", "KN-20 KN-22", "KN-22", "CS-01"]),
        (Kind.COMPLAINT, 2, ["KN-13", "KN-17 CS-04", "KN-17", "KN-21 KN-22", "KN-22", "CS-01"]),
        (Kind.DENUNCIATION, 1, ["TC-07", "TC-14 TC-13", "TC-14", "TC-22 TC-24", "TC-24", "CS-01"]),
        (Kind.LAND_DISPUTE, 1, ["CS-01", "HG-03 CS-04", "HG-03", "CS-04", "CS-01"]),
    ],
)
def test_from_confirmation_to_closing_the_law_of_the_kind_runs(kind: Kind, level: int, steps: list[str]) -> None:
    life = Life().then(proposed()).then(confirmed(kind, level=level))
    seen = [life.rules]
    published = [proven(jan(22), Notice.PUBLICATION)] if Notice.PUBLICATION in owed_on(kind, Stage.DECIDED) else []
    for event in (
        accepted(jan(10), kind, level=level),
        proven(jan(10), Notice.ACCEPTANCE),
        decided_on(jan(20), kind, level=level),
        proven(jan(22)),
        *published,
    ):
        life.then(event, jan(22))
        seen.append(life.rules)
    assert seen == steps
    life.then(case_closed(jan(23), kind), jan(23))
    assert (life.case.phase, life.clocks, life.ended) == (Phase.CLOSED, [], [("CS-01", EndReason.DONE, jan(23))])


def test_a_letter_that_lies_there_has_its_45_days_since_july_2026() -> None:
    monday = date(2026, 8, 3)
    life = Life().then(proposed(monday), monday)
    assert life.rules == "XL-08 CS-06 CS-07 KL-01"
    assert [clock.due_on for clock in life.clocks if clock.rule == "KL-01"] == [date(2026, 9, 17)]
    life.then(confirmed(received_on=monday), date(2026, 8, 5))
    assert life.rules == "KN-12 KN-58", "the term of the statute guards that of the decree"
    assert {rule for rule, _, _ in life.ended} == {"XL-08", "CS-06", "CS-07", "KL-01"}
    life.then(accepted(date(2026, 8, 7)), date(2026, 8, 7))
    assert {rule for rule, _, _ in life.ended} == {"KN-12", "KN-58"}


@pytest.mark.parametrize("kind", [Kind.FEEDBACK, Kind.INFORMATION])
def test_what_is_only_answered_runs_one_policy_clock_from_receipt_to_answer(kind: Kind) -> None:
    life = Life().then(proposed()).then(confirmed(kind), jan(7)).then(taken(HOLDER), jan(8))
    assert life.runs == ("CS-01", AUTHORITY, MONDAY, HOLDER)
    life.then(decided_on(jan(15), kind), jan(15))
    assert life.runs == ("CS-04", AUTHORITY, jan(15), HOLDER)


def test_a_refusal_is_told_at_once_by_policy_and_then_the_file_is_closed() -> None:
    life = Life().then(confirmed()).then(refused(jan(9)), jan(9))
    assert life.runs == ("CS-04", AUTHORITY, jan(9), HOLDER)
    life.then(proven(jan(10), Notice.REFUSAL), jan(10))
    assert life.runs == ("CS-01", AUTHORITY, jan(10), HOLDER)


def test_each_notice_ends_its_own_clock_and_no_other() -> None:
    life = Life().then(confirmed()).then(accepted(jan(10)), jan(10)).then(decided_on(jan(20)), jan(20))
    assert life.rules == "CS-04 KN-20 KN-22"
    life.then(proven(jan(21), Notice.ACCEPTANCE), jan(21))
    assert (life.rules, life.ended) == ("KN-20 KN-22", [("CS-04", EndReason.DONE, jan(21))])
    assert life.then(proven(jan(21), Notice.ACCEPTANCE), jan(21)).events == ()
    assert life.then(proven(jan(22), Notice.PUBLICATION), jan(22)).rules == "KN-20"
    assert life.then(proven(jan(23), Notice.DECISION), jan(23)).rules == "CS-01"


def test_a_settled_case_that_owes_nothing_has_only_to_be_closed() -> None:
    event = decided_on(jan(9), Kind.INFORMATION, task=Task.CLOSE)
    life = Life().then(confirmed(Kind.INFORMATION)).then(event, jan(9))
    assert life.runs == ("CS-01", AUTHORITY, jan(9), HOLDER)


def test_an_extension_moves_the_due_date_and_a_suspension_lets_it_rest() -> None:
    life = Life().then(confirmed(Kind.DENUNCIATION)).then(accepted(jan(10), Kind.DENUNCIATION), jan(10))
    life.then(proven(jan(10), Notice.ACCEPTANCE), jan(10))
    assert [(clock.rule, clock.due_on) for clock in life.clocks] == [("TC-14", date(2025, 2, 10))]  # the 9th: a Sunday
    life.then(moved(CaseMove.EXTEND, jan(20)), jan(20))
    assert life.rules == "TC-14 CS-04"
    assert life.clocks[0].due_on == date(2025, 3, 11), "60 days from acceptance, before any weekend moves it"
    life.then(moved(CaseMove.SUSPEND, jan(30)), jan(30))
    assert life.rules == "CS-04 CS-05 TC-29"
    [resting] = [clock for clock in life.case.clocks if clock.paused_on]
    assert (resting.rule, resting.live, resting.ended_on) == ("TC-14", False, None)
    life.then(moved(CaseMove.RESUME, date(2025, 3, 1)), date(2025, 3, 1))
    [term] = life.case.live(Duty.RESOLVE)
    assert term.due_on == date(2025, 4, 10), "40 of 60 days were left"
    assert ("CS-05", EndReason.DONE, date(2025, 3, 1)) in life.ended
    life.then(moved(CaseMove.EXTEND, date(2025, 3, 3)), date(2025, 3, 3))
    [term] = life.case.live(Duty.RESOLVE)
    assert term.due_on == date(2025, 5, 12), "thirty days after what was left; the 10th is a Saturday"
    life.then(decided_on(date(2025, 4, 1), Kind.DENUNCIATION), date(2025, 4, 1))
    assert not life.case.live(Duty.RESOLVE, Duty.REVIEW)


@pytest.mark.parametrize(("level", "due_on"), [(1, date(2025, 3, 11)), (2, date(2025, 3, 21))])
def test_a_complicated_complaint_has_the_total_of_its_level(level: int, due_on: date) -> None:
    """60 days in a remote commune, 70 at the second level: totals from acceptance, not additions (A2)."""
    life = Life().then(confirmed(level=level)).then(accepted(jan(10), level=level), jan(10))
    life.then(moved(CaseMove.COMPLICATE, jan(15), Kind.COMPLAINT), jan(15))
    [term] = life.case.live(Duty.RESOLVE)
    assert term.due_on == due_on
    assert [event.reason for event in life.events if isinstance(event, ClockMoved)] == [MoveReason.COMPLICATED]


def test_a_case_that_was_suspended_too_late_keeps_its_due_date() -> None:
    life = Life().then(confirmed(Kind.DENUNCIATION)).then(accepted(jan(10), Kind.DENUNCIATION), jan(10))
    late = date(2025, 3, 3)
    life.then(moved(CaseMove.SUSPEND, late), late).then(moved(CaseMove.RESUME, date(2025, 3, 10)), date(2025, 3, 10))
    [term] = life.case.live(Duty.RESOLVE)
    assert term.due_on == date(2025, 2, 10)
    assert term.next_fire_at is not None


def test_a_transfer_ends_the_senders_clock_and_is_tracked_until_the_receivers_own_runs() -> None:
    life = Life().then(proposed()).then(transferred(jan(9), excluded=["dong-khe-01"]), jan(9))
    assert life.ended == [("XL-08", EndReason.DONE, jan(9))]
    assert life.runs == ("CS-08", "thach-an", jan(9), "thach-an-04")
    assert life.case.excluded == ("dong-khe-01",)
    life.then(transfer_received(jan(13)), jan(13))
    assert life.runs == ("XL-08", "thach-an", jan(13), "thach-an-04")
    life.then(proposed(jan(13), authority_id="thach-an", confirmer_id="thach-an-03"), jan(13))
    assert life.events == ()
    assert life.runs == ("XL-08", "thach-an", jan(13), "thach-an-03")
    assert (life.case.received_on, life.case.received_here_on) == (MONDAY, jan(13))


def test_a_returned_letter_is_settled_by_the_common_superiors_handler() -> None:
    life = Life().then(proposed()).then(transferred(jan(9)), jan(9)).then(transfer_returned(jan(10)), jan(10))
    assert life.ended == [("CS-08", EndReason.DONE, jan(10))]
    assert life.runs == ("CS-08", "cao-bang", jan(10), "cao-bang-03")
    life.then(
        proposed(jan(10), authority_id="thach-an", confirmer_authority_id="cao-bang", confirmer_id="cao-bang-03"),
        jan(10),
    )
    assert (life.events, life.runs) == ((), ("CS-08", "cao-bang", jan(10), "cao-bang-03"))
    life.then(confirmed(Kind.DENUNCIATION, received_on=jan(13), authority_id="thach-an"), jan(13))
    assert life.runs[0] == "TC-07"
    assert life.case.received_on == MONDAY


def test_a_letter_proposed_at_another_desk_gets_that_desks_clock() -> None:
    life = Life().then(proposed())
    life.then(proposed(jan(8), confirmer_authority_id="thach-an", confirmer_id="thach-an-04"), jan(8))
    assert life.ended == [("XL-08", EndReason.SUPERSEDED, jan(8))]
    assert life.runs == ("XL-08", "thach-an", jan(8), "thach-an-04")


def test_a_letter_proposed_again_at_the_same_desk_keeps_its_clock_whatever_its_dates_say() -> None:
    life = Life().then(proposed())
    before = life.clocks
    life.then(proposed(jan(8), excluded=["dong-khe-05"]), jan(8))
    assert (life.clocks, life.events, life.case.excluded) == (before, (), ("dong-khe-05",))


@pytest.mark.parametrize(
    "last",
    [
        guided(jan(9)),
        filed(jan(9)),
        split(jan(9)),
        case_closed(jan(9)),
        transferred(jan(9), to_authority_id=None, to_handler_id=None, to_body=Body.COURT),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_ended_here_has_no_clock_and_nothing_starts_one_again(last: Event) -> None:
    life = Life().then(proposed()).then(last, jan(9))
    assert (life.case.phase, life.clocks, life.ended) == (Phase.CLOSED, [], [("XL-08", EndReason.DONE, jan(9))])
    for event in (
        proposed(jan(10)), confirmed(), accepted(jan(10)), decided_on(jan(10)), proven(jan(10)), last,
        transferred(jan(10)), transfer_received(jan(10)), transfer_returned(jan(10)), reassigned("dong-khe-05"),
    ):  # fmt: skip
        assert life.then(event, jan(10)).events == ()
        assert life.clocks == []


def test_reassigning_changes_who_is_warned_and_moves_no_clock() -> None:
    life = Life().then(confirmed())
    before = life.clocks
    life.then(reassigned("dong-khe-05"), jan(8))
    assert (life.case.holder_id, life.clocks, life.events) == ("dong-khe-05", before, ())


@pytest.mark.parametrize(
    "event",
    [
        accepted(MONDAY), refused(MONDAY), decided_on(MONDAY), proven(MONDAY), case_closed(MONDAY), guided(MONDAY),
        filed(MONDAY), split(MONDAY), transferred(MONDAY), transfer_received(MONDAY), transfer_returned(MONDAY),
    ],
    ids=lambda event: type(event).__name__,
)  # fmt: skip
def test_a_legal_act_of_an_unknown_case_is_held(event: Event) -> None:
    with pytest.raises(CaseNotKnown):
        decide(THACH_AN, None, told(event))


def test_a_guidance_after_the_ten_days_is_late() -> None:
    life = Life().then(proposed()).then(guided(jan(17)), jan(17))
    assert [event.late for event in life.events if isinstance(event, ClockEnded)] == [True]
