"""Rows from what every service says about its own work: stuck events."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.contracts.bus.envelope import Envelope
from shared.contracts.house import EventHeld, EventReleased


@dataclass(slots=True)
class StuckChanges:
    """What a batch does to `stuck_view`."""

    held: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    released: list[dict[str, Any]] = field(default_factory=list)
    cases: set[UUID] = field(default_factory=set)
    """Cases that a held event belongs to."""


def stuck_changes(events: Iterable[Envelope]) -> StuckChanges:
    """Events that came to rest and those that were let go, what was both within the batch only as let go."""
    changes = StuckChanges()
    for envelope in events:
        match envelope.event:
            case EventHeld() as event:
                changes.cases.add(event.held_case_id)
                key = (str(event.event_id), envelope.service)
                row = {"service": envelope.service, "held_at": envelope.recorded_at}
                changes.held[key] = row | event.model_dump(mode="json")
            case EventReleased() as event:
                changes.cases.add(event.held_case_id)
                key = (str(event.event_id), envelope.service)
                changes.held.pop(key, None)
                changes.released.append({"event_id": key[0], "service": key[1]})
    return changes
