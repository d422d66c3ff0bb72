"""What every service emits about its own work: refusals, events it could not digest, and the operator's commands."""

from datetime import datetime
from functools import cache
from uuid import UUID

from pydantic import create_model

from shared.contracts.base import Command, Event, Reply
from shared.contracts.vocabulary import Code, DirectoryId, ErrorCode

SERVICES = ("intake", "routing", "casework", "escalation", "notify", "audit", "portal")
"""The seven services, in the order in which they start."""


class CommandRefused(Event, of="command.refused"):
    """A named person's command was refused (law 11 chains refused commands)."""

    command: Code
    code: ErrorCode
    refused_to: DirectoryId


class EventHeld(Event, of="event.held"):
    """An event could not be digested and rests in `held`; later events of its case wait behind it."""

    event_id: UUID
    event_type: Code
    held_case_id: UUID
    error: Code


class EventReleased(Event, of="event.released"):
    """A held event was applied, or discarded by the operator."""

    event_id: UUID
    held_case_id: UUID
    discarded: bool


@cache
def of(service: str, base: type[Event]) -> type[Event]:
    """The house event `base` as `service` emits it."""
    name = f"{service.capitalize()}{base.__name__}"
    named = {"of": f"{service}.{base.of}"}
    return create_model(name, __base__=base, __module__=__name__, __doc__=base.__doc__, __cls_kwargs__=named)


class ClockMoved(Reply):
    """Case time after the move."""

    case_now: datetime


class JumpClock(Command, of="steward.jump", reply=ClockMoved):
    """Move the virtual clock forward; answered by the supervisor, which exists only in a demo or test realm."""

    to: datetime
