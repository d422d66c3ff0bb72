"""An actor assertion opens one command, once its time, realm, audience and payload agree, and nothing else."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.security.actor import Actor, ActorSigner, ActorVerifier, AssertionRefused
from shared.security.encoding import from_text, to_text

KEY = Ed25519PrivateKey.generate()
PRIVATE, PUBLIC = KEY.private_bytes_raw(), KEY.public_key().public_bytes_raw()
NOW = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
ACTOR = Actor("officer-7", "commune-3", "session-1")
BOUND: dict[str, Any] = {"audience": "casework", "command": "accept", "command_id": "c-1", "payload": b'{"case":1}'}


def signed(realm: str = "demo", ttl: timedelta = timedelta(seconds=30)) -> str:
    return ActorSigner(PRIVATE, realm).sign(ACTOR, now=NOW, ttl=ttl, **BOUND)


def refusal(token: str | None, now: datetime = NOW, **changed: Any) -> str:
    with pytest.raises(AssertionRefused) as refused:
        ActorVerifier(PUBLIC, "demo").verify(token, now=now, **(BOUND | changed))
    assert str(refused.value) == refused.value.code
    return refused.value.code


def test_a_signed_assertion_gives_its_actor_back() -> None:
    assert ActorVerifier(PUBLIC, "demo").verify(signed(), now=NOW, **BOUND) == ACTOR


@pytest.mark.parametrize("changed", [
    {"audience": "routing"}, {"command": "close"}, {"command_id": "c-2"}, {"payload": b'{"case":2}'},
])  # fmt: skip
def test_it_opens_no_other_command(changed: dict[str, Any]) -> None:
    assert refusal(signed(), **changed) == "assertion_for_another_command"


@pytest.mark.parametrize(("seconds", "holds"), [(-6, False), (-5, True), (0, True), (34, True), (35, False)])
def test_it_holds_thirty_seconds_and_five_of_clock_skew_either_way(seconds: int, holds: bool) -> None:
    then = NOW + timedelta(seconds=seconds)
    if holds:
        assert ActorVerifier(PUBLIC, "demo").verify(signed(), now=then, **BOUND) == ACTOR
    else:
        assert refusal(signed(), then) == "assertion_expired"


def test_another_realm_is_foreign() -> None:
    assert refusal(signed(realm="production")) == "assertion_foreign_realm"


@pytest.mark.parametrize("missing", [None, ""])
def test_no_assertion_is_missing(missing: str | None) -> None:
    assert refusal(missing) == "assertion_missing"


@pytest.mark.parametrize("token", ["x", "a.b", "a.b.c", ".", "é.é", "\ud800.x", "A" * 2049, signed() + "="])
def test_text_that_is_no_assertion_is_malformed_or_forged(token: str) -> None:
    assert refusal(token) in {"assertion_malformed", "assertion_forged"}


def test_a_longer_token_than_two_kibibytes_is_not_even_read() -> None:
    assert refusal(signed() + "A" * 2048) == "assertion_malformed"


def test_one_changed_byte_of_the_body_is_forged() -> None:
    body, _, signature = signed().partition(".")
    changed = to_text(from_text(body).replace(b"officer-7", b"officer-8"))
    assert refusal(f"{changed}.{signature}") == "assertion_forged"


@pytest.mark.parametrize("length", [0, 32, 63, 65, 128])
def test_a_signature_of_another_length_is_forged(length: int) -> None:
    body, _, signature = signed().partition(".")
    changed = (from_text(signature) * 2)[:length]
    assert refusal(f"{body}.{to_text(changed)}") == "assertion_forged"


def test_another_key_is_forged() -> None:
    other = ActorSigner(Ed25519PrivateKey.generate().private_bytes_raw(), "demo").sign(ACTOR, now=NOW, **BOUND)
    assert refusal(other) == "assertion_forged"


def rightly_signed(body: bytes) -> str:
    text = to_text(body)
    return f"{text}.{to_text(KEY.sign(b'donthu.actor.v1.' + text.encode()))}"


@pytest.mark.parametrize("body", [b"[]", b"{}", b"not json", b'{"realm":"demo"}', b"[" * 1000])
def test_a_rightly_signed_body_of_another_shape_is_malformed(body: bytes) -> None:
    assert refusal(rightly_signed(body)) == "assertion_malformed"


@pytest.mark.parametrize("changed", [
    {"officer": ""}, {"officer": 7}, {"officer": None}, {"from": True}, {"until": 1.5}, {"until": "1"}, {"more": "x"},
])  # fmt: skip
def test_a_rightly_signed_claim_of_another_type_is_malformed(changed: dict[str, Any]) -> None:
    body, _, _ = signed().partition(".")
    claims = json.loads(from_text(body))
    assert ActorVerifier(PUBLIC, "demo").verify(rightly_signed(json.dumps(claims).encode()), now=NOW, **BOUND) == ACTOR
    assert refusal(rightly_signed(json.dumps(claims | changed).encode())) == "assertion_malformed"


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(seconds=-1), timedelta(minutes=3)])
def test_nobody_signs_for_no_time_or_for_long(ttl: timedelta) -> None:
    with pytest.raises(ValueError, match="lifetime_out_of_range"):
        signed(ttl=ttl)


def test_a_time_without_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="instant_without_timezone"):
        ActorSigner(PRIVATE, "demo").sign(ACTOR, now=NOW.replace(tzinfo=None), **BOUND)
