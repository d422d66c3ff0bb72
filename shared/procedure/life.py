"""The life of a case: what is to be done in each state, what that produces, which acts are open, what is owed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shared.contracts.vocabulary import Kind, Notice, Result, Stage, Task
from shared.procedure.acts import Act


@dataclass(frozen=True, slots=True)
class Step:
    """A state of one kind of case: task and result are the five clears' (law 4); the likeliest act first."""

    task: Task
    result: Result
    acts: tuple[Act, ...]


def _step(task: Task, result: Result, *acts: Act) -> Step:
    return Step(task, result, (*acts, Act.REASSIGN))


_OPEN = _step(Task.TAKE_OVER, Result.HOLDER_IN_CHARGE, Act.TAKE_OVER)
_PREPARE = _step(Task.PREPARE_ACCEPTANCE, Result.ACCEPTANCE_NOTICE, Act.ACCEPT, Act.REFUSE)
_ANSWER = _step(Task.ANSWER, Result.ANSWER, Act.DECIDE)
_TELL = _step(Task.SEND_NOTICE, Result.NOTICE_SENT, Act.PROVE_NOTICE, Act.CLOSE)
_FILE_AWAY = _step(Task.CLOSE, Result.CLOSED_FILE, Act.CLOSE)
_OVER = Step(Task.CLOSE, Result.CLOSED_FILE, ())

_ANSWERED: Mapping[Stage, Step] = {
    Stage.OPEN: _OPEN,
    Stage.TAKEN: _ANSWER,
    Stage.DECIDED: _TELL,
    Stage.CLOSED: _OVER,
}


def _accepted_first(task: Task, result: Result) -> Mapping[Stage, Step]:
    return {
        Stage.OPEN: _OPEN,
        Stage.TAKEN: _PREPARE,
        Stage.ACCEPTED: _step(task, result, Act.PROVE_NOTICE, Act.DECIDE),
        Stage.REFUSED: _TELL,
        Stage.DECIDED: _TELL,
        Stage.CLOSED: _OVER,
    }


LIFE: Mapping[Kind, Mapping[Stage, Step]] = {
    Kind.COMPLAINT: _accepted_first(Task.RESOLVE, Result.DECISION),
    Kind.DENUNCIATION: _accepted_first(Task.RESOLVE, Result.CONCLUSION),
    Kind.LAND_DISPUTE: _accepted_first(Task.MEDIATE, Result.MEDIATION_MINUTES),
    Kind.FEEDBACK: _ANSWERED,
    Kind.INFORMATION: _ANSWERED,
}
"""Mixed letters and those out of scope have no life here: they are split, guided, transferred or filed."""

OWES: Mapping[Stage, Notice] = {
    Stage.ACCEPTED: Notice.ACCEPTANCE,
    Stage.REFUSED: Notice.REFUSAL,
    Stage.DECIDED: Notice.DECISION,
}
"""The notice that the sender is owed when a case enters a state."""

PUBLISHED = frozenset({Kind.COMPLAINT, Kind.DENUNCIATION})
"""Kinds whose decision or conclusion is published (KN-22, TC-24); of a first complaint by policy."""


def owed_on(kind: Kind, state: Stage) -> frozenset[Notice]:
    """What is owed from the moment a case enters a state."""
    told = {OWES[state]} if state in OWES else set()
    return frozenset(told | ({Notice.PUBLICATION} if state is Stage.DECIDED and kind in PUBLISHED else set()))


def step_of(kind: Kind, state: Stage, owed: Collection[Notice]) -> Step:
    """Where a case stands; what is settled and told has only to be filed away."""
    step = LIFE[kind][state]
    return _FILE_AWAY if step is _TELL and not owed else step


def offered(kind: Kind, state: Stage, owed: Collection[Notice]) -> tuple[Act, ...]:
    """The acts on a case that can succeed now: nothing is proven that is not owed, or closed while something is."""
    futile = Act.CLOSE if owed else Act.PROVE_NOTICE
    return tuple(act for act in step_of(kind, state, owed).acts if act is not futile)
