"""From a decision to events: who caused it, in which order, under which deterministic id. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from shared.contracts.base import Event
from shared.contracts.envelope import Envelope
from shared.contracts.subjects import partition_of
from shared.telemetry.traceparent import child_traceparent

LEGAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_NAMESPACE = UUID("6f1c2a0e-9d5b-5c7e-8a53-0d1f6b7c4e21")


class Versioned(Protocol):
    """State of an aggregate; `version` counts the events its service emitted for it."""

    @property
    def version(self) -> int: ...  # noqa: D102


S = TypeVar("S", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that a decision wants to emit."""

    event: Event
    legal_at: date | None = None
    """The date the law counts; the day of recording in Việt Nam when not given."""
    natural_key: str = ""
    """Tells apart events of one type with one cause: rule, recipient, rung."""


@dataclass(frozen=True, slots=True)
class Decision(Generic[S]):
    """The whole new state of an aggregate and the events that follow."""

    state: S
    drafts: tuple[Draft, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Emitter:
    """Stamps drafts as events of one service in one realm."""

    service: str
    realm: str

    def stamp(
        self, cause: Cause, case_id: UUID, drafts: Iterable[Draft], *, after: int, aggregate_id: UUID | None = None
    ) -> Iterator[Envelope]:
        """Events in order, numbered from `after` + 1."""
        traceparent = child_traceparent(cause.traceparent)
        recorded_on = cause.recorded_at.astimezone(LEGAL_ZONE).date()
        for version, draft in enumerate(drafts, start=after + 1):
            kind = draft.event.type()
            yield Envelope(
                id=event_id(self.service, cause.id, kind, f"{case_id}|{draft.natural_key}"),
                type=kind,
                schema_version=draft.event.version,
                case_id=case_id,
                aggregate_id=aggregate_id or case_id,
                version=version,
                causation_id=cause.id,
                correlation_id=cause.correlation_id,
                legal_at=draft.legal_at or recorded_on,
                recorded_at=cause.recorded_at,
                realm=self.realm,
                traceparent=traceparent,
                event=draft.event,
                actor_id=cause.actor_id,
                partition=partition_of(case_id),
            )


def event_id(service: str, cause_id: UUID, event_type: str, natural_key: str) -> UUID:
    """Deterministic event id: the same cause decided again gives the same id (law 2)."""
    return uuid5(_NAMESPACE, f"{service}|{cause_id}|{event_type}|{natural_key}")


def numbered(before: Versioned | None, decision: Decision[S]) -> Decision[S]:
    """The decision with its state's version advanced by its events."""
    version = (before.version if before else 0) + len(decision.drafts)
    state: S = replace(decision.state, version=version)  # type: ignore[type-var]
    return Decision(state, decision.drafts)
