"""A signed paper moves the term of resolution, lets it rest or run again; nothing else ever does (law 6)."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from services.escalation.domain.clocks import Term, asleep, moved_on
from services.escalation.domain.ladder import first_rung, warn_at
from services.escalation.domain.state import Clock, Watched
from services.escalation.domain.terms import REVIEW_RULE, move_notice_rules
from shared.contracts.bus.envelope import Envelope
from shared.contracts.casework import CaseMoved
from shared.contracts.escalation import ClockMoved, ClockPaused
from shared.contracts.vocabulary import CaseMove, Duty, MoveReason
from shared.effects import Draft, Effect
from shared.law import Due, OptionNotKnown, due, lengthened, resume, used_days

_TOLD_BY: Mapping[CaseMove, Duty] = {
    CaseMove.EXTEND: Duty.TELL_EXTENSION,
    CaseMove.SUSPEND: Duty.TELL_SUSPENSION,
    CaseMove.RESUME: Duty.TELL_RESUMPTION,
}


def moved(state: Watched, event: CaseMoved, envelope: Envelope) -> Effect[Watched] | None:
    """The case after the paper: its term, what is reviewed meanwhile, and the notice of it."""
    clock = next((each for each in state.clocks if each.duty is Duty.RESOLVE and each.stands), None)
    if clock is None or (clock.paused_on is not None) is not (event.move is CaseMove.RESUME):
        return None
    after, draft = _BY_MOVE[event.move](clock, event, envelope)
    clocks = tuple(after if each is clock else each for each in state.clocks)
    ends = (Duty.REVIEW,) if event.move is CaseMove.RESUME else ()
    turned = moved_on(replace(state, clocks=clocks), event.moved_on, _terms(event), envelope, ends=ends)
    return Effect(turned.state, (draft, *turned.drafts))


def term_of_clock(clock: Clock) -> Due:
    """The whole term as papers have left it."""
    term = lengthened(due(clock.rule, clock.starts_on), clock.extended or 0)
    if clock.counted_from is None or clock.remaining is None:
        return term
    begun = replace(term, counted_from=clock.counted_from, left=clock.remaining)
    return lengthened(begun, 0)


def _terms(event: CaseMoved) -> list[Term]:
    terms = []
    if event.move is CaseMove.SUSPEND:
        terms.append(Term(Duty.REVIEW, (REVIEW_RULE,), event.moved_on, event.authority_id))
    if event.move in _TOLD_BY:
        duty = _TOLD_BY[event.move]
        terms.append(Term(duty, move_notice_rules(event.kind, duty), event.moved_on, event.authority_id))
    return terms


def _complicated(clock: Clock, event: CaseMoved, envelope: Envelope) -> tuple[Clock, Draft]:
    by = 0  # where the policy clock runs in the place of a rule that is not in force
    with suppress(OptionNotKnown):
        by = due(clock.rule, clock.starts_on, complicated=True).amount - due(clock.rule, clock.starts_on).amount
    return _longer(clock, event, envelope, by, MoveReason.COMPLICATED)


def _extended(clock: Clock, event: CaseMoved, envelope: Envelope) -> tuple[Clock, Draft]:
    by = due(event.legal_basis, event.moved_on).amount
    return _longer(clock, event, envelope, by, MoveReason.EXTENDED)


def _longer(clock: Clock, event: CaseMoved, envelope: Envelope, by: int, why: MoveReason) -> tuple[Clock, Draft]:
    term = lengthened(term_of_clock(clock), by)
    remaining = None if clock.remaining is None else clock.remaining + by
    longer = replace(clock, extended=(clock.extended or 0) + by, remaining=remaining)
    return _runs_until(longer, term, event, envelope, why)


def _suspended(clock: Clock, event: CaseMoved, _: Envelope) -> tuple[Clock, Draft]:
    term = term_of_clock(clock)
    left = max(0, term.left - used_days(term, max(event.moved_on, term.counted_from)))
    paused = ClockPaused(
        clock_id=clock.clock_id,
        rule=clock.rule,
        paused_on=event.moved_on,
        left=left,
        document_number=event.document_number,
    )
    resting = replace(asleep(clock), paused_on=event.moved_on)
    return resting, Draft(paused, legal_at=event.moved_on, natural_key=str(clock.clock_id))


def _resumed(clock: Clock, event: CaseMoved, envelope: Envelope) -> tuple[Clock, Draft]:
    term = term_of_clock(clock)
    assert clock.paused_on is not None
    paused_on = max(clock.paused_on, term.counted_from)
    goes_on = resume(term, paused_on, event.moved_on)
    awake = replace(clock, live=True, paused_on=None, counted_from=goes_on.counted_from, remaining=goes_on.left)
    return _runs_until(awake, goes_on, event, envelope, MoveReason.RESUMED)


def _runs_until(clock: Clock, term: Due, event: CaseMoved, envelope: Envelope, why: MoveReason) -> tuple[Clock, Draft]:
    """The clock with its new due date; its ladder begins again, since the old one warned of another day."""
    rung, fire_at = first_rung(term.counted_from, term.due_on, term.due_at, envelope.recorded_at)
    after = replace(
        clock,
        due_on=term.due_on,
        due_at=term.due_at,
        next_rung=rung,
        next_fire_at=fire_at,
        reached=None,
        awaited_id=None,
        unheard=False,
    )
    said = ClockMoved(
        clock_id=clock.clock_id,
        rule=clock.rule,
        reason=why,
        document_number=event.document_number,
        due_on=term.due_on,
        due_at=term.due_at,
        warn_at=warn_at(term.counted_from, term.due_on),
        amount=term.amount,
        counted_from=term.counted_from,
        left=term.left,
        calendar_version=term.calendar_version,
        provisional=term.provisional,
    )
    return after, Draft(said, legal_at=event.moved_on, natural_key=f"{clock.clock_id}|{why}")


_BY_MOVE: Mapping[CaseMove, Callable[[Clock, CaseMoved, Envelope], tuple[Clock, Draft]]] = {
    CaseMove.COMPLICATE: _complicated,
    CaseMove.EXTEND: _extended,
    CaseMove.SUSPEND: _suspended,
    CaseMove.RESUME: _resumed,
}
