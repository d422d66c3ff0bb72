"""Clocks of a letter: from its receipt at a desk until somebody says what it is, or sends it on, or ends it."""

from dataclasses import replace
from datetime import date

from services.escalation.domain.clocks import Term, closed, moved_on, watched
from services.escalation.domain.state import Phase, Watched
from services.escalation.domain.terms import LETTER_RULE, TRACKING_RULE, handling_rule
from shared.contracts.bus.envelope import Envelope
from shared.contracts.routing import (
    ClassificationConfirmed,
    ClassificationProposed,
    LetterTransferred,
    TransferReceived,
    TransferReturned,
)
from shared.contracts.vocabulary import EndReason
from shared.effects import Effect
from shared.law.day import legal_day


def proposed(state: Watched | None, event: ClassificationProposed, envelope: Envelope) -> Effect[Watched] | None:
    """A letter lies at a desk. Proposed again at the same desk it keeps its clock, at another it gets a new one."""
    term = Term((LETTER_RULE,), event.received_on, event.confirmer_authority_id)
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
        return watched(letter, term, envelope)
    if state.phase is not Phase.LETTER:
        return None
    again = replace(state, kind=event.kind, holder_id=event.confirmer_id, excluded=tuple(event.excluded))
    if _runs_at(state, event.confirmer_authority_id):
        return Effect(again)
    return moved_on(
        again,
        legal_day(envelope.recorded_at),
        term,
        envelope,
        reason=EndReason.SUPERSEDED,
        received_here_on=event.received_on,
    )


def confirmed(state: Watched | None, event: ClassificationConfirmed, envelope: Envelope) -> Effect[Watched] | None:
    """Somebody said what the letter is: the term of its kind runs, from the receipt at this authority.

    Of a letter that never left the first desk we know the receipt; who confirmed may not have heard of a correction.
    """
    here = state.received_here_on if state and not state.transferred else event.received_on
    term = Term((handling_rule(event.kind, event.level),), here, event.competent_authority_id)
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
        return watched(case, term, envelope)
    return moved_on(case, legal_day(envelope.recorded_at), term, envelope) if state.phase is Phase.LETTER else None


def transferred(state: Watched, event: LetterTransferred, envelope: Envelope) -> Effect[Watched] | None:
    """Dispatched: the sender's clock ends. Inside the house the receiver has to confirm; bodies outside owe nothing."""
    if state.phase is Phase.CLOSED:
        return None
    if event.to_authority_id is None:
        return closed(state, event.dispatched_on)
    return moved_on(
        state,
        event.dispatched_on,
        Term((TRACKING_RULE,), event.dispatched_on, event.to_authority_id),
        envelope,
        phase=Phase.LETTER,
        kind=event.kind,
        holder_id=event.to_handler_id or state.holder_id,
        excluded=tuple(event.excluded),
        notice=None,
        transferred=True,
    )


def received(state: Watched, event: TransferReceived, envelope: Envelope) -> Effect[Watched] | None:
    """The letter lies at the receiver's desk; his term counts from his own receipt."""
    if state.phase is not Phase.LETTER:
        return None
    return moved_on(
        state,
        event.received_on,
        Term((LETTER_RULE,), event.received_on, event.authority_id),
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
        Term((TRACKING_RULE,), event.returned_on, event.superior_authority_id),
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
