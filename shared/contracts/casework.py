"""casework: what the holder and the competent person do; each legal act has an actor, a document, a date, a basis."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Command, Counters, Event, Query, Reply
from shared.contracts.vocabulary import DirectoryId, DocumentNumber, Kind, Result, RuleId, Task

SERVICE = "casework"


class CaseOpened(Event):
    """A case exists and somebody is responsible for it."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "case"
    verb: ClassVar[str] = "opened"

    kind: Kind
    authority_id: DirectoryId
    holder_id: DirectoryId
    task: Task
    expected_result: Result


class CaseTaken(Event):
    """The holder took the case over and declared that nothing bars him (NĐ31/2019 Đ10.3)."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "case"
    verb: ClassVar[str] = "taken"

    authority_id: DirectoryId
    holder_id: DirectoryId
    task: Task
    expected_result: Result


class CaseAccepted(Event):
    """The competent person signed the acceptance (thụ lý), which starts the resolution clock."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "case"
    verb: ClassVar[str] = "accepted"

    kind: Kind
    level: int
    authority_id: DirectoryId
    holder_id: DirectoryId
    document_number: DocumentNumber
    signed_by: DirectoryId
    accepted_on: date
    legal_basis: RuleId
    task: Task
    expected_result: Result


class TakeOver(Command):
    """The holder takes the case over, with the recusal declaration that every assignment asks for."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "take_over"

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]
    nothing_bars_me: bool


class Accept(Command):
    """The competent person signs the acceptance of a complaint (LKN Đ27)."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "accept"

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]
    document_number: DocumentNumber
    accepted_on: date


class CaseworkCounters(Query):
    """Law counters of casework."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "counters"
    reply: ClassVar[type[Reply]] = Counters
