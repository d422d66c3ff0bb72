"""Rows from events of notify."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.portal.projection.case import Case, Changes
from shared.contracts.base import Event
from shared.contracts.bus.envelope import Envelope
from shared.contracts.notify import AlertAcknowledged, AlertDelivered, AlertRaised

Row = dict[str, Any]


@dataclass(slots=True)
class AlertChanges:
    """What a batch does to `alert_view`. An alert is raised before anything else happens to it."""

    raised: list[Row] = field(default_factory=list)
    delivered: list[Row] = field(default_factory=list)
    acknowledged: list[Row] = field(default_factory=list)


def _raised(case: Case, event: AlertRaised) -> Changes:
    """Whoever is alerted about a case may open it, unless it is hidden from him."""
    return {"alerted": sorted({*case.alerted, event.recipient_id})}


CHANGES: Mapping[type[Event], Callable[[Case, Any], Changes]] = {AlertRaised: _raised}


def alert_changes(events: Iterable[Envelope]) -> AlertChanges:
    """Changes of alerts, in the order of the events."""
    changes = AlertChanges()
    for envelope in events:
        match envelope.event:
            case AlertRaised() as event:
                row = {"case_id": str(envelope.case_id), "raised_at": envelope.recorded_at}
                changes.raised.append(row | event.model_dump(mode="json"))
            case AlertDelivered() as event:
                changes.delivered.append({"alert_id": str(event.alert_id), "medium": event.medium})
            case AlertAcknowledged() as event:
                changes.acknowledged.append(
                    {
                        "alert_id": str(event.alert_id),
                        "acknowledged_at": envelope.recorded_at,
                        "acknowledged_by": event.acknowledged_by,
                    }
                )
    return changes
