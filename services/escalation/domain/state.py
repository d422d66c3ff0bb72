"""State of a watched case and of its clocks."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.vocabulary import Kind, Rung


@dataclass(frozen=True, slots=True)
class Clock:
    """One term that runs against one authority, and where its ladder stands."""

    clock_id: UUID
    case_id: UUID
    rule: str
    authority_id: str
    starts_on: date
    due_on: date
    due_at: datetime
    correlation_id: UUID
    """Correlation id of the legal event that the clock hangs on."""
    traceparent: str
    """Trace of that event, so that one trace runs from the desk to the alert."""
    step: int
    """Number of the next rung to fire, from 0."""
    next_rung: Rung | None
    next_fire_at: datetime | None
    """Always set while the clock is live (law 5)."""
    reached: Rung | None = None
    """Highest level of the ladder that was alerted."""
    awaited_id: str | None = None
    """Whose acknowledgement of the last rung is waited for."""
    unheard: bool = False
    """The last rung found nobody who may lawfully be alerted."""
    live: bool = True
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """A case with its clocks."""

    case_id: UUID
    kind: Kind
    holder_id: str
    excluded: tuple[str, ...]
    """Officers from whom the case is hidden; never alerted."""
    received_on: date
    """First receipt anywhere: total waiting is counted from here and nothing moves it (law 6)."""
    accepted_on: date | None = None
    clocks: tuple[Clock, ...] = ()
    version: int = 0
