"""State of a case's classification."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.contracts.vocabulary import Kind


class Status(StrEnum):
    """Proposed by the machine, or confirmed by a named person."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Classification:
    """What is proposed or confirmed for one case."""

    case_id: UUID
    status: Status
    receiving_authority_id: str
    confirmer_authority_id: str
    received_on: date
    against: tuple[str, ...]
    """Directory ids of whom or what the letter is against."""
    excluded: tuple[str, ...]
    """Officers from whom the case is hidden."""
    kind: Kind | None
    level: int
    competent_authority_id: str | None
    holder_id: str | None
    version: int = 0
