"""routing: proposals of kind, competence and holder, and their confirmation by a named person."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Command, Contract, Counters, Error, Event, Query, Reply
from shared.contracts.vocabulary import Code, DirectoryId, Kind, RuleId

SERVICE = "routing"

Level = Annotated[int, Field(ge=1, le=2)]
"""First or second time of a complaint."""


class ClassificationProposed(Event):
    """What the machine proposes, and who must confirm it. Until confirmed the letter is treated as a denunciation."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "classification"
    verb: ClassVar[str] = "proposed"

    kind: Kind | None
    level: Level = 1
    competent_authority_id: DirectoryId | None
    holder_id: DirectoryId | None
    rules: list[RuleId]
    reasons: list[Code]
    alternatives: list[Kind]
    confidence: Annotated[float, Field(ge=0, le=1)]
    abstained: bool
    receiving_authority_id: DirectoryId
    confirmer_authority_id: DirectoryId
    confirmer_id: DirectoryId
    excluded: list[DirectoryId]
    """Officers from whom the case is hidden while a denunciation is not ruled out."""
    received_on: date


class ClassificationConfirmed(Event):
    """A named person said what the letter is, who is competent and who holds it."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "classification"
    verb: ClassVar[str] = "confirmed"

    kind: Kind
    level: Level = 1
    competent_authority_id: DirectoryId
    holder_id: DirectoryId
    rules: list[RuleId]
    corrected: bool
    confirmed_by: DirectoryId
    receiving_authority_id: DirectoryId
    excluded: list[DirectoryId]
    """Officers from whom the case stays hidden."""
    barred: list[DirectoryId]
    """Officers who may see but not hold or verify (author of the contested act)."""
    received_on: date


class ConfirmItem(Contract):
    """One confirmation or correction."""

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]
    kind: Kind
    level: Level = 1
    competent_authority_id: DirectoryId
    holder_id: DirectoryId


class ItemResult(Contract):
    """What became of one item: its new version, or the reason it was refused."""

    case_id: UUID
    version: int | None = None
    error: Error | None = None


class Confirmed(Reply):
    """One result per item, in the order asked."""

    results: list[ItemResult]


class Confirm(Command):
    """Confirm up to 200 proposals; each item has its own version, check and ledger entry."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "confirm"
    reply: ClassVar[type[Reply]] = Confirmed

    items: Annotated[list[ConfirmItem], Field(min_length=1, max_length=200)]


class RoutingCounters(Query):
    """Law counters of routing."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "counters"
    reply: ClassVar[type[Reply]] = Counters
