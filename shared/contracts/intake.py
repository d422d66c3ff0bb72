"""intake: petitions, receipts, the vault's protected reads. Letter text and identity never appear here in the clear."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Command, Contract, Counters, Event, Protected, Query, Reply, Sealed
from shared.contracts.vocabulary import (
    Body,
    Channel,
    Code,
    DirectoryId,
    DocumentKind,
    DocumentNumber,
    Flag,
    Kind,
    Purpose,
    RegisterNumber,
)

SERVICE = "intake"
LETTER_LIMIT = 200_000
"""Greatest length of a letter's text in characters."""


class KindScore(Contract):
    """How strongly the letter reads as one kind, 0 to 1."""

    kind: Kind
    score: Annotated[float, Field(ge=0, le=1)]


class Evidence(Contract):
    """Where a lexicon rule matched: character offsets in the working text."""

    rule: Code
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class PetitionRegistered(Event):
    """A letter was received, sealed and receipted. `case_id` is random and shows no order or count."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "petition"
    verb: ClassVar[str] = "registered"

    channel: Channel
    authority_id: DirectoryId
    received_on: date
    letter_on: date | None = None
    postmark_on: date | None = None
    signed: bool
    registered_by: DirectoryId | None = None
    forwarded_by: Body | None = None
    forwarding_number: DocumentNumber | None = None
    under_slip: bool = False
    """The letter was handed over sealed, under a slip of the superior's registry."""
    split_from: UUID | None = None
    """The envelope this content was separated from; named only here, where the more protected part can be read."""


class PetitionRead(Event):
    """Signals read from the letter where it is kept; no text leaves the vault."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "petition"
    verb: ClassVar[str] = "read"

    authority_id: DirectoryId
    channel: Channel
    signed: bool
    received_on: date
    kind_ticked: Kind | None = None
    scores: list[KindScore]
    abstained: bool
    flags: list[Flag]
    against: list[DirectoryId]
    evidence: Annotated[list[Evidence], Field(max_length=200)]
    lexicon: Code
    transferred_before: bool = False
    """The content was part of a letter that had been transferred; it is not transferred again (XL-14)."""


class PetitionNumbered(Event):
    """The register number, drawn from the series of the confirmed kind, so that no series has a gap."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "petition"
    verb: ClassVar[str] = "numbered"

    number: RegisterNumber
    kind: Kind
    authority_id: DirectoryId


class PetitionSplit(Event):
    """The contents of a letter were separated; says how many, never which."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "petition"
    verb: ClassVar[str] = "split"

    authority_id: DirectoryId
    parts: Annotated[int, Field(ge=2, le=10)]
    split_by: DirectoryId


class SlipsIssued(Event):
    """The superior's registry issued numbered slips for sealed hand-overs; no desk is told of any of them."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "slips"
    verb: ClassVar[str] = "issued"

    authority_id: DirectoryId
    count: int
    issued_by: DirectoryId


class BoxOpened(Event):
    """A suggestion box was opened by two, with minutes."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "box"
    verb: ClassVar[str] = "opened"

    authority_id: DirectoryId
    opened_on: date
    letters: Annotated[int, Field(ge=0, le=500)]
    minutes_number: DocumentNumber
    opened_by: list[DirectoryId]


class DocumentOpened(Event):
    """A protected document was about to be shown to a named person; committed before the first byte left."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "document"
    verb: ClassVar[str] = "opened"

    document: DocumentKind
    purpose: Purpose
    opened_by: DirectoryId


class Letter(Protected):
    """A letter as the desk types it. Goes sealed to intake and from there only into the vault."""

    sender_name: str = ""
    sender_id_number: str = ""
    sender_address: str = ""
    phone: str = ""
    email: str = ""
    text: str
    pin: str


class Receipt(Protected):
    """What is printed for the sender: the code that, with the PIN, opens the tracking page."""

    code: str


class TrackingClaim(Protected):
    """What the sender types on the public tracking page."""

    code: str
    pin: str


class Slip(Protected):
    """Number of a slip that the desk handed out for a sealed envelope."""

    number: str


class SlipSheet(Protected):
    """Numbers of fresh slips."""

    numbers: list[str]


class Pin(Protected):
    """A PIN."""

    pin: str


class DocumentText(Protected):
    """Text of a protected document."""

    text: str


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
    forwarding_number: DocumentNumber | None = None
    slip: Sealed[Slip] | None = None
    box_id: UUID | None = None


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
