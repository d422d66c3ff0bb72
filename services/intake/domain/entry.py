"""A petition as it is entered: what arrived, where it lies, who entered it."""

from datetime import date
from uuid import UUID

from shared.contracts.intake import Arrival
from shared.contracts.vocabulary import Channel


class Entry(Arrival):
    """A row of a fresh petition."""

    case_id: UUID
    channel: Channel
    authority_id: str
    registered_by: str
    forwarding_on: date | None = None
    at_since: date
    """When this authority received it."""
    transferred: bool = False
    recorded_on: date | None = None
    desk_id: str
    """The authority whose desk answers for the first receipt."""
