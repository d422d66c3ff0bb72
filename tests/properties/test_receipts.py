"""However far a case is: a corrected receipt restarts what counts from it, nothing else, and ends as if typed right."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.escalation.domain.firing import DueRung, fire_in_order
from services.escalation.domain.letters import counted_from_receipt
from services.escalation.domain.reaction import decide
from services.escalation.domain.state import Clock, Phase, Watched
from shared.contracts.base import Event
from shared.contracts.escalation import ClockEnded, ClockStarted, RungFired
from shared.contracts.intake import ReceiptCorrected
from shared.contracts.vocabulary import EndReason, Kind, Notice, Rung
from shared.directory import load
from shared.effects import Effect, numbered
from shared.law.day import legal_day
from tests.escalation_events import (
    AUTHORITY,
    HANDLER,
    HOLDER,
    LEADER,
    MORNING,
    accepted,
    case_closed,
    confirmed,
    decided_on,
    filed,
    guided,
    proposed,
    proven,
    reassigned,
    refused,
    taken,
    told,
    transfer_received,
    transfer_returned,
    transferred,
)

THACH_AN = load("thach_an")
DAYS = st.dates(date(2022, 1, 1), date(2025, 3, 1))
KINDS = st.sampled_from([each for each in Kind if each not in (Kind.MIXED, Kind.OUT_OF_SCOPE)])
Act = Callable[["Life", date], Event]
ACTS: dict[str, Act] = {
    "confirmed": lambda life, on: confirmed(life.kind, level=life.level, received_on=life.here),
    "transferred": lambda life, on: transferred(on),
    "received": lambda life, on: transfer_received(on),
    "returned": lambda life, on: transfer_returned(on),
    "accepted": lambda life, on: accepted(on, life.kind, level=life.level),
    "refused": lambda life, on: refused(on, life.kind),
    "decided": lambda life, on: decided_on(on, life.kind, level=life.level),
    "told": lambda life, on: proven(on, Notice.DECISION),
    "guided": lambda life, on: guided(on),
    "filed": lambda life, on: filed(on),
    "closed": lambda life, on: case_closed(on, life.kind),
    "taken": lambda life, on: taken(HOLDER),
    "reassigned": lambda life, on: reassigned(LEADER),
}
STEPS = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 12)), max_size=8)


@dataclass
class Life:
    """A case as escalation knows it, whose receipt was typed so."""

    typed: date
    kind: Kind
    level: int
    state: Watched
    done: tuple[str, ...] = ()

    @property
    def on_its_way(self) -> bool:
        """Dispatched and neither received nor returned: nobody can confirm it, no receipt counts."""
        acts = [act for act in self.done if act in ("transferred", "received", "returned")]
        return acts[-1:] == ["transferred"]

    @property
    def here(self) -> date:
        """What routing says of the receipt at this authority."""
        return self.state.received_here_on if self.state.transferred else self.typed

    @property
    def live(self) -> tuple[Clock, ...]:
        return self.state.running

    def does(self, act: str, now: datetime) -> None:
        if act != "confirmed" or not self.on_its_way:
            self.done = (*self.done, act)
            self.hears(ACTS[act](self, legal_day(now)), now)

    def hears(self, event: Event, now: datetime) -> Effect[Watched] | None:
        decision = decide(THACH_AN, self.state, told(event, case_id=self.state.case_id, at=now))
        self.state = replace(numbered(self.state, decision).state, told=()) if decision else self.state
        return decision


def begun(typed: date, kind: Kind, level: int, now: datetime) -> Life:
    decision = decide(THACH_AN, None, told(proposed(typed), at=now))
    assert decision is not None
    return Life(typed, kind, level, numbered(None, decision).state)


def correction(was_on: date, received_on: date) -> ReceiptCorrected:
    return ReceiptCorrected(
        authority_id=AUTHORITY,
        was_on=was_on,
        received_on=received_on,
        document_number="9/BC-UBND",
        document_on=received_on,
        corrected_by=HANDLER,
    )


def terms(clocks: tuple[Clock, ...]) -> list[tuple[object, ...]]:
    """What runs, whatever has fired."""
    return sorted((each.rule, each.authority_id, each.starts_on, each.due_on, each.due_at) for each in clocks)


@settings(deadline=None)
@given(
    right=DAYS, slip=st.integers(-800, 20).filter(bool), behind=st.integers(20, 60), kind=KINDS,
    level=st.integers(1, 2), before=STEPS, after=STEPS, heard=st.booleans(),
)  # fmt: skip
def test_a_corrected_case_ends_as_if_the_right_day_had_been_typed(
    right: date, slip: int, behind: int, kind: Kind, level: int, before: list[tuple[str, int]],
    after: list[tuple[str, int]], heard: bool,
) -> None:  # fmt: skip
    now = datetime.combine(right + timedelta(days=behind), MORNING.timetz())
    wrong = right + timedelta(days=slip)
    lives = [begun(wrong, kind, level, now), begun(right, kind, level, now)]
    slipped, straight = lives
    for act, days in before:
        now += timedelta(days=days)
        for life in lives:
            life.does(act, now)
    stood = slipped.state
    decision = slipped.hears(correction(wrong, right), now)
    assert decision is not None
    counted = () if stood.transferred else counted_from_receipt(stood)
    restarted = stood.live(*counted) if counted else ()
    _only_what_counts_from_receipt_moved(stood, restarted, slipped, decision)
    assert terms(slipped.live) == terms(straight.live)
    for mine, other in zip(slipped.state.live(*counted), straight.state.live(*counted), strict=True):
        if counted:
            _the_same_rungs_follow(mine, other, now)
    slipped.typed = right if heard else wrong
    for act, days in after:
        now += timedelta(days=days)
        for life in lives:
            life.does(act, now)
    assert terms(slipped.live) == terms(straight.live)
    assert slipped.state.phase is straight.state.phase
    assert slipped.state.received_on == straight.state.received_on == right
    if slipped.live and not slipped.on_its_way:
        assert slipped.state.received_here_on == straight.state.received_here_on


def _only_what_counts_from_receipt_moved(
    stood: Watched, restarted: tuple[Clock, ...], slipped: Life, decision: Effect[Watched]
) -> None:
    kept = {clock.clock_id: (clock.starts_on, clock.due_on, clock.due_at) for clock in slipped.state.clocks}
    for clock in stood.clocks:
        assert kept[clock.clock_id] == (clock.starts_on, clock.due_on, clock.due_at)
    events = [draft.event for draft in decision.drafts]
    ended = [each for each in events if isinstance(each, ClockEnded)]
    assert [each.clock_id for each in ended] == [each.clock_id for each in restarted]
    assert all(each.reason is EndReason.SUPERSEDED for each in ended)
    assert any(isinstance(each, ClockStarted) for each in events) is bool(ended)
    assert {each.clock_id for each in stood.running} - {each.clock_id for each in ended} <= {
        each.clock_id for each in slipped.live
    }
    [rung] = [each for each in events if isinstance(each, RungFired)]
    assert rung.rung is Rung.RECEIPT_CORRECTED
    assert (slipped.live == ()) is (slipped.state.phase is Phase.CLOSED)


def _the_same_rungs_follow(corrected: Clock, straight: Clock, now: datetime) -> None:
    """What the right day would have fired by now is due at once; what lies ahead is due at the same instants."""
    fired = fire_in_order(THACH_AN, [DueRung(straight, HOLDER, (), 1)], now, 50)
    if fired:
        assert corrected.next_fire_at == now
    else:
        assert (corrected.next_rung, corrected.next_fire_at) == (straight.next_rung, straight.next_fire_at)


@given(right=DAYS, slip=st.integers(-800, -1), out=st.sets(st.sampled_from(sorted(o.id for o in THACH_AN.officers()))))
def test_neither_the_excluded_nor_whoever_corrected_is_told(right: date, slip: int, out: set[str]) -> None:
    now = datetime.combine(right, MORNING.timetz())
    wrong = right + timedelta(days=slip)
    first = decide(THACH_AN, None, told(proposed(wrong, excluded=out), at=now))
    assert first is not None
    decision = Life(wrong, Kind.COMPLAINT, 1, first.state).hears(correction(wrong, right), now)
    assert decision is not None
    told_of = {draft.event.recipient_id for draft in decision.drafts if isinstance(draft.event, RungFired)}
    assert not told_of & {*out, HANDLER}


def test_a_day_that_we_do_not_count_from_moves_nothing_and_is_still_told() -> None:
    life = begun(date(2025, 1, 6), Kind.COMPLAINT, 1, MORNING)
    live = life.live
    decision = life.hears(correction(date(2025, 1, 3), date(2025, 1, 2)), MORNING)
    assert decision is not None
    assert [type(draft.event) for draft in decision.drafts] == [RungFired]
    assert terms(life.live) == terms(live)
    assert life.state.received_on == date(2025, 1, 6)
