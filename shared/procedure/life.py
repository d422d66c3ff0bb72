"""The life of a case: what is to be done in each state, what that produces, which acts are open, what is owed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.vocabulary import Kind, Mark, Notice, Outcome, Result, Stage, Task
from shared.procedure.acts import Act
from shared.procedure.moves import MOVING, possible


@dataclass(frozen=True, slots=True)
class Step:
    """A state of one kind of case: task and result are the five clears' (law 4); the likeliest act first."""

    task: Task
    result: Result
    acts: tuple[Act, ...]


def _step(task: Task, result: Result, *acts: Act) -> Step:
    return Step(task, result, (*acts, Act.REASSIGN))


_OPEN = _step(Task.TAKE_OVER, Result.HOLDER_IN_CHARGE, Act.TAKE_OVER)
_ANSWER = _step(Task.ANSWER, Result.ANSWER, Act.DECIDE)
_TELL = _step(Task.SEND_NOTICE, Result.NOTICE_SENT, Act.PROVE_NOTICE, Act.CLOSE)
_FILE_AWAY = _step(Task.CLOSE, Result.CLOSED_FILE, Act.CLOSE)
_WAIT = _step(Task.REVIEW_SUSPENSION, Result.RESUMED_TERM, Act.RESUME, Act.PROVE_NOTICE, Act.TERMINATE)
_OVER = Step(Task.CLOSE, Result.CLOSED_FILE, ())

_ANSWERED: Mapping[Stage, Step] = {
    Stage.OPEN: _OPEN,
    Stage.TAKEN: _ANSWER,
    Stage.DECIDED: _TELL,
    Stage.CLOSED: _OVER,
}


def _accepted_first(task: Task, result: Result, *moving: Act) -> Mapping[Stage, Step]:
    early = (act for act in moving if act is Act.TERMINATE)
    return {
        Stage.OPEN: _OPEN,
        Stage.TAKEN: _step(Task.PREPARE_ACCEPTANCE, Result.ACCEPTANCE_NOTICE, Act.ACCEPT, Act.REFUSE, *early),
        Stage.ACCEPTED: _step(task, result, Act.PROVE_NOTICE, Act.DECIDE, *moving),
        Stage.REFUSED: _TELL,
        Stage.DECIDED: _TELL,
        Stage.CLOSED: _OVER,
    }


LIFE: Mapping[Kind, Mapping[Stage, Step]] = {
    Kind.COMPLAINT: _accepted_first(
        Task.RESOLVE, Result.DECISION, Act.COMPLICATE, Act.SUSPEND, Act.RESUME, Act.TERMINATE
    ),
    Kind.DENUNCIATION: _accepted_first(
        Task.RESOLVE, Result.CONCLUSION, Act.EXTEND, Act.SUSPEND, Act.RESUME, Act.TERMINATE
    ),
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


def owed_on(kind: Kind, state: Stage, outcome: Outcome | None = None) -> frozenset[Notice]:
    """What is owed from the moment a case enters a state; one that ended before it was decided is not published."""
    told = {OWES[state]} if state in OWES else set()
    published = state is Stage.DECIDED and kind in PUBLISHED and outcome is not Outcome.TERMINATED
    return frozenset(told | ({Notice.PUBLICATION} if published else set()))


def step_of(kind: Kind, state: Stage, owed: Collection[Notice], marks: Collection[Mark] = ()) -> Step:
    """Where a case stands; what is settled and told has only to be filed away, what is suspended waits."""
    step = LIFE[kind][state]
    if Mark.SUSPENDED in marks and state == Stage.ACCEPTED:
        return _WAIT
    return _FILE_AWAY if step is _TELL and not owed else step


def offered(
    kind: Kind, state: Stage, owed: Collection[Notice], level: int, marks: Collection[Mark], on: date
) -> tuple[Act, ...]:
    """The acts on a case that can succeed that day: nothing is proven that is not owed, or closed while something is,
    no paper moves a term again that it has moved, and none rests on a law that is not in force."""
    futile = Act.CLOSE if owed else Act.PROVE_NOTICE
    acts = (act for act in step_of(kind, state, owed, marks).acts if act is not futile)
    return tuple(act for act in acts if act not in MOVING or possible(kind, level, act, marks, on))
