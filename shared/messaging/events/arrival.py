"""What the stream delivered and whether it is believed: headers, realm, subject, type, version, body. Pure.

NATS lets a service publish only below its own name, so the subject says who speaks. Headers that claim another emitter,
case or realm than the subject and this house are not believed: such an event blocks no case and marks no id as known.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from nats.aio.msg import Msg

from shared.contracts.bus.envelope import Envelope, Headers, MalformedHeaders, parse_headers
from shared.contracts.bus.subjects import PARTITIONS, event_subject, partition_of
from shared.contracts.registry import EVENTS, parse_event
from shared.messaging.connection.failures import code_of

KNOWN_TYPES = frozenset(event_type for event_type, _ in EVENTS)
_PARTITION_NAMES = {str(partition): partition for partition in range(PARTITIONS)}


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event as the stream delivered it."""

    partition: int
    sequence: int
    subject: str
    raw_headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, message: Msg, sequence: int) -> "Arrived":
        """From a NATS message. A partition that does not exist counts as 0: the event arrives there to be held."""
        partition = _PARTITION_NAMES.get(message.subject.split(".", 2)[1], 0)
        return cls(partition, sequence, message.subject, dict(message.headers or {}), message.data)


@dataclass(frozen=True, slots=True)
class Fault:
    """An event that cannot be parsed, with a closed word for the reason; no headers when they are not believed."""

    arrived: Arrived
    headers: Headers | None
    error: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What one service of one realm lets in."""

    realm: str
    consumes: frozenset[str]

    def admit(self, item: Arrived) -> Envelope | Fault | None:
        """The parsed event, why it cannot be parsed, or None when this service does not read its type."""
        headers: Headers | None = None
        try:
            headers = parse_headers(item.raw_headers)
            if headers.realm != self.realm:
                return Fault(item, None, "foreign_realm")
            if item.subject != event_subject(partition_of(headers.case_id), headers.type):
                return Fault(item, None, "foreign_subject")
            if not self._reads(headers.type):
                return None
            event = parse_event(headers.type, headers.schema_version, item.body)
        except (MalformedHeaders, ValueError) as error:
            return Fault(item, headers, code_of(error))
        return headers.envelope(event, partition=item.partition, sequence=item.sequence)

    def _reads(self, event_type: str) -> bool:
        """Who reads everything does not skip a type that a later version of the house emits: it is held till then."""
        return event_type in self.consumes or (event_type not in KNOWN_TYPES and self.consumes >= KNOWN_TYPES)
