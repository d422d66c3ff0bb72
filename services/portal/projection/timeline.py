"""One row per event of a case: what happened, when, by whom, and a few closed facts."""

from collections.abc import Iterable
from typing import Any

from shared.contracts.bus.envelope import Envelope

FACTS: dict[str, tuple[str, ...]] = {
    "intake.petition.registered": ("channel", "received_on", "forwarded_by", "forwarding_number"),
    "intake.petition.read": (),
    "intake.petition.numbered": ("number",),
    "intake.petition.split": ("parts",),
    "intake.receipt.corrected": ("was_on", "received_on", "document_number", "document_on"),
    "intake.document.opened": ("document", "purpose"),
    "routing.classification.proposed": ("kind", "competent_authority_id", "holder_id"),
    "routing.classification.confirmed": ("kind", "competent_authority_id", "holder_id", "corrected"),
    "routing.letter.transferred": (
        "from_authority_id",
        "to_authority_id",
        "to_body",
        "document_number",
        "dispatched_on",
        "proof",
    ),
    "routing.transfer.received": ("authority_id", "received_on"),
    "routing.transfer.returned": ("reason", "superior_authority_id", "returned_on"),
    "routing.letter.guided": ("document_number", "guided_on", "proof"),
    "routing.letter.filed": ("ground", "filed_on"),
    "casework.case.opened": ("task",),
    "casework.case.taken": ("task",),
    "casework.case.accepted": ("document_number", "accepted_on", "legal_basis", "signed_by"),
    "casework.case.refused": ("ground", "document_number", "refused_on", "signed_by"),
    "casework.case.decided": ("outcome", "document_number", "decided_on", "signed_by"),
    "casework.case.moved": ("move", "ground", "document_number", "moved_on", "legal_basis", "signed_by"),
    "casework.notice.proven": ("notice", "document_number", "sent_on", "proof"),
    "casework.case.reassigned": ("holder_id",),
    "casework.case.closed": ("closed_on",),
    "escalation.clock.started": ("rule", "due_on"),
    "escalation.clock.warned": ("rule",),
    "escalation.clock.breached": ("rule", "due_on"),
    "escalation.clock.paused": ("rule", "paused_on", "left"),
    "escalation.clock.moved": ("rule", "reason", "due_on", "document_number"),
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
            "facts": {name: getattr(envelope.event, name) for name in FACTS[envelope.type]},
        }
        for envelope in events
        if envelope.type in FACTS
    ]
