"""Pure decisions: a fired rung becomes an alert, a medium takes it, its recipient acknowledges it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid5

from shared.contracts.bus.envelope import Envelope
from shared.contracts.denial import Denied
from shared.contracts.escalation import RungFired
from shared.contracts.notify import AlertAcknowledged, AlertDelivered, AlertRaised
from shared.contracts.vocabulary import ErrorCode, Medium, Rung
from shared.effects import Cause, Draft, Effect


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert to one official; ids and dates only."""

    alert_id: UUID
    case_id: UUID
    clock_id: UUID
    rule: str
    rung: Rung
    recipient_id: str
    due_on: date
    acknowledge_by: datetime
    correlation_id: UUID
    traceparent: str
    acknowledged_at: datetime | None = None
    acknowledged_version: int | None = None
    """Version that the acknowledgement reached; a repeat is answered with it."""
    version: int = 0
    raised_at: datetime | None = None
    """Case time."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel may know of an alert."""

    alert_id: UUID
    recipient_id: str
    rung: Rung
    due_on: date
    acknowledge_by: datetime


def raise_alert(envelope: Envelope, fired: RungFired) -> Effect[Alert]:
    """The alert of a fired rung; it stands in the inbox at once, the other media follow."""
    alert = Alert(
        alert_id=uuid5(envelope.id, fired.recipient_id),
        case_id=envelope.case_id,
        clock_id=fired.clock_id,
        rule=fired.rule,
        rung=fired.rung,
        recipient_id=fired.recipient_id,
        due_on=fired.due_on,
        acknowledge_by=fired.acknowledge_by,
        correlation_id=envelope.correlation_id,
        traceparent=envelope.traceparent,
        raised_at=envelope.recorded_at,
    )
    raised = AlertRaised(
        alert_id=alert.alert_id,
        clock_id=alert.clock_id,
        rule=alert.rule,
        rung=alert.rung,
        recipient_id=alert.recipient_id,
        due_on=alert.due_on,
        acknowledge_by=alert.acknowledge_by,
    )
    return Effect(alert, (Draft(raised), _delivered(alert, Medium.INBOX)))


def delivered(alert: Alert, medium: Medium) -> Effect[Alert]:
    """A medium outside the house took the alert."""
    return Effect(alert, (_delivered(alert, medium),))


def delivering(alert: Alert, medium: Medium, now: datetime) -> Cause:
    """The delivery of an alert as a cause; the same alert sent again over a medium gives the same event."""
    return Cause(uuid5(alert.alert_id, medium), alert.correlation_id, alert.traceparent, now)


def acknowledge(alert: Alert | None, officer_id: str, now: datetime) -> Effect[Alert]:
    """The recipient has seen the alert; a second time changes nothing.

    Raises:
        Denied: no such alert for this person.
    """
    if alert is None or alert.recipient_id != officer_id:
        raise Denied(ErrorCode.NOT_FOUND)
    if alert.acknowledged_at is not None:
        return Effect(alert)
    event = AlertAcknowledged(alert_id=alert.alert_id, clock_id=alert.clock_id, acknowledged_by=officer_id)
    seen = replace(alert, acknowledged_at=now, acknowledged_version=alert.version + 1)
    return Effect(seen, (Draft(event),))


def _delivered(alert: Alert, medium: Medium) -> Draft:
    event = AlertDelivered(alert_id=alert.alert_id, medium=medium, recipient_id=alert.recipient_id)
    return Draft(event, natural_key=f"{alert.alert_id}|{medium}")
