"""escalation: statutory clocks, warnings, breaches and the ladder."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Counters, Event, Query, Reply
from shared.contracts.vocabulary import CalendarVersion, Code, DirectoryId, EndReason, RuleId, Rung

SERVICE = "escalation"


class ClockStarted(Event):
    """A statutory term began to run; the due date says rule, law version and calendar version."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "clock"
    verb: ClassVar[str] = "started"

    clock_id: UUID
    rule: RuleId
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


class ClockWarned(Event):
    """The term will soon end."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "clock"
    verb: ClassVar[str] = "warned"

    clock_id: UUID
    rule: RuleId


class ClockBreached(Event):
    """The term ended and the act was not done."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "clock"
    verb: ClassVar[str] = "breached"

    clock_id: UUID
    rule: RuleId
    due_on: date


class ClockEnded(Event):
    """The clock no longer runs."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "clock"
    verb: ClassVar[str] = "ended"

    clock_id: UUID
    rule: RuleId
    reason: EndReason
    ended_on: date
    late: bool


class RungFired(Event):
    """A step of the ladder: this person must be alerted and acknowledge by then (case time)."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "rung"
    verb: ClassVar[str] = "fired"

    clock_id: UUID
    rule: RuleId
    rung: Rung
    step: Annotated[int, Field(ge=0)]
    recipient_id: DirectoryId
    recipient_authority_id: DirectoryId
    via: Code
    due_on: date
    acknowledge_by: datetime


class EscalationCounters(Query):
    """Law counters of escalation."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "counters"
    reply: ClassVar[type[Reply]] = Counters
