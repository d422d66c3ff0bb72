"""casework: what the holder and the competent person do; each legal act has an actor, a document, a date, a basis."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Command, Counters, Event, Query, Reply
from shared.contracts.vocabulary import (
    DirectoryId,
    DocumentNumber,
    Kind,
    Notice,
    Outcome,
    Proof,
    RefusalGround,
    Result,
    RuleId,
    Stage,
    Task,
)

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
    state: Stage = Stage.TAKEN
    """After a reassignment the case goes on in the state it had."""
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


class CaseRefused(Event):
    """The competent person refused to accept (không thụ lý giải quyết), with a ground; a notice is owed."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "case"
    verb: ClassVar[str] = "refused"

    kind: Kind
    level: int
    authority_id: DirectoryId
    holder_id: DirectoryId
    document_number: DocumentNumber
    signed_by: DirectoryId
    refused_on: date
    ground: RefusalGround
    legal_basis: RuleId
    task: Task
    expected_result: Result


class CaseDecided(Event):
    """The competent person decided, concluded, answered or closed a mediation; a notice is owed."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "case"
    verb: ClassVar[str] = "decided"

    kind: Kind
    level: int
    authority_id: DirectoryId
    holder_id: DirectoryId
    document_number: DocumentNumber
    signed_by: DirectoryId
    decided_on: date
    outcome: Outcome
    task: Task
    expected_result: Result


class NoticeProven(Event):
    """A notice owed to the sender went out: its number, date and proof were typed in."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "notice"
    verb: ClassVar[str] = "proven"

    notice: Notice
    authority_id: DirectoryId
    document_number: DocumentNumber
    sent_on: date
    proof: Proof
    still_owed: list[Notice]
    task: Task
    expected_result: Result


class CaseReassigned(Event):
    """Another officer holds the case; no clock moves (law 6)."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "case"
    verb: ClassVar[str] = "reassigned"

    authority_id: DirectoryId
    holder_id: DirectoryId
    assigned_by: DirectoryId
    task: Task
    expected_result: Result


class CaseClosed(Event):
    """Everything owed was done; the file is closed."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "case"
    verb: ClassVar[str] = "closed"

    kind: Kind
    authority_id: DirectoryId
    closed_on: date


class TakeOver(Command):
    """The holder takes the case over, with the recusal declaration that every assignment asks for."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "take_over"

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]
    nothing_bars_me: bool


class Accept(Command):
    """The competent person signs the acceptance (LKN Đ27, LTC Đ29, QĐ2304)."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "accept"

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]
    document_number: DocumentNumber
    accepted_on: date


class Refuse(Command):
    """The competent person refuses to accept, with a ground and a numbered notice."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "refuse"

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]
    document_number: DocumentNumber
    refused_on: date
    ground: RefusalGround


class Decide(Command):
    """The competent person decides a complaint, concludes a denunciation, answers feedback or ends a mediation."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "decide"

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]
    document_number: DocumentNumber
    decided_on: date
    outcome: Outcome


class ProveNotice(Command):
    """The holder types in number, date and proof of a notice that was owed."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "prove_notice"

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]
    notice: Notice
    document_number: DocumentNumber
    sent_on: date
    proof: Proof


class Reassign(Command):
    """The head gives the case to another officer of the authority who is not kept away from it."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "reassign"

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]
    holder_id: DirectoryId


class Close(Command):
    """The holder closes the file once nothing is owed any more."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "close"

    case_id: UUID
    expected_version: Annotated[int, Field(ge=0)]
    closed_on: date


class CaseworkCounters(Query):
    """Law counters of casework."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "counters"
    reply: ClassVar[type[Reply]] = Counters
