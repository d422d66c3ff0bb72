"""State of a case and what its responsible person has to do in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.contracts.vocabulary import CaseState, Kind, Result, Task


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case at one authority."""

    case_id: UUID
    state: CaseState
    kind: Kind
    level: int
    authority_id: str
    holder_id: str
    received_on: date
    excluded: tuple[str, ...]
    barred: tuple[str, ...]
    document_number: str | None = None
    accepted_on: date | None = None
    signed_by: str | None = None
    version: int = 0


TASKS: Mapping[CaseState, tuple[Task, Result]] = {
    CaseState.OPEN: (Task.TAKE_OVER, Result.HOLDER_IN_CHARGE),
    CaseState.TAKEN: (Task.PREPARE_ACCEPTANCE, Result.ACCEPTANCE_NOTICE),
    CaseState.ACCEPTED: (Task.RESOLVE, Result.DECISION),
}
"""The life-cycle on one screen: state, what has to be done in it, what that must produce (law 4)."""
