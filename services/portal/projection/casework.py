"""What events of casework change in a row: where the case stands, as the event says it."""

from collections.abc import Callable, Mapping
from typing import Any

from services.portal.projection.case import Case, Changes, numbered
from shared.contracts.base import Event
from shared.contracts.casework import (
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseMoved,
    CaseOpened,
    CaseReassigned,
    CaseRefused,
    CaseTaken,
    NoticeProven,
)
from shared.contracts.vocabulary import Stage, Task
from shared.procedure import OWES

Signed = CaseAccepted | CaseRefused | CaseDecided
Standing = CaseOpened | CaseTaken | CaseReassigned | Signed | NoticeProven | CaseMoved | CaseClosed


def _stands(case: Case, event: Standing) -> Changes:
    """The five clears, the state and what is owed."""
    holder_id = event.holder_id or case.holder_id
    owed = event.still_owed
    return {
        "competent_authority_id": event.authority_id,
        "authority_id": event.authority_id,
        "holder_id": holder_id,
        "person_id": holder_id,
        "task": event.task,
        "expected_result": event.expected_result,
        "stage": event.stage or _stage_untold(case, event),
        "owed": _owed_untold(case, event) if owed is None else [notice.value for notice in owed],
        "marks": case.marks if event.marks is None else [mark.value for mark in event.marks],
    }


def _signed(case: Case, event: Signed) -> Changes:
    number = numbered(case, OWES[_ENTERS[type(event)]], event.document_number)
    return {**_stands(case, event), **number, "kind": event.kind, "level": event.level, "signed_by": event.signed_by}


def _accepted(case: Case, event: CaseAccepted) -> Changes:
    return {**_signed(case, event), "accepted_on": event.accepted_on}


def _refused(case: Case, event: CaseRefused) -> Changes:
    return {**_signed(case, event), "ground": event.ground.value}


def _decided(case: Case, event: CaseDecided) -> Changes:
    why = {"ground": event.end_ground.value} if event.end_ground else {}
    return {**_signed(case, event), **why, "outcome": event.outcome.value}


def _closed(case: Case, event: CaseClosed) -> Changes:
    return {**_stands(case, event), "closed_on": event.closed_on}


def _moved(case: Case, event: CaseMoved) -> Changes:
    return {**_stands(case, event), "signed_by": event.signed_by}


CHANGES: Mapping[type[Event], Callable[[Case, Any], Changes]] = {
    CaseOpened: _stands,
    CaseTaken: _stands,
    CaseReassigned: _stands,
    CaseAccepted: _accepted,
    CaseRefused: _refused,
    CaseDecided: _decided,
    CaseMoved: _moved,
    NoticeProven: _stands,
    CaseClosed: _closed,
}

_ENTERS: Mapping[type[Event], Stage] = {
    CaseOpened: Stage.OPEN,
    CaseReassigned: Stage.OPEN,
    CaseAccepted: Stage.ACCEPTED,
    CaseRefused: Stage.REFUSED,
    CaseDecided: Stage.DECIDED,
    CaseClosed: Stage.CLOSED,
}


def _stage_untold(case: Case, event: Standing) -> Stage:
    """The state after an older event, which did not say it."""
    match event:
        case NoticeProven() | CaseMoved():
            return case.stage
        case CaseReassigned(task=task) if task is not Task.TAKE_OVER:
            return case.stage
        case CaseTaken(task=Task.RESOLVE | Task.MEDIATE):
            return Stage.ACCEPTED
        case CaseTaken(task=Task.SEND_NOTICE | Task.CLOSE):
            return Stage.DECIDED if case.outcome else Stage.REFUSED
        case CaseTaken():
            return Stage.TAKEN
        case _:
            return _ENTERS[type(event)]


def _owed_untold(case: Case, event: Standing) -> list[str]:
    """What is owed after an older event, which did not say it."""
    if isinstance(event, CaseClosed):
        return []
    if isinstance(event, Signed):
        return sorted({*case.owed, OWES[_ENTERS[type(event)]].value})
    return case.owed
