"""Facts about petitions, slips, boxes and protected documents. No letter text and no identity, not even sealed."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Contract, Event
from shared.contracts.intake.arrival import Arrival
from shared.contracts.vocabulary import (
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


class KindScore(Contract):
    """How strongly the letter reads as one kind, 0 to 1."""

    kind: Kind
    score: Annotated[float, Field(ge=0, le=1)]


class Evidence(Contract):
    """Where a lexicon rule matched: character offsets in the working text."""

    rule: Code
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class PetitionRegistered(Arrival, Event, of="intake.petition.registered"):
    """A letter was received, sealed and receipted. `case_id` is random and shows no order or count."""

    channel: Channel
    authority_id: DirectoryId
    registered_by: DirectoryId | None = None
    forwarding_number: DocumentNumber | None = None
    """No longer told: kept sealed with the letter."""
    under_slip: bool = False
    """The letter was handed over sealed, under a slip of the superior's registry."""
    split_from: UUID | None = None
    """The envelope this content was separated from; named only here, where the more protected part can be read."""


class PetitionRead(Event, of="intake.petition.read"):
    """Signals read from the letter where it is kept; no text leaves the vault."""

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


class PetitionNumbered(Event, of="intake.petition.numbered"):
    """The register number, drawn from the series of the confirmed kind, so that no series has a gap."""

    number: RegisterNumber
    kind: Kind
    authority_id: DirectoryId


class PetitionSplit(Event, of="intake.petition.split"):
    """The contents of a letter were separated; says how many, never which."""

    authority_id: DirectoryId
    parts: Annotated[int, Field(ge=2, le=10)]
    split_by: DirectoryId


class SlipsIssued(Event, of="intake.slips.issued"):
    """The superior's registry issued numbered slips for sealed hand-overs; no desk is told of any of them."""

    authority_id: DirectoryId
    count: int
    issued_by: DirectoryId


class BoxOpened(Event, of="intake.box.opened"):
    """A suggestion box was opened by two, with minutes."""

    authority_id: DirectoryId
    opened_on: date
    letters: Annotated[int, Field(ge=0, le=500)]
    minutes_number: DocumentNumber
    opened_by: list[DirectoryId]


class ReceiptCorrected(Event, of="intake.receipt.corrected"):
    """The received day was entered wrongly and is corrected by a paper; why stays in the vault."""

    authority_id: DirectoryId
    """The desk whose receipt it is."""
    was_on: date
    received_on: date
    """The first receipt anywhere, as it is now known."""
    document_number: DocumentNumber
    document_on: date
    """Of the paper that orders or proves the correction."""
    corrected_by: DirectoryId
    transferred: bool = False
    """The letter had left this desk: where it lies now, terms count from a receipt of their own."""


class DocumentOpened(Event, of="intake.document.opened"):
    """A protected document was about to be shown to a named person; committed before the first byte left."""

    document: DocumentKind
    purpose: Purpose
    opened_by: DirectoryId
