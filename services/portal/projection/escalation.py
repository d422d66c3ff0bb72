"""Rows from events of escalation."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.contracts.bus.envelope import Envelope
from shared.contracts.escalation import ClockBreached, ClockEnded, ClockMoved, ClockPaused, ClockStarted, ClockWarned

Row = dict[str, Any]


@dataclass(slots=True)
class ClockChanges:
    """What a batch does to `clock_view`. A clock starts before anything else happens to it."""

    started: list[Row] = field(default_factory=list)
    warned: list[Row] = field(default_factory=list)
    breached: list[Row] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)
    paused: list[Row] = field(default_factory=list)
    moved: list[Row] = field(default_factory=list)

    def pause(self, clock_id: str, on: date, row: Row) -> None:
        """Let a clock rest, also one that moved earlier in the batch."""
        self.paused.append(row | {"clock_id": clock_id, "paused_on": on})
        for moved in self.moved:
            if moved["clock_id"] == clock_id:
                moved["paused_on"] = on

    @property
    def cases_to_date(self) -> list[str]:
        """Cases whose nearest due date may have changed."""
        changed = (*self.started, *self.ended, *self.paused, *self.moved)
        return sorted({row["case_id"] for row in changed})


def clock_changes(events: Iterable[Envelope]) -> ClockChanges:
    """Changes of clocks, in the order of the events."""
    changes = ClockChanges()
    for envelope in events:
        row: Row = {"case_id": str(envelope.case_id), "at": envelope.recorded_at}
        match envelope.event:
            case ClockStarted() as event:
                changes.started.append(row | event.model_dump(mode="json"))
            case ClockPaused() as event:
                changes.pause(str(event.clock_id), event.paused_on, row)
            case ClockMoved() as event:
                changes.moved.append(row | event.model_dump(mode="json"))
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
