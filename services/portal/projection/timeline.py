"""One row per event of a case: what happened, when, by whom, and a few closed facts."""

from collections.abc import Iterable
from typing import Any

from shared.contracts.envelope import Envelope

FACTS: dict[str, tuple[str, ...]] = {
    "intake.petition.registered": ("channel", "received_on"),
    "intake.petition.read": (),
    "intake.petition.numbered": ("number",),
    "intake.document.opened": ("document", "purpose"),
    "routing.classification.proposed": ("kind", "competent_authority_id", "holder_id"),
    "routing.classification.confirmed": ("kind", "competent_authority_id", "holder_id", "corrected"),
    "casework.case.opened": ("task",),
    "casework.case.taken": ("task",),
    "casework.case.accepted": ("document_number", "accepted_on", "legal_basis", "signed_by"),
    "escalation.clock.started": ("rule", "due_on"),
    "escalation.clock.warned": ("rule",),
    "escalation.clock.breached": ("rule", "due_on"),
    "escalation.clock.ended": ("rule", "reason", "late"),
    "escalation.rung.fired": ("rule", "rung", "recipient_id"),
    "notify.alert.raised": ("rung", "recipient_id"),
    "notify.alert.delivered": ("medium", "recipient_id"),
    "notify.alert.acknowledged": ("acknowledged_by",),
}
"""Events that belong on a case's timeline, with the fields shown. Refusals and stuck events do not."""


def timeline_rows(events: Iterable[Envelope]) -> list[dict[str, Any]]:
    """Rows of `timeline`."""
    return [
        {
            "case_id": envelope.case_id,
            "sequence": envelope.sequence,
            "occurred_at": envelope.recorded_at,
            "legal_at": envelope.legal_at,
            "type": envelope.type,
            "actor_id": envelope.actor_id,
            "facts": envelope.event.model_dump(mode="json", include=set(FACTS[envelope.type])),
        }
        for envelope in events
        if envelope.type in FACTS
    ]
