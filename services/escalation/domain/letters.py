"""Clocks of a letter: from its receipt at a desk until somebody says what it is, or sends it on, or ends it."""

from dataclasses import replace
from datetime import date

from services.escalation.domain.clocks import Term, closed, moved_on, watched
from services.escalation.domain.state import Phase, Watched
from services.escalation.domain.terms import (
    GUARD_RULE,
    LETTER_RULE,
    PROCESSING_RULES,
    TRACKING_RULE,
    handling_duty,
    handling_rule,
    resolution_rules,
)
from shared.contracts.bus.envelope import Envelope
from shared.contracts.routing import (
    ClassificationConfirmed,
    ClassificationProposed,
    LetterTransferred,
    TransferReceived,
    TransferReturned,
)
from shared.contracts.vocabulary import Duty, EndReason, Kind
from shared.effects import Effect
from shared.law.day import legal_day


def at_a_desk(received_on: date, authority_id: str) -> tuple[Term, ...]:
    """Terms of a letter that nobody has classified there."""
    lying = (Term(Duty.PROCESS, (rule,), received_on, authority_id, only_in_force=True) for rule in PROCESSING_RULES)
    return (Term(Duty.CLASSIFY, (LETTER_RULE,), received_on, authority_id), *lying)


def handled(kind: Kind, level: int, received_on: date, authority_id: str) -> tuple[Term, ...]:
    """Terms of a case until it is accepted or answered."""
    term = Term(handling_duty(kind), (handling_rule(kind, level),), received_on, authority_id)
    if kind is not Kind.COMPLAINT:
        return (term,)
    return (term, Term(Duty.ACCEPT, (GUARD_RULE,), received_on, authority_id, only_in_force=True))


def counted_from_receipt(state: Watched) -> tuple[Duty, ...]:
    """Duties whose clocks count from the receipt now; others count from an act."""
    match state.phase:
        case Phase.LETTER:
            return (Duty.CLASSIFY, Duty.PROCESS)
        case Phase.CONFIRMED:
            return (Duty.ACCEPT, Duty.RESOLVE)
        case Phase.ACCEPTED if state.kind is Kind.LAND_DISPUTE:
            return (Duty.RESOLVE,)
        case _:
            return ()


def from_receipt(state: Watched, authority_id: str) -> tuple[Term, ...]:
    """The terms of those duties, from the receipt as it is known now."""
    here = state.received_here_on
    if state.kind is None or state.phase is Phase.LETTER:
        return at_a_desk(here, authority_id)
    if state.phase is Phase.CONFIRMED:
        return handled(state.kind, state.level, here, authority_id)
    return (Term(Duty.RESOLVE, resolution_rules(state.kind, state.level, remote=False), here, authority_id),)


def proposed(state: Watched | None, event: ClassificationProposed, envelope: Envelope) -> Effect[Watched] | None:
    """A letter lies at a desk. Proposed again at the same desk it keeps its clock, at another it gets a new one."""
    terms = at_a_desk(event.received_on, event.confirmer_authority_id)
    if state is None:
        letter = Watched(
            case_id=envelope.case_id,
            phase=Phase.LETTER,
            kind=event.kind,
            holder_id=event.confirmer_id,
            excluded=tuple(event.excluded),
            received_on=event.received_on,
            received_here_on=event.received_on,
        )
        return watched(letter, terms, envelope)
    if state.phase is not Phase.LETTER:
        return None
    again = replace(state, kind=event.kind, holder_id=event.confirmer_id, excluded=tuple(event.excluded))
    if _runs_at(state, event.confirmer_authority_id):
        return Effect(again)
    return moved_on(
        again,
        legal_day(envelope.recorded_at),
        terms,
        envelope,
        reason=EndReason.SUPERSEDED,
        received_here_on=event.received_on,
    )


def confirmed(state: Watched | None, event: ClassificationConfirmed, envelope: Envelope) -> Effect[Watched] | None:
    """Somebody said what the letter is: the term of its kind runs, from the receipt at this authority.

    Of a letter that never left the first desk we know the receipt; who confirmed may not have heard of a correction.
    """
    here = state.received_here_on if state and not state.transferred else event.received_on
    terms = handled(event.kind, event.level, here, event.competent_authority_id)
    case = Watched(
        case_id=envelope.case_id,
        phase=Phase.CONFIRMED,
        kind=event.kind,
        holder_id=event.holder_id,
        excluded=tuple(event.excluded),
        received_on=state.received_on if state else event.received_on,
        received_here_on=here,
        clocks=state.clocks if state else (),
        version=state.version if state else 0,
        level=event.level,
        transferred=state.transferred if state else False,
        told=state.told if state else (),
    )
    if state is None:
        return watched(case, terms, envelope)
    return moved_on(case, legal_day(envelope.recorded_at), terms, envelope) if state.phase is Phase.LETTER else None


def transferred(state: Watched, event: LetterTransferred, envelope: Envelope) -> Effect[Watched] | None:
    """Dispatched: the sender's clock ends. Inside the house the receiver has to confirm; bodies outside owe nothing."""
    if state.phase is Phase.CLOSED:
        return None
    if event.to_authority_id is None:
        return closed(state, event.dispatched_on)
    return moved_on(
        state,
        event.dispatched_on,
        (Term(Duty.RECEIVE, (TRACKING_RULE,), event.dispatched_on, event.to_authority_id),),
        envelope,
        phase=Phase.LETTER,
        kind=event.kind,
        holder_id=event.to_handler_id or state.holder_id,
        excluded=tuple(event.excluded),
        transferred=True,
    )


def received(state: Watched, event: TransferReceived, envelope: Envelope) -> Effect[Watched] | None:
    """The letter lies at the receiver's desk; his term counts from his own receipt."""
    if state.phase is not Phase.LETTER:
        return None
    return moved_on(
        state,
        event.received_on,
        at_a_desk(event.received_on, event.authority_id),
        envelope,
        holder_id=event.received_by,
        received_here_on=event.received_on,
        transferred=True,
    )


def returned(state: Watched, event: TransferReturned, envelope: Envelope) -> Effect[Watched] | None:
    """The common superior's handler has to settle who is competent."""
    if state.phase is not Phase.LETTER:
        return None
    return moved_on(
        state,
        event.returned_on,
        (Term(Duty.RECEIVE, (TRACKING_RULE,), event.returned_on, event.superior_authority_id),),
        envelope,
        holder_id=event.superior_handler_id,
        received_here_on=event.returned_on,
        transferred=True,
    )


def ended(state: Watched, on: date) -> Effect[Watched] | None:
    """Guided, filed or split, or the file closed: nothing runs any more."""
    return None if state.phase is Phase.CLOSED else closed(state, on)


def _runs_at(state: Watched, authority_id: str) -> bool:
    return any(clock.live and clock.authority_id == authority_id for clock in state.clocks)
