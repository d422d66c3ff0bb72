"""What made a service decide, and the ids that follow from it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from shared.contracts.bus.envelope import Envelope

_NAMESPACE = UUID("6f1c2a0e-9d5b-5c7e-8a53-0d1f6b7c4e21")


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a service decide: an event, a command or a due rung."""

    id: UUID
    correlation_id: UUID
    traceparent: str
    recorded_at: datetime
    actor_id: str = ""

    @classmethod
    def of(cls, envelope: Envelope) -> "Cause":
        """An event as cause; what a machine does about it has no actor."""
        return cls(envelope.id, envelope.correlation_id, envelope.traceparent, envelope.recorded_at)


def event_id(service: str, cause_id: UUID, event_type: str, natural_key: str) -> UUID:
    """Deterministic event id: the same cause decided again gives the same id (law 2)."""
    return uuid5(_NAMESPACE, f"{service}|{cause_id}|{event_type}|{natural_key}")
