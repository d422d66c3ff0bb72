"""notify: alerts to officials, their delivery and acknowledgement."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Command, Counters, Event, Query, Reply
from shared.contracts.vocabulary import DirectoryId, Medium, RuleId, Rung

SERVICE = "notify"


class AlertRaised(Event):
    """An alert stands in an official's inbox."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "alert"
    verb: ClassVar[str] = "raised"

    alert_id: UUID
    clock_id: UUID
    rule: RuleId
    rung: Rung
    recipient_id: DirectoryId
    due_on: date
    acknowledge_by: datetime


class AlertDelivered(Event):
    """A medium took the alert (for mail: the server answered 250)."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "alert"
    verb: ClassVar[str] = "delivered"

    alert_id: UUID
    medium: Medium
    recipient_id: DirectoryId


class AlertAcknowledged(Event):
    """The recipient said that he has seen it."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "alert"
    verb: ClassVar[str] = "acknowledged"

    alert_id: UUID
    clock_id: UUID
    acknowledged_by: DirectoryId


class Acknowledge(Command):
    """Acknowledge an alert; only its recipient may."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "acknowledge"

    alert_id: UUID


class NotifyCounters(Query):
    """Law counters of notify."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "counters"
    reply: ClassVar[type[Reply]] = Counters
