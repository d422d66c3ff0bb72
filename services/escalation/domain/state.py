"""State of a watched case and of its clocks."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.contracts.vocabulary import Duty, Kind, Rung


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
    duty: Duty | None = None
    """What it waits for; clocks of before did not say it and end with any act."""
    extended: int | None = None
    """By how many days papers have lengthened it."""
    counted_from: date | None = None
    remaining: int | None = None
    """From which day how many units run, once it was suspended; else from the start, all of them."""
    paused_on: date | None = None
    """Suspended since: not live, and not ended."""

    @property
    def stands(self) -> bool:
        """Whether it still waits for its duty, running or suspended."""
        return self.ended_on is None


class Phase(StrEnum):
    """How far a watched case is, as far as its clocks are concerned."""

    LETTER = "letter"
    """At a desk or under way to another one; nobody said yet what it is."""
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    """Refused or decided: a notice is owed, then the file is to be closed."""
    CLOSED = "closed"
    """Closed, guided, filed, split or sent outside the house: no clock runs and none will."""


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that is no step of a ladder, fired by an event."""

    clock_id: UUID
    step: int
    recipient_id: str
    rung: Rung
    at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """A case with its clocks; at least one of them is live until it is closed (law 5)."""

    case_id: UUID
    phase: Phase
    kind: Kind | None
    """None while nobody can say."""
    holder_id: str
    """Who has to act now: letter handler, then holder."""
    excluded: tuple[str, ...]
    """Officers from whom the case is hidden; never alerted."""
    received_on: date
    """First receipt anywhere: total waiting is counted from here. Only a correction with reason and paper moves it."""
    received_here_on: date
    """Receipt at the authority whose clocks run."""
    clocks: tuple[Clock, ...] = ()
    version: int = 0
    level: int = 1
    """Of a complaint: first or second time."""
    transferred: bool = False
    """Dispatched inside the house once: terms count from a receipt of their own, not from the first."""
    told: tuple[Told, ...] = ()
    """Alerts beside the ladder since the case was loaded."""

    @property
    def running(self) -> tuple[Clock, ...]:
        """Clocks that run."""
        return tuple(clock for clock in self.clocks if clock.live)

    def live(self, *duties: Duty) -> tuple[Clock, ...]:
        """Clocks that run for these duties."""
        return tuple(clock for clock in self.running if clock.duty in duties)
