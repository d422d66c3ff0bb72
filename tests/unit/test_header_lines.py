"""Header lines of events are read quickly and exactly as nats-py reads them."""

from datetime import UTC, date, datetime
from uuid import uuid4

from hypothesis import example, given
from hypothesis import strategies as st
from nats.aio.client import Client

from shared.contracts.bus.envelope import Envelope, headers_of, parse_headers
from shared.messaging.events.header_lines import header_lines, read_quickly
from tests.escalation_events import confirmed

NAMES = st.sampled_from(
    [b"ce-id", b"ce-type", b"traceparent", b"ce-actor", b"CE-ID", b" ce-id", b"ce id", b"\xff", b""]
)
COLONS = st.sampled_from([b": ", b":", b":\t", b"", b" : "])
VALUES = st.one_of(st.binary(max_size=12), st.sampled_from([b"a: b", b" a ", "Đ".encode(), b"\r", b"\n", b"\r\n"]))
BLOCKS = st.lists(st.tuples(NAMES, COLONS, VALUES).map(b"".join), max_size=6).map(b"\r\n".join)


def letter() -> Envelope:
    return Envelope(
        id=uuid4(), type="routing.classification.confirmed", schema_version=1, case_id=uuid4(), aggregate_id=uuid4(),
        version=3, causation_id=uuid4(), correlation_id=uuid4(), legal_at=date(2025, 1, 6),
        recorded_at=datetime(2025, 1, 6, 1, tzinfo=UTC), realm="demo", traceparent="00-a-b-00", event=confirmed(),
    )  # fmt: skip


def block_of(headers: dict[str, str]) -> bytes:
    return b"".join(f"{name}: {value}\r\n".encode() for name, value in headers.items()) + b"\r\n"


@given(BLOCKS)
@example(b"ce-id: 1\r\nstray\r\n\r\n")
@example(b"ce-id\r\nce-id:1\r\nce-id: 2\r\n")
def test_any_block_of_lines_is_read_as_nats_py_reads_it(raw: bytes) -> None:
    assert header_lines(raw) == Client._parse_header_lines(raw)


def test_the_headers_of_an_event_come_back_as_they_went_out() -> None:
    sent = headers_of(letter())
    assert header_lines(block_of(sent)) == sent
    assert parse_headers(header_lines(block_of(sent))) == parse_headers(sent)


async def test_a_connection_reads_its_messages_with_it() -> None:
    connection = Client()
    read_quickly(connection)
    assert connection._parse_header_lines is header_lines
    headers = headers_of(letter())
    assert await connection._process_headers(b"NATS/1.0\r\n" + block_of(headers)) == headers
    assert await connection._process_headers(b"NATS/1.0 408 Request Timeout\r\n\r\n") == {
        "Status": "408",
        "Description": "Request Timeout",
    }
