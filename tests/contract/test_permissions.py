"""Subjects and permissions follow from the contracts: who emits an event may publish it, and nobody else."""

import re

import pytest

from shared.contracts.bus.flows import CALLS, CONSUMES, STEWARD, filter_subjects
from shared.contracts.bus.permissions import WHO_AM_I, authorization, permissions_of
from shared.contracts.bus.subjects import PARTITIONS, STREAM, event_subject
from shared.contracts.bus.topology import EVENTS_STREAM
from shared.contracts.house import SERVICES
from shared.contracts.registry import COMMANDS, EVENTS

IDENTITIES = (*SERVICES, STEWARD)
TYPES = sorted({event_type for event_type, _ in EVENTS})


def matches(pattern: str, subject: str) -> bool:
    """NATS subject matching."""
    expression = re.escape(pattern).replace(r"\*", r"[^.]+").replace(">", r".+")
    return re.fullmatch(expression, subject) is not None


def may_publish(identity: str, subject: str) -> bool:
    return any(matches(pattern, subject) for pattern in permissions_of(identity).publish)


def may_subscribe(identity: str, subject: str) -> bool:
    return any(matches(pattern, subject) for pattern in permissions_of(identity).subscribe)


@pytest.mark.parametrize("event_type", TYPES)
def test_an_event_is_published_by_its_emitter_alone(event_type: str) -> None:
    for partition in range(PARTITIONS):
        allowed = [name for name in IDENTITIES if may_publish(name, event_subject(partition, event_type))]
        assert allowed == [event_type.split(".")[0]]


@pytest.mark.parametrize("event_type", TYPES)
def test_an_event_has_its_place_in_the_stream_and_its_code_in_the_vocabulary(event_type: str) -> None:
    assert any(matches(pattern, event_subject(0, event_type)) for pattern in EVENTS_STREAM.subjects)
    assert re.fullmatch(r"[a-z][a-z0-9_.-]{0,60}", event_type)


@pytest.mark.parametrize("service", [name for name in SERVICES if CONSUMES[name]])
@pytest.mark.parametrize("held", [list(range(PARTITIONS)), [0, 7]])
def test_a_consumer_is_sent_what_its_service_reads(service: str, held: list[int]) -> None:
    subjects = filter_subjects(service, held, len(held) == PARTITIONS)
    for event in CONSUMES[service]:
        for partition in range(PARTITIONS):
            wanted = any(matches(pattern, event_subject(partition, event.type())) for pattern in subjects)
            assert wanted is (partition in held)


@pytest.mark.parametrize("subject", COMMANDS)
def test_a_command_is_answered_by_its_service_alone_and_asked_by_whom_the_flows_name(subject: str) -> None:
    service = subject.split(".")[1]
    assert [name for name in IDENTITIES if may_subscribe(name, subject)] == [service]
    callers = [name for name in IDENTITIES if any(matches(pattern, subject) for pattern in CALLS.get(name, ()))]
    assert [name for name in IDENTITIES if may_publish(name, subject)] == callers
    assert "portal" in callers


@pytest.mark.parametrize("identity", IDENTITIES)
def test_replies_reach_nobody_else(identity: str) -> None:
    assert [name for name in IDENTITIES if may_subscribe(name, f"_INBOX_{identity}.x.y")] == [identity]


@pytest.mark.parametrize("verb", ["CREATE", "UPDATE", "DELETE", "PURGE", "MSG.DELETE", "MSG.GET", "RESTORE"])
def test_only_the_steward_touches_streams(verb: str) -> None:
    assert [name for name in IDENTITIES if may_publish(name, f"$JS.API.STREAM.{verb}.{STREAM}")] == [STEWARD]


@pytest.mark.parametrize("service", SERVICES)
def test_no_pattern_is_wider_than_its_owner(service: str) -> None:
    for pattern in permissions_of(service).publish:
        if pattern not in CALLS.get(service, ()) and not pattern.startswith(("$JS.API.STREAM.INFO", WHO_AM_I)):
            assert service in pattern
        assert not pattern.startswith((">", "*"))
    for pattern in permissions_of(service).subscribe:
        assert service in pattern


def test_every_identity_is_a_user_with_its_own_key() -> None:
    keys = {name: f"U{name.upper()}" for name in IDENTITIES}
    text = authorization(keys)
    assert all(text.count(f"nkey: {key},") == 1 for key in keys.values())
    assert text.count("nkey:") == len(IDENTITIES)
    assert "allow_responses: { max: 1" in text
