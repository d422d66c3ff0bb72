"""intake: petitions, receipts, the vault's protected reads. Letter text and identity never appear here in the clear."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Command, Contract, Counters, Event, Protected, Query, Reply, Sealed
from shared.contracts.vocabulary import (
    Channel,
    Code,
    DirectoryId,
    DocumentKind,
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


class PetitionRead(Event):
    """Signals read from the letter where it is kept; no text leaves the vault."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "petition"
    verb: ClassVar[str] = "read"

    authority_id: DirectoryId
    received_on: date
    kind_ticked: Kind | None = None
    scores: list[KindScore]
    abstained: bool
    flags: list[Flag]
    against: list[DirectoryId]
    evidence: Annotated[list[Evidence], Field(max_length=200)]
    lexicon: Code


class PetitionNumbered(Event):
    """The register number, drawn from the series of the confirmed kind, so that no series has a gap."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "petition"
    verb: ClassVar[str] = "numbered"

    number: RegisterNumber
    kind: Kind
    authority_id: DirectoryId


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
