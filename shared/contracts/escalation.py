"""escalation: statutory clocks, warnings, breaches and the ladder."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Contract, Counters, Event, Query
from shared.contracts.vocabulary import (
    CalendarVersion,
    Code,
    DirectoryId,
    DocumentNumber,
    Duty,
    EndReason,
    MoveReason,
    RuleId,
    Rung,
)


class OfClock(Contract):
    """Which clock, and the rule it runs by."""

    clock_id: UUID
    rule: RuleId


class ClockStarted(OfClock, Event, of="escalation.clock.started"):
    """A statutory term began to run; the due date says rule, law version and calendar version."""

    authority_id: DirectoryId
    starts_on: date
    due_on: date
    due_at: datetime
    warn_at: datetime
    amount: int
    unit: Code
    law_version: CalendarVersion
    calendar_version: CalendarVersion
    provisional: bool
    duty: Duty | None = None
    """What the clock waits for; clocks of before did not say it."""


class ClockPaused(OfClock, Event, of="escalation.clock.paused"):
    """A signed paper suspended the case: the term rests with what is left of it."""

    paused_on: date
    left: Annotated[int, Field(ge=0)]
    document_number: DocumentNumber


class ClockMoved(OfClock, Event, of="escalation.clock.moved"):
    """A signed paper moved the due date, and why; nothing else ever does (law 6)."""

    reason: MoveReason
    document_number: DocumentNumber
    due_on: date
    due_at: datetime
    warn_at: datetime
    amount: int
    counted_from: date
    left: Annotated[int, Field(ge=0)]
    calendar_version: CalendarVersion
    provisional: bool


class ClockWarned(OfClock, Event, of="escalation.clock.warned"):
    """The term will soon end."""


class ClockBreached(OfClock, Event, of="escalation.clock.breached"):
    """The term ended and the act was not done."""

    due_on: date


class ClockEnded(OfClock, Event, of="escalation.clock.ended"):
    """The clock no longer runs."""

    reason: EndReason
    ended_on: date
    late: bool


class RungFired(OfClock, Event, of="escalation.rung.fired"):
    """A step of the ladder: this person must be alerted and acknowledge by then (case time)."""

    rung: Rung
    step: Annotated[int, Field(ge=0)]
    recipient_id: DirectoryId
    recipient_authority_id: DirectoryId
    via: Code
    due_on: date
    acknowledge_by: datetime


class EscalationCounters(Query, of="escalation.counters", reply=Counters):
    """Law counters of escalation."""
