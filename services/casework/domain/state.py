"""State of a case: who holds it, how far it is, which notices are owed to the sender."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from shared.contracts.vocabulary import Kind, Mark, Notice, Outcome, Stage
from shared.procedure import Step, owed_on, step_of


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case at one authority."""

    case_id: UUID
    stage: Stage
    kind: Kind
    level: int
    authority_id: str
    holder_id: str
    received_on: date
    """Receipt at this authority; no legal act is dated before it."""
    excluded: tuple[str, ...]
    """Officers from whom the case is hidden."""
    barred: tuple[str, ...]
    """Officers who may see the case but never hold it."""
    resumes: Stage = Stage.TAKEN
    """While `open`: the state the case has once its holder took it over."""
    owed: frozenset[Notice] = frozenset()
    """Notices the sender has not been proven to have got."""
    accepted_on: date | None = None
    settled_on: date | None = None
    """Day of the refusal or decision."""
    told_on: date | None = None
    """Day of the latest notice that was proven."""
    closed_on: date | None = None
    marks: frozenset[Mark] = frozenset()
    """What papers have made of it."""
    moved_on: date | None = None
    """Day of the latest paper that moved its term."""
    version: int = 0

    @property
    def acted_on(self) -> date:
        """Day of the latest act that the next one rests on."""
        return self.moved_on or self.accepted_on or self.received_on

    @property
    def step(self) -> Step:
        """Where the case stands: its task, what that produces, the acts that are open."""
        return step_of(self.kind, self.stage, self.owed, self.marks)

    @property
    def standing(self) -> dict[str, Any]:
        """What every event of the case tells: :class:`shared.contracts.casework.Standing`."""
        step = self.step
        return {
            "authority_id": self.authority_id,
            "holder_id": self.holder_id,
            "stage": self.stage,
            "task": step.task,
            "expected_result": step.result,
            "still_owed": sorted(self.owed),
            "marks": sorted(self.marks),
        }

    def signed(self, officer_id: str, document_number: str) -> dict[str, Any]:
        """What every legal act on the case tells: :class:`shared.contracts.casework.Signed`."""
        paper = {"signed_by": officer_id, "document_number": document_number}
        return self.standing | paper | {"kind": self.kind, "level": self.level}

    def entered(self, stage: Stage, outcome: Outcome | None = None, **changes: Any) -> "CaseFile":
        """The case in its next state, with the notices that this state owes."""
        return replace(self, stage=stage, owed=self.owed | owed_on(self.kind, stage, outcome), **changes)
