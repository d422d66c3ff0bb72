"""Event ids: the same cause decided again gives the same ids; anything else gives others (law 2)."""

import re
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.bus.envelope import headers_of, parse_headers
from shared.contracts.bus.subjects import partition_of
from shared.contracts.house import SERVICES
from shared.effects import Cause, Draft, event_id
from shared.law.day import legal_day
from shared.messaging.connection.failures import code_of
from shared.messaging.outbox.emitter import Emitter
from tests.escalation_events import TRACE, confirmed

services = st.sampled_from(SERVICES)
keys = st.text(max_size=20)
instants = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
causes = st.builds(Cause, st.uuids(), st.uuids(), st.just(TRACE), instants, st.sampled_from(["", "le-lai-03"]))


@given(causes, st.uuids(), st.lists(keys, max_size=6, unique=True), st.integers(0, 1000), services)
def test_a_decision_made_again_gives_the_same_events(
    cause: Cause, case_id: UUID, natural_keys: list[str], after: int, service: str
) -> None:
    drafts = [Draft(confirmed(), natural_key=key) for key in natural_keys]
    first, second = (list(Emitter(service, "test-1").stamp(cause, case_id, drafts, after=after)) for _ in range(2))
    assert [event.id for event in first] == [event.id for event in second]
    assert len({event.id for event in first}) == len(natural_keys)
    assert [event.version for event in first] == list(range(after + 1, after + 1 + len(natural_keys)))


@given(causes, causes, st.uuids(), st.uuids(), keys, keys, services, services)
def test_ids_differ_as_soon_as_cause_case_key_or_service_do(
    one: Cause, other: Cause, case: UUID, another: UUID, key: str, second: str, service: str, neighbour: str
) -> None:
    def stamped(by: str, cause: Cause, case_id: UUID, natural_key: str) -> UUID:
        drafts = [Draft(confirmed(), natural_key=natural_key)]
        [event] = Emitter(by, "test-1").stamp(cause, case_id, drafts, after=0)
        return event.id

    asked = {
        (by, cause.id, case_id, natural_key): stamped(by, cause, case_id, natural_key)
        for by in (service, neighbour)
        for cause in (one, other)
        for case_id in (case, another)
        for natural_key in (key, second)
    }
    assert len(set(asked.values())) == len(asked)


@given(services, st.uuids(), keys)
def test_ids_differ_by_type(service: str, cause_id: UUID, key: str) -> None:
    assert event_id(service, cause_id, "a.b.c", key) != event_id(service, cause_id, "a.b.d", key)


@given(causes, st.uuids(), services)
def test_headers_come_back_as_they_were_written(cause: Cause, case_id: UUID, service: str) -> None:
    [event] = Emitter(service, "test-1").stamp(cause, case_id, [Draft(confirmed())], after=0)
    raw = headers_of(event)
    parsed = parse_headers(raw)
    again = parsed.envelope(event.event, partition=event.partition, sequence=0)
    assert again == event
    assert raw["Nats-Msg-Id"] == str(event.id)
    assert event.partition == partition_of(case_id)
    assert event.legal_at == legal_day(cause.recorded_at)


@given(st.text(max_size=80))
def test_the_word_for_an_exception_is_always_a_code(text: str) -> None:
    class Coded(Exception):
        code = text

    for error in (Coded(), type(f"E{text}".replace("\x00", ""), (Exception,), {})()):
        assert re.fullmatch(r"[a-z][a-z0-9_.-]{0,60}", code_of(error))
