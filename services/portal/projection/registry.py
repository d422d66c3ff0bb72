"""Rows from what registries do beside letters: boxes opened, slips issued."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.bus.envelope import Envelope
from shared.contracts.intake import BoxOpened, SlipsIssued


@dataclass(slots=True)
class RegistryChanges:
    """What a batch adds to `box_view` and `slips_view`."""

    boxes: list[dict[str, Any]] = field(default_factory=list)
    slips: list[dict[str, Any]] = field(default_factory=list)


def registry_changes(events: Iterable[Envelope]) -> RegistryChanges:
    """Boxes and sheets of slips, each an aggregate of its own."""
    changes = RegistryChanges()
    for envelope in events:
        match envelope.event:
            case BoxOpened() as event:
                changes.boxes.append({"box_id": envelope.aggregate_id} | event.model_dump(mode="json"))
            case SlipsIssued() as event:
                row = {"slips_id": envelope.aggregate_id, "issued_at": envelope.recorded_at}
                changes.slips.append(row | event.model_dump(mode="json"))
    return changes
