"""Which decision an event calls for. Whatever is not named here never moves a clock (law 6)."""

from dataclasses import replace

from services.escalation.domain import cases, letters, moves, receipts
from services.escalation.domain.ladder import acknowledged
from services.escalation.domain.state import Watched
from shared.contracts.bus.envelope import Envelope
from shared.contracts.casework import (
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseMoved,
    CaseReassigned,
    CaseRefused,
    CaseTaken,
    NoticeProven,
)
from shared.contracts.intake import ReceiptCorrected
from shared.contracts.notify import AlertAcknowledged
from shared.contracts.routing import (
    ClassificationConfirmed,
    ClassificationProposed,
    LetterFiled,
    LetterGuided,
    LetterSplit,
    LetterTransferred,
    TransferReceived,
    TransferReturned,
)
from shared.directory import Directory
from shared.effects import Effect


class CaseNotKnown(Exception):
    """A legal act of a case that was never proposed nor confirmed; it waits in `held`."""

    code = "case_not_known"


def decide(directory: Directory, state: Watched | None, envelope: Envelope) -> Effect[Watched] | None:
    """React to one event.

    Raises:
        CaseNotKnown: a legal act of a case that nobody proposed or confirmed.
        LawError: even the policy clock cannot be counted from the day of recording.
    """
    match envelope.event:
        case ClassificationProposed() as event:
            return letters.proposed(state, event, envelope)
        case ClassificationConfirmed() as event:
            return letters.confirmed(state, event, envelope)
        case CaseTaken() | CaseReassigned() as event:
            return cases.held(state, event) if state else None
        case AlertAcknowledged() as event:
            return _seen(state, event, envelope) if state else None
        case _:
            if state is None:
                raise CaseNotKnown
            return _of_letter(directory, state, envelope) or _of_case(directory, state, envelope)


def _of_letter(directory: Directory, state: Watched, envelope: Envelope) -> Effect[Watched] | None:
    match envelope.event:
        case ReceiptCorrected() as event:
            return receipts.corrected(directory, state, event, envelope)
        case LetterTransferred() as event:
            return letters.transferred(state, event, envelope)
        case TransferReceived() as event:
            return letters.received(state, event, envelope)
        case TransferReturned() as event:
            return letters.returned(state, event, envelope)
        case LetterGuided(guided_on=on) | LetterFiled(filed_on=on) | LetterSplit(split_on=on):
            return letters.ended(state, on)
        case _:
            return None


def _of_case(directory: Directory, state: Watched, envelope: Envelope) -> Effect[Watched] | None:
    match envelope.event:
        case CaseAccepted() as event:
            return cases.accepted(directory, state, event, envelope)
        case CaseRefused() | CaseDecided() as event:
            return cases.settled(state, event, envelope)
        case CaseMoved() as event:
            return moves.moved(state, event, envelope)
        case NoticeProven() as event:
            return cases.proven(state, event, envelope)
        case CaseClosed(closed_on=on):
            return letters.ended(state, on)
        case _:
            return None


def _seen(state: Watched, event: AlertAcknowledged, envelope: Envelope) -> Effect[Watched] | None:
    now, by = envelope.recorded_at, event.acknowledged_by
    moved = {
        clock.clock_id: after
        for clock in state.clocks
        if clock.clock_id == event.clock_id and (after := acknowledged(clock, by, now)) is not None
    }
    if not moved:
        return None
    return Effect(replace(state, clocks=tuple(moved.get(clock.clock_id, clock) for clock in state.clocks)))
