"""notify: alerts to officials, their delivery and acknowledgement."""

from datetime import date, datetime
from uuid import UUID

from shared.contracts.base import Command, Counters, Event, Query
from shared.contracts.vocabulary import DirectoryId, Medium, RuleId, Rung


class AlertRaised(Event, of="notify.alert.raised"):
    """An alert stands in an official's inbox."""

    alert_id: UUID
    clock_id: UUID
    rule: RuleId
    rung: Rung
    recipient_id: DirectoryId
    due_on: date
    acknowledge_by: datetime


class AlertDelivered(Event, of="notify.alert.delivered"):
    """A medium took the alert (for mail: the server answered 250)."""

    alert_id: UUID
    medium: Medium
    recipient_id: DirectoryId


class AlertAcknowledged(Event, of="notify.alert.acknowledged"):
    """The recipient said that he has seen it."""

    alert_id: UUID
    clock_id: UUID
    acknowledged_by: DirectoryId


class Acknowledge(Command, of="notify.acknowledge"):
    """Acknowledge an alert; only its recipient may."""

    alert_id: UUID


class NotifyCounters(Query, of="notify.counters", reply=Counters):
    """Law counters of notify."""
