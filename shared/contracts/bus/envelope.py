"""The envelope of an event: CloudEvents 1.0 in binary mode, on NATS headers, with W3C trace context.

`recorded_at` (`ce-time`) is case time; `legal_at` is the date the law counts. `version` is the gapless number of this
event among those its service emitted for the aggregate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from shared.contracts.base import Event
from shared.contracts.bus.subjects import event_subject, partition_of

SPEC_VERSION = "1.0"
HEADER_LIMIT = 200


class MalformedHeaders(ValueError):
    """Headers that no emitter of this house writes; `code` names the first one at fault."""

    def __init__(self, header: str) -> None:
        super().__init__(header)
        self.code = f"header_{header.lower().replace('-', '_')}"


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event with everything that identifies and places it."""

    id: UUID
    type: str
    schema_version: int
    case_id: UUID
    aggregate_id: UUID
    version: int
    causation_id: UUID
    correlation_id: UUID
    legal_at: date
    recorded_at: datetime
    realm: str
    traceparent: str
    event: Event
    actor_id: str = ""
    """Directory id of the named person who acted; empty when a machine did."""
    partition: int = field(default=-1)
    sequence: int = field(default=0)

    @property
    def service(self) -> str:
        """Emitting service."""
        return self.type.split(".", 1)[0]


def headers_of(envelope: Envelope) -> dict[str, str]:
    """NATS headers of an event."""
    event_id = str(envelope.id)
    return {
        "Nats-Msg-Id": event_id,
        "ce-specversion": SPEC_VERSION,
        "ce-id": event_id,
        "ce-type": envelope.type,
        "ce-source": envelope.service,
        "ce-subject": str(envelope.case_id),
        "ce-time": envelope.recorded_at.isoformat(),
        "ce-dataschema": str(envelope.schema_version),
        "ce-aggregate": str(envelope.aggregate_id),
        "ce-aggregateversion": str(envelope.version),
        "ce-causationid": str(envelope.causation_id),
        "ce-correlationid": str(envelope.correlation_id),
        "ce-legalat": envelope.legal_at.isoformat(),
        "ce-realm": envelope.realm,
        "ce-actor": envelope.actor_id,
        "traceparent": envelope.traceparent,
    }


def subject_of(envelope: Envelope) -> str:
    """NATS subject of an event."""
    return event_subject(partition_of(envelope.case_id), envelope.type)


class Headers(NamedTuple):
    """The parsed headers of an event whose body was not looked at yet."""

    id: UUID
    type: str
    schema_version: int
    case_id: UUID
    aggregate_id: UUID
    version: int
    causation_id: UUID
    correlation_id: UUID
    legal_at: date
    recorded_at: datetime
    realm: str
    traceparent: str
    actor_id: str

    def envelope(self, event: Event, *, partition: int, sequence: int) -> Envelope:
        """Join headers, parsed body and place in the stream."""
        return Envelope(*self[:12], event, self.actor_id, partition, sequence)


def parse_headers(raw: Mapping[str, str] | None) -> Headers:
    """Parse NATS headers.

    Raises:
        MalformedHeaders: a header is missing, too long or not of its form.
    """
    if raw is None:
        raise MalformedHeaders("none")
    return Headers(
        id=_uuid(raw, "ce-id"),
        type=_word(raw, "ce-type"),
        schema_version=_number(raw, "ce-dataschema"),
        case_id=_uuid(raw, "ce-subject"),
        aggregate_id=_uuid(raw, "ce-aggregate"),
        version=_number(raw, "ce-aggregateversion"),
        causation_id=_uuid(raw, "ce-causationid"),
        correlation_id=_uuid(raw, "ce-correlationid"),
        legal_at=_day(raw, "ce-legalat"),
        recorded_at=_instant(raw, "ce-time"),
        realm=_word(raw, "ce-realm"),
        traceparent=_word(raw, "traceparent"),
        actor_id=raw.get("ce-actor", "")[:HEADER_LIMIT],
    )


def _word(raw: Mapping[str, str], name: str) -> str:
    value = raw.get(name, "")
    if not value or len(value) > HEADER_LIMIT:
        raise MalformedHeaders(name)
    return value


_uuid_of = lru_cache(maxsize=4096)(UUID)
"""The nine events of a letter name each other's ids, so that most ids were read a moment ago."""


def _uuid(raw: Mapping[str, str], name: str) -> UUID:
    try:
        return _uuid_of(raw.get(name, ""))
    except ValueError:
        raise MalformedHeaders(name) from None


def _number(raw: Mapping[str, str], name: str) -> int:
    value = _word(raw, name)
    if not (value.isascii() and value.isdigit() and len(value) < 18):
        raise MalformedHeaders(name)
    return int(value)


def _day(raw: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(_word(raw, name))
    except ValueError:
        raise MalformedHeaders(name) from None


def _instant(raw: Mapping[str, str], name: str) -> datetime:
    try:
        instant = datetime.fromisoformat(_word(raw, name))
    except ValueError:
        raise MalformedHeaders(name) from None
    if instant.tzinfo is None:
        raise MalformedHeaders(name)
    return instant
