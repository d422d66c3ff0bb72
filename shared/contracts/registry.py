"""Which events exist, in which version, and who emits and consumes what."""

from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

from pydantic import ValidationError

from shared.contracts import audit, casework, escalation, house, intake, notify, portal, routing
from shared.contracts.base import Command, Event

C = TypeVar("C", Event, Command)

MODULES: tuple[ModuleType, ...] = (intake, routing, casework, escalation, notify, audit, portal)


class UnknownEvent(ValueError):
    """No such event type, or a version later than this code knows."""

    code = "unknown_event"


class MalformedEvent(ValueError):
    """A body that does not fit its contract; carries no value of it."""

    code = "malformed_event"


def _classes(module: ModuleType, base: type[C]) -> Iterator[type[C]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, base) and value.__module__.startswith(module.__name__):
            yield value


_EVENT_CLASSES: tuple[type[Event], ...] = (
    *(event for module in MODULES for event in _classes(module, Event)),
    *(
        house.of(service, base)
        for service in house.SERVICES
        for base in (house.CommandRefused, house.EventHeld, house.EventReleased)
    ),
)
_COMMAND_CLASSES: tuple[type[Command], ...] = (
    *(command for module in MODULES for command in _classes(module, Command)),
    house.JumpClock,
)

EVENTS: dict[tuple[str, int], type[Event]] = {(event.type(), event.version): event for event in _EVENT_CLASSES}
"""Every released event by type and version."""

COMMANDS: dict[str, type[Command]] = {command.subject(): command for command in _COMMAND_CLASSES}
"""Every command and query by subject."""


def event_class(event_type: str, version: int) -> type[Event]:
    """Class of an event type in a version.

    Raises:
        UnknownEvent: this code does not know it; the reader holds the event until it is upgraded.
    """
    try:
        return EVENTS[event_type, version]
    except KeyError:
        raise UnknownEvent from None


def parse_event(event_type: str, version: int, body: bytes) -> Event:
    """Parse and validate an event's body.

    Raises:
        UnknownEvent: unknown type or version.
        MalformedEvent: the body does not fit.
    """
    model = event_class(event_type, version)
    try:
        return model.model_validate_json(body)
    except ValidationError:
        raise MalformedEvent from None
