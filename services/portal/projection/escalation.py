"""Rows from events of escalation."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from shared.contracts.bus.envelope import Envelope
from shared.contracts.escalation import ClockBreached, ClockEnded, ClockStarted, ClockWarned

Row = dict[str, Any]


@dataclass(slots=True)
class ClockChanges:
    """What a batch does to `clock_view`. A clock starts before anything else happens to it."""

    started: list[Row] = field(default_factory=list)
    warned: list[Row] = field(default_factory=list)
    breached: list[Row] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)

    @property
    def cases_to_date(self) -> list[str]:
        """Cases whose nearest due date may have changed."""
        return sorted({row["case_id"] for row in (*self.started, *self.ended)})


def clock_changes(events: Iterable[Envelope]) -> ClockChanges:
    """Changes of clocks, in the order of the events."""
    changes = ClockChanges()
    for envelope in events:
        row: Row = {"case_id": str(envelope.case_id), "at": envelope.recorded_at}
        match envelope.event:
            case ClockStarted() as event:
                changes.started.append(row | event.model_dump(mode="json"))
            case ClockWarned() as event:
                changes.warned.append(row | {"clock_id": str(event.clock_id)})
            case ClockBreached() as event:
                changes.breached.append(row | {"clock_id": str(event.clock_id)})
            case ClockEnded() as event:
                changes.ended.append(
                    row
                    | {
                        "clock_id": str(event.clock_id),
                        "ended_on": event.ended_on,
                        "end_reason": event.reason,
                        "late": event.late,
                    }
                )
    return changes
