"""routing: proposals of kind, competence and holder, and their confirmation by a named person."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Command, Contract, Counters, Error, Event, OnCase, Paper, Query, Reply
from shared.contracts.vocabulary import (
    Body,
    Code,
    DirectoryId,
    DocumentNumber,
    FilingGround,
    Kind,
    Proof,
    ReturnReason,
    RuleId,
)

Level = Annotated[int, Field(ge=1, le=2)]
"""First or second time of a complaint."""


class ClassificationProposed(Event, of="routing.classification.proposed"):
    """What the machine proposes, and who must confirm it. Until confirmed the letter is treated as a denunciation."""

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


class ClassificationConfirmed(Event, of="routing.classification.confirmed"):
    """A named person said what the letter is, who is competent and who holds it."""

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
    nobody_denounced: bool = False
    """The person who confirmed said that nothing in the letter denounces anybody."""


class LetterTransferred(Paper, Event, of="routing.letter.transferred"):
    """The letter was dispatched to another body: the sender's clock ends, the transfer is tracked from now on."""

    kind: Kind
    from_authority_id: DirectoryId
    to_authority_id: DirectoryId | None = None
    to_body: Body | None = None
    to_handler_id: DirectoryId | None = None
    dispatched_on: date
    proof: Proof
    transferred_by: DirectoryId
    rules: list[RuleId]
    excluded: list[DirectoryId]
    received_on: date
    """First receipt anywhere."""
    nobody_denounced: bool = False


class TransferReceived(Event, of="routing.transfer.received"):
    """The receiving authority has the letter; its own clocks count from this receipt."""

    authority_id: DirectoryId
    received_on: date
    received_by: DirectoryId


class TransferReturned(Event, of="routing.transfer.returned"):
    """The receiving authority returned the letter with a reason; the common superior settles competence."""

    from_authority_id: DirectoryId
    superior_authority_id: DirectoryId
    superior_handler_id: DirectoryId
    reason: ReturnReason
    returned_on: date
    returned_by: DirectoryId


class LetterGuided(Paper, Event, of="routing.letter.guided"):
    """The sender was told, once, where the letter belongs (hướng dẫn)."""

    kind: Kind
    authority_id: DirectoryId
    guided_on: date
    proof: Proof
    guided_by: DirectoryId
    rules: list[RuleId]


class LetterFiled(Event, of="routing.letter.filed"):
    """The letter was filed (xếp lưu đơn), with a ground."""

    kind: Kind | None
    authority_id: DirectoryId
    ground: FilingGround
    filed_on: date
    filed_by: DirectoryId
    rules: list[RuleId]


class LetterSplit(Event, of="routing.letter.split"):
    """The letter's contents were separated: each is a letter of its own now, this one is their envelope."""

    authority_id: DirectoryId
    split_on: date
    parts: Annotated[int, Field(ge=2, le=10)]


class ConfirmItem(OnCase):
    """One confirmation or correction."""

    kind: Kind
    level: Level = 1
    competent_authority_id: DirectoryId
    holder_id: DirectoryId
    nobody_denounced: bool = False
    """The answer to whether the letter denounces somebody; demanded for every kind that is no denunciation."""


class ItemResult(Contract):
    """What became of one item: its new version, or the reason it was refused."""

    case_id: UUID
    version: int | None = None
    error: Error | None = None


class Confirmed(Reply):
    """One result per item, in the order asked."""

    results: list[ItemResult]


class Confirm(Command, of="routing.confirm", reply=Confirmed):
    """Confirm up to 200 proposals; each item has its own version, check and ledger entry."""

    items: Annotated[list[ConfirmItem], Field(min_length=1, max_length=200)]


class Transfer(OnCase, Command, of="routing.transfer"):
    """Dispatch a letter that is not ours (TT05/2021 Đ14, Đ20): once per sender and content, with form and proof."""

    kind: Kind
    to_authority_id: DirectoryId | None = None
    to_body: Body | None = None
    document_number: DocumentNumber
    dispatched_on: date
    proof: Proof
    nobody_denounced: bool = False
    """As for confirming; demanded inside the house."""


class ReceiveTransfer(OnCase, Command, of="routing.receive_transfer"):
    """The receiving authority's handler says that the letter arrived."""

    received_on: date


class ReturnTransfer(OnCase, Command, of="routing.return_transfer"):
    """The receiving authority returns the letter with a reason, to the common superior."""

    reason: ReturnReason


class Guide(OnCase, Command, of="routing.guide"):
    """Tell the sender where a complaint belongs (LKN, TT05): once per sender and content."""

    kind: Kind
    document_number: DocumentNumber
    guided_on: date
    proof: Proof


class File(OnCase, Command, of="routing.file"):
    """File a letter (xếp lưu đơn) with a ground."""

    kind: Kind | None = None
    ground: FilingGround


class RoutingCounters(Query, of="routing.counters", reply=Counters):
    """Law counters of routing."""
