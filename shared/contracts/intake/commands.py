"""What the desk and the officers ask of intake, and its answers."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Command, Contract, Counters, Query, Reply, Sealed
from shared.contracts.intake.events import SERVICE
from shared.contracts.intake.papers import (
    DocumentText,
    Letter,
    Pin,
    Reason,
    Receipt,
    Slip,
    SlipSheet,
    TrackingClaim,
    WorkingCopy,
)
from shared.contracts.vocabulary import Body, Channel, DirectoryId, DocumentKind, DocumentNumber, Kind, Purpose


class Registered(Reply):
    """Answer to :class:`Register`. The petition is committed; a repeat of the command gets the same answer."""

    case_id: UUID
    version: int
    receipt: Sealed[Receipt]


class Register(Command):
    """Register a letter; answered only after the commit (law 1)."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "register"
    reply: ClassVar[type[Reply]] = Registered

    channel_of_arrival: Channel
    authority_id: DirectoryId
    received_on: date
    letter_on: date | None = None
    postmark_on: date | None = None
    kind_ticked: Kind | None = None
    against: Annotated[list[DirectoryId], Field(default_factory=list, max_length=20)]
    signed: bool
    letter: Sealed[Letter]
    forwarded_by: Body | None = None
    forwarding_on: date | None = None
    """Date of the covering paper."""
    far_back: bool = False
    """Whoever registers says that a receipt long ago is right."""
    slip: Sealed[Slip] | None = None
    box_id: UUID | None = None


class Previewed(Reply):
    """The working copy, sealed to the asking service."""

    working_copy: Sealed[WorkingCopy]


class Preview(Query):
    """What would be masked of a letter that is being typed; nothing is kept."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "preview"
    reply: ClassVar[type[Reply]] = Previewed

    authority_id: DirectoryId
    received_on: date
    letter: Sealed[Letter]


class Part(Contract):
    """One content of a letter: stretches of the working text, and what it seems to be."""

    stretches: Annotated[list[tuple[int, int]], Field(min_length=1, max_length=50)]
    kind: Kind
    against: Annotated[list[DirectoryId], Field(default_factory=list, max_length=20)]


class Separated(Reply):
    """The parts and their receipts, in the order asked."""

    case_ids: list[UUID]
    parts: list[Registered]


class Split(Command):
    """Separate the contents of a mixed letter; each part becomes a letter with a receipt of its own."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "split"
    reply: ClassVar[type[Reply]] = Separated

    case_id: UUID
    parts: Annotated[list[Part], Field(min_length=2, max_length=10)]
    pin: Sealed[Pin]
    """PIN of the new receipts, chosen by the sender or put on the notice to him."""


class IssuedSlips(Reply):
    """Slips to print, sealed to the asking service."""

    count: int
    slips: Sealed[SlipSheet]


class IssueSlips(Command):
    """The superior's registry issues slips for sealed hand-over at the desks below it."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "issue_slips"
    reply: ClassVar[type[Reply]] = IssuedSlips

    authority_id: DirectoryId
    count: Annotated[int, Field(ge=1, le=100)]


class BoxMinutes(Reply):
    """The box that letters can now be registered from."""

    box_id: UUID


class OpenBox(Command):
    """Two people opened the box and count what was in it."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "open_box"
    reply: ClassVar[type[Reply]] = BoxMinutes

    authority_id: DirectoryId
    opened_on: date
    letters: Annotated[int, Field(ge=0, le=500)]
    minutes_number: DocumentNumber
    second_person_id: DirectoryId


class CorrectReceipt(Command):
    """Correct a received day that was entered wrongly, with reason and paper; the adviser above is alerted (law 6)."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "correct_receipt"

    case_id: UUID
    was_on: date
    """The day that whoever corrects saw: another one means that somebody was faster."""
    received_on: date
    reason: Sealed[Reason]
    document_number: DocumentNumber
    document_on: date
    far_back: bool = False
    """As for registering."""


class Tracked(Reply):
    """The case behind a code and PIN."""

    case_id: UUID


class Track(Query):
    """Find the case of a receipt; wrong code and wrong PIN get the same answer. Tries are limited."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "track"
    reply: ClassVar[type[Reply]] = Tracked

    claim: Sealed[TrackingClaim]


class Opened(Reply):
    """A protected document, sealed to the asking service."""

    document: Sealed[DocumentText]


class OpenDocument(Query):
    """Read a protected document; actor and purpose are recorded before the answer."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "document"
    reply: ClassVar[type[Reply]] = Opened

    case_id: UUID
    document: DocumentKind
    purpose: Purpose


class IntakeCounters(Query):
    """Law counters of intake."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "counters"
    reply: ClassVar[type[Reply]] = Counters
