"""What programs may say to the JSON API. Acts on one case say the fields of their contracts (`web/acts.py`)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.base import Protected
from shared.contracts.intake import Letter, Noted, Part
from shared.contracts.vocabulary import Channel, DirectoryId, DocumentNumber, Kind


class Credentials(Protected):
    """Who wants a session."""

    username: Annotated[str, Field(max_length=60)]
    password: Annotated[str, Field(max_length=200)]


class Petition(Noted, Protected):
    """A letter as the desk sends it."""

    signed: bool = True
    letter: Letter
    channel: Channel = Channel.COUNTER
    forwarding_number: Annotated[str, Field(max_length=60)] = ""
    slip: Annotated[str, Field(max_length=40)] = ""


class Asked(BaseModel):
    """What a command says."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Confirmation(Asked):
    """Confirms the proposal as it is, or with what is given instead."""

    version: Annotated[int, Field(ge=0)]
    kind: Kind | None = None
    level: Annotated[int, Field(ge=1, le=2)] | None = None
    competent_authority_id: DirectoryId | None = None
    holder_id: DirectoryId | None = None
    nobody_denounced: bool = False


class ConfirmationOf(Confirmation):
    """One of many confirmations."""

    case_id: UUID


class Confirmations(Asked):
    """Up to 200 confirmations, each with its own version, check and result."""

    items: Annotated[list[ConfirmationOf], Field(min_length=1, max_length=200)]


class Separation(Protected):
    """The contents of a mixed letter, and the PIN of their receipts when the sender chose one."""

    parts: Annotated[list[Part], Field(min_length=2, max_length=10)]
    pin: str = ""


class SlipOrder(Asked):
    """How many slips to issue."""

    count: Annotated[int, Field(ge=1, le=100)]


class Opening(Asked):
    """Minutes of a box that two people opened."""

    opened_on: date
    letters: Annotated[int, Field(ge=0, le=500)]
    minutes_number: DocumentNumber
    second_person_id: DirectoryId
