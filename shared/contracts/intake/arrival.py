"""How a letter arrived: said once, by the desk, and told on by the vault."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Contract
from shared.contracts.vocabulary import Body, DirectoryId, Kind


class Arrival(Contract):
    """What the house is told of a letter's arrival."""

    received_on: date
    letter_on: date | None = None
    postmark_on: date | None = None
    signed: bool
    forwarded_by: Body | None = None


class Noted(Arrival):
    """What a desk notes in the open beside the letter's protected content."""

    kind_ticked: Kind | None = None
    against: Annotated[list[DirectoryId], Field(default_factory=list, max_length=20)]
    forwarding_on: date | None = None
    """Date of the covering paper."""
    far_back: bool = False
    """Whoever registers says that a receipt long ago is right."""
    box_id: UUID | None = None
