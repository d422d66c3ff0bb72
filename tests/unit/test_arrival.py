"""What a service lets in, as a table; no server is needed to judge an event."""

from collections.abc import Mapping

import pytest

from shared.contracts.bus.envelope import Envelope, headers_of, subject_of
from shared.contracts.bus.flows import consumed_types
from shared.contracts.house import SERVICES
from shared.messaging.events.arrival import KNOWN_TYPES, Arrived, Fault, Gate
from tests.escalation_events import confirmed, told

REALM = "test-1"
EVENT = told(confirmed(), realm=REALM)
TOMORROW = "routing.transfer.dispatched"
UNREAD = {"Nats-Msg-Id", "ce-specversion", "ce-source", "ce-actor"}


def judged(service: str, headers: Mapping[str, str], subject: str = subject_of(EVENT)) -> str:
    """`in`, `out`, or the closed word for the fault; a `?` when its headers are not believed."""
    body = EVENT.event.model_dump_json().encode()
    result = Gate(REALM, consumed_types(service)).admit(Arrived(EVENT.partition, 7, subject, headers, body))
    match result:
        case Envelope():
            assert result.sequence == 7
            return "in"
        case Fault():
            return result.error + ("" if result.headers else "?")
    return "out"


def of_type(event_type: str, version: str = "1") -> tuple[dict[str, str], str]:
    return headers_of(EVENT) | {"ce-type": event_type, "ce-dataschema": version}, f"evt.{EVENT.partition}.{event_type}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_what_the_flows_name(service: str) -> None:
    expected = "in" if EVENT.type in consumed_types(service) else "out"
    assert judged(service, headers_of(EVENT)) == expected


@pytest.mark.parametrize(
    ("service", "expected"),
    [("casework", "out"), ("notify", "out"), ("audit", "unknown_event"), ("portal", "unknown_event")],
)
def test_a_type_of_tomorrow_is_held_by_who_reads_everything(service: str, expected: str) -> None:
    """Else the ledger would have a hole for every act that a newer service recorded before the ledger was upgraded."""
    assert TOMORROW not in KNOWN_TYPES
    assert judged(service, *of_type(TOMORROW)) == expected


def test_a_version_of_tomorrow_is_held_under_its_case() -> None:
    assert judged("casework", *of_type(EVENT.type, "99")) == "unknown_event"


@pytest.mark.parametrize("header", sorted(set(headers_of(EVENT)) - UNREAD))
@pytest.mark.parametrize("value", [None, "", "x" * 201, "\x00", "Nông Văn Bảo"])
def test_a_malformed_header_is_a_fault_and_never_an_exception(header: str, value: str | None) -> None:
    raw = {name: text for name, text in headers_of(EVENT).items() if name != header}
    found = judged("casework", raw | ({header: value} if value is not None else {}))
    assert found not in ("in", "out") or header == "traceparent"


@pytest.mark.parametrize(
    "subject",
    ["evt.99.routing.classification.confirmed", f"evt.{EVENT.partition}.notify.classification.confirmed", "evt.x.y"],
)
def test_headers_are_not_believed_against_the_subject(subject: str) -> None:
    assert judged("audit", headers_of(EVENT), subject) == "foreign_subject?"
