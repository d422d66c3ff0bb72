"""What every service emits about its own work: refusals, events it could not digest, and the operator's commands."""

from datetime import datetime
from functools import cache
from typing import ClassVar
from uuid import UUID

from pydantic import create_model

from shared.contracts.base import Command, Event, Reply
from shared.contracts.vocabulary import Code, DirectoryId, ErrorCode

SERVICES = ("intake", "routing", "casework", "escalation", "notify", "audit", "portal")
"""The seven services, in the order in which they start."""


class CommandRefused(Event):
    """A named person's command was refused (law 11 chains refused commands)."""

    noun: ClassVar[str] = "command"
    verb: ClassVar[str] = "refused"

    command: Code
    code: ErrorCode
    refused_to: DirectoryId


class EventHeld(Event):
    """An event could not be digested and rests in `held`; later events of its case wait behind it."""

    noun: ClassVar[str] = "event"
    verb: ClassVar[str] = "held"

    event_id: UUID
    event_type: Code
    held_case_id: UUID
    error: Code


class EventReleased(Event):
    """A held event was applied, or discarded by the operator."""

    noun: ClassVar[str] = "event"
    verb: ClassVar[str] = "released"

    event_id: UUID
    held_case_id: UUID
    discarded: bool


@cache
def of(service: str, base: type[Event]) -> type[Event]:
    """The house event `base` as `service` emits it."""
    name = f"{service.capitalize()}{base.__name__}"
    model = create_model(name, __base__=base, __module__=__name__, __doc__=base.__doc__)
    model.service = service
    return model


class ClockMoved(Reply):
    """Case time after the move."""

    case_now: datetime


class JumpClock(Command):
    """Move the virtual clock forward; answered by the supervisor, which exists only in a demo or test realm."""

    service: ClassVar[str] = "steward"
    name: ClassVar[str] = "jump"
    reply: ClassVar[type[Reply]] = ClockMoved

    to: datetime
