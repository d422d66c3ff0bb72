"""The life of a case, kind by kind, on one screen: what has to be done, what that produces, which acts are open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from services.casework.domain.state import CaseFile
from shared.contracts.vocabulary import CaseState, Kind, Notice, Result, Task


class Act(StrEnum):
    """What somebody may do with a case."""

    TAKE_OVER = "take_over"
    ACCEPT = "accept"
    REFUSE = "refuse"
    DECIDE = "decide"
    PROVE_NOTICE = "prove_notice"
    REASSIGN = "reassign"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Stage:
    """A state of one kind of case: task and result are the five clears' (law 4)."""

    task: Task
    result: Result
    acts: frozenset[Act]


def _stage(task: Task, result: Result, *acts: Act) -> Stage:
    return Stage(task, result, frozenset({*acts, Act.REASSIGN}))


_OPEN = _stage(Task.TAKE_OVER, Result.HOLDER_IN_CHARGE, Act.TAKE_OVER)
_PREPARE = _stage(Task.PREPARE_ACCEPTANCE, Result.ACCEPTANCE_NOTICE, Act.ACCEPT, Act.REFUSE)
_ANSWER = _stage(Task.ANSWER, Result.ANSWER, Act.DECIDE)
_TELL = _stage(Task.SEND_NOTICE, Result.NOTICE_SENT, Act.PROVE_NOTICE, Act.CLOSE)
_FILE_AWAY = _stage(Task.CLOSE, Result.CLOSED_FILE, Act.CLOSE)
_OVER = Stage(Task.CLOSE, Result.CLOSED_FILE, frozenset())

_ANSWERED: Mapping[CaseState, Stage] = {
    CaseState.OPEN: _OPEN,
    CaseState.TAKEN: _ANSWER,
    CaseState.DECIDED: _TELL,
    CaseState.CLOSED: _OVER,
}


def _accepted_first(task: Task, result: Result) -> Mapping[CaseState, Stage]:
    return {
        CaseState.OPEN: _OPEN,
        CaseState.TAKEN: _PREPARE,
        CaseState.ACCEPTED: _stage(task, result, Act.PROVE_NOTICE, Act.DECIDE),
        CaseState.REFUSED: _TELL,
        CaseState.DECIDED: _TELL,
        CaseState.CLOSED: _OVER,
    }


LIFE: Mapping[Kind, Mapping[CaseState, Stage]] = {
    Kind.COMPLAINT: _accepted_first(Task.RESOLVE, Result.DECISION),
    Kind.DENUNCIATION: _accepted_first(Task.RESOLVE, Result.CONCLUSION),
    Kind.LAND_DISPUTE: _accepted_first(Task.MEDIATE, Result.MEDIATION_MINUTES),
    Kind.FEEDBACK: _ANSWERED,
    Kind.INFORMATION: _ANSWERED,
}
"""Mixed letters and those out of scope have no life here: they are split, guided, transferred or filed."""

OWES: Mapping[CaseState, Notice] = {
    CaseState.ACCEPTED: Notice.ACCEPTANCE,
    CaseState.REFUSED: Notice.REFUSAL,
    CaseState.DECIDED: Notice.DECISION,
}
"""The notice that the sender is owed when a case enters a state."""


def stage_of(case: CaseFile) -> Stage:
    """Where the case stands; what is settled and told has only to be filed away."""
    stage = LIFE[case.kind][case.state]
    return _FILE_AWAY if stage is _TELL and not case.owed else stage


def entered(case: CaseFile, state: CaseState, **changes: Any) -> CaseFile:
    """The case in its next state, with the notice that this state owes."""
    owed = case.owed | {OWES[state]} if state in OWES else case.owed
    return replace(case, state=state, owed=owed, **changes)
