"""Rows from events of casework."""

from services.portal.projection.case import Case, known
from shared.contracts.casework import (
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseOpened,
    CaseReassigned,
    CaseRefused,
    CaseTaken,
    NoticeProven,
)
from shared.contracts.envelope import Envelope
from shared.contracts.vocabulary import Result, Stage, Task
from shared.procedure import OWES

Cleared = CaseOpened | CaseTaken | CaseAccepted | CaseRefused | CaseDecided | CaseReassigned


def project(case: Case | None, envelope: Envelope) -> Case | None:
    """The case after an event of casework; None when the row does not change."""
    match envelope.event:
        case CaseOpened() as event:
            return _cleared(known(case), event).but(stage=Stage.OPEN)
        case CaseTaken() as event:
            return _cleared(known(case), event).but(stage=_resumed(known(case), event.task))
        case CaseReassigned() as event:
            handed_over = _cleared(known(case), event)
            return handed_over.but(stage=Stage.OPEN) if event.task is Task.TAKE_OVER else handed_over
        case CaseAccepted() | CaseRefused() | CaseDecided() as event:
            return _signed(known(case), event)
        case NoticeProven() as event:
            return _proven(known(case), event)
        case CaseClosed(closed_on=closed_on):
            return known(case).but(stage=Stage.CLOSED, closed_on=closed_on, owed=[], expected_result=Result.CLOSED_FILE)
        case _:
            return None


def _cleared(case: Case, event: Cleared) -> Case:
    return case.but(
        competent_authority_id=event.authority_id,
        holder_id=event.holder_id,
        person_id=event.holder_id,
        authority_id=event.authority_id,
        task=event.task,
        expected_result=event.expected_result,
    )


def _resumed(case: Case, task: Task) -> Stage:
    """The state in which a case goes on once taken over; after a reassignment the one it was in before."""
    if task in (Task.RESOLVE, Task.MEDIATE):
        return Stage.ACCEPTED
    if task in (Task.SEND_NOTICE, Task.CLOSE):
        return Stage.DECIDED if case.outcome else Stage.REFUSED
    return Stage.TAKEN


def _signed(case: Case, event: CaseAccepted | CaseRefused | CaseDecided) -> Case:
    signed = _cleared(case, event).but(kind=event.kind, level=event.level, signed_by=event.signed_by)
    match event:
        case CaseAccepted():
            return _entered(signed.but(accepted_on=event.accepted_on), Stage.ACCEPTED, event.document_number)
        case CaseRefused():
            return _entered(signed.but(ground=event.ground.value), Stage.REFUSED, event.document_number)
        case CaseDecided():
            return _entered(signed.but(outcome=event.outcome.value), Stage.DECIDED, event.document_number)


def _entered(case: Case, state: Stage, number: str) -> Case:
    return case.but(stage=state).owing(OWES[state]).numbered(OWES[state], number)


def _proven(case: Case, event: NoticeProven) -> Case:
    return case.but(
        owed=sorted(notice.value for notice in event.still_owed),
        task=event.task,
        expected_result=event.expected_result,
    )
