"""From drafts to events: in which order, under which deterministic id, as the next step of the trace."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from shared.contracts.bus.envelope import Envelope
from shared.contracts.bus.subjects import partition_of
from shared.effects import Cause, Draft, event_id
from shared.law.day import legal_day
from shared.telemetry.traceparent import child_traceparent


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
        recorded_on = legal_day(cause.recorded_at)
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
