"""Rows from events of escalation."""

from collections.abc import Iterable
from dataclasses import dataclass, field
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

    def move(self, row: Row) -> None:
        """A clock starts anew towards another day: what happened to it earlier in the batch no longer shows."""
        for rows in (self.warned, self.breached, self.paused, self.moved):
            rows[:] = [each for each in rows if each["clock_id"] != row["clock_id"]]
        self.moved.append(row)

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
                changes.paused.append(row | {"clock_id": str(event.clock_id), "paused_on": event.paused_on})
            case ClockMoved() as event:
                changes.move(row | event.model_dump(mode="json"))
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
