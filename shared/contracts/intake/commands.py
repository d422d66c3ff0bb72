"""What the desk and the officers ask of intake, and its answers."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Command, Contract, Counters, Query, Reply, Sealed
from shared.contracts.intake.arrival import Noted
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
from shared.contracts.vocabulary import Channel, DirectoryId, DocumentKind, DocumentNumber, Kind, Purpose


class Registered(Reply):
    """Answer to :class:`Register`. The petition is committed; a repeat of the command gets the same answer."""

    case_id: UUID
    version: int
    receipt: Sealed[Receipt]


class Register(Noted, Command, of="intake.register", reply=Registered):
    """Register a letter; answered only after the commit (law 1)."""

    channel_of_arrival: Channel
    authority_id: DirectoryId
    letter: Sealed[Letter]
    slip: Sealed[Slip] | None = None


class Previewed(Reply):
    """The working copy, sealed to the asking service."""

    working_copy: Sealed[WorkingCopy]


class Preview(Query, of="intake.preview", reply=Previewed):
    """What would be masked of a letter that is being typed; nothing is kept."""

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


class Split(Command, of="intake.split", reply=Separated):
    """Separate the contents of a mixed letter; each part becomes a letter with a receipt of its own."""

    case_id: UUID
    parts: Annotated[list[Part], Field(min_length=2, max_length=10)]
    pin: Sealed[Pin]
    """PIN of the new receipts, chosen by the sender or put on the notice to him."""


class IssuedSlips(Reply):
    """Slips to print, sealed to the asking service."""

    count: int
    slips: Sealed[SlipSheet]


class IssueSlips(Command, of="intake.issue_slips", reply=IssuedSlips):
    """The superior's registry issues slips for sealed hand-over at the desks below it."""

    authority_id: DirectoryId
    count: Annotated[int, Field(ge=1, le=100)]


class BoxMinutes(Reply):
    """The box that letters can now be registered from."""

    box_id: UUID


class OpenBox(Command, of="intake.open_box", reply=BoxMinutes):
    """Two people opened the box and count what was in it."""

    authority_id: DirectoryId
    opened_on: date
    letters: Annotated[int, Field(ge=0, le=500)]
    minutes_number: DocumentNumber
    second_person_id: DirectoryId


class CorrectReceipt(Command, of="intake.correct_receipt"):
    """Correct a received day that was entered wrongly, with reason and paper; the adviser above is alerted (law 6)."""

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


class Track(Query, of="intake.track", reply=Tracked):
    """Find the case of a receipt; wrong code and wrong PIN get the same answer. Tries are limited."""

    claim: Sealed[TrackingClaim]


class Opened(Reply):
    """A protected document, sealed to the asking service."""

    document: Sealed[DocumentText]


class OpenDocument(Query, of="intake.document", reply=Opened):
    """Read a protected document; actor and purpose are recorded before the answer."""

    case_id: UUID
    document: DocumentKind
    purpose: Purpose


class IntakeCounters(Query, of="intake.counters", reply=Counters):
    """Law counters of intake."""
