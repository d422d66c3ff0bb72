"""Who stands behind a command: a signed assertion of seconds, bound to one command with one payload for one service.

portal signs, every service verifies. The signature is Ed25519 (RFC 8032) over a domain tag and the JSON body. `now` is
machine time (DESIGN.md section 4, two times): a jump of the virtual clock must not revive or kill an assertion.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from shared.security.encoding import from_text, to_text
from shared.security.errors import SecurityError

LIFETIME = timedelta(seconds=30)
LONGEST_LIFETIME = timedelta(minutes=2)
CLOCK_SKEW = timedelta(seconds=5)
LONGEST_TOKEN = 2048
_DOMAIN = b"donthu.actor.v1."
_MILLISECOND = timedelta(milliseconds=1)
_TEXTS = ("realm", "officer", "authority", "session", "audience", "command", "id", "payload")
_INSTANTS = ("from", "until")
_SHAPE: dict[str, type] = {**dict.fromkeys(_TEXTS, str), **dict.fromkeys(_INSTANTS, int)}


class AssertionRefused(SecurityError):
    """The assertion does not prove who acts; `code` is one of the `assertion_*` words."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The officer who acts, for which authority, in which signed-in session (ids only)."""

    officer_id: str
    authority_id: str
    session: str


class ActorSigner:
    """Makes assertions; only portal holds its key (32 raw bytes)."""

    def __init__(self, private: bytes, realm: str) -> None:
        self._key = SigningKey(private)
        self._realm = realm

    def sign(
        self,
        actor: Actor,
        *,
        audience: str,
        command: str,
        command_id: str,
        payload: bytes,
        now: datetime,
        ttl: timedelta = LIFETIME,
    ) -> str:
        """`b64url(json).b64url(signature)`, good for `ttl` (at most two minutes) and for exactly this command."""
        if not timedelta(0) < ttl <= LONGEST_LIFETIME:
            raise ValueError("lifetime_out_of_range")
        claims: dict[str, str | int] = {
            "realm": self._realm,
            "officer": actor.officer_id,
            "authority": actor.authority_id,
            "session": actor.session,
            "audience": audience,
            "command": command,
            "id": command_id,
            "payload": _digest(payload),
            "from": _instant(now),
            "until": _instant(now + ttl),
        }
        body = to_text(orjson.dumps(claims))
        token = f"{body}.{to_text(self._key.sign(_DOMAIN + body.encode()).signature)}"
        if len(token) > LONGEST_TOKEN:
            raise ValueError("assertion_too_long")
        return token


class ActorVerifier:
    """Reads assertions; every service holds the public key (32 raw bytes)."""

    def __init__(self, public: bytes, realm: str) -> None:
        self._key = VerifyKey(public)
        self._realm = realm

    def verify(
        self, token: str | None, *, audience: str, command: str, command_id: str, payload: bytes, now: datetime
    ) -> Actor:
        """The actor, or `AssertionRefused`. Nothing of the body is believed before its signature holds."""
        if not token:
            raise AssertionRefused("assertion_missing")
        claims = self._claims(token)
        if claims["realm"] != self._realm:
            raise AssertionRefused("assertion_foreign_realm")
        asserted = (claims["audience"], claims["command"], claims["id"], claims["payload"])
        if asserted != (audience, command, command_id, _digest(payload)):
            raise AssertionRefused("assertion_for_another_command")
        _require_in_force(int(claims["from"]), int(claims["until"]), now)
        return Actor(str(claims["officer"]), str(claims["authority"]), str(claims["session"]))

    def _claims(self, token: str) -> dict[str, str | int]:
        if len(token) > LONGEST_TOKEN:
            raise AssertionRefused("assertion_malformed")
        body, _, signature = token.partition(".")
        try:
            said, signed = _DOMAIN + body.encode(), from_text(signature)
        except ValueError:
            raise AssertionRefused("assertion_malformed") from None
        try:
            self._key.verify(said, signed)
        except CryptoError:
            raise AssertionRefused("assertion_forged") from None
        return _parsed(body)


def _parsed(body: str) -> dict[str, str | int]:
    try:
        claims = orjson.loads(from_text(body))
    except ValueError:
        raise AssertionRefused("assertion_malformed") from None
    if not isinstance(claims, dict) or {name: type(value) for name, value in claims.items()} != _SHAPE:
        raise AssertionRefused("assertion_malformed")
    if "" in claims.values():
        raise AssertionRefused("assertion_malformed")
    return claims


def _require_in_force(start: int, until: int, now: datetime) -> None:
    skew = CLOCK_SKEW // _MILLISECOND
    too_long = until - start > LONGEST_LIFETIME // _MILLISECOND
    if too_long or not start - skew <= _instant(now) < until + skew:
        raise AssertionRefused("assertion_expired")


def _instant(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("instant_without_timezone")
    return int(moment.timestamp() * 1000)


def _digest(payload: bytes) -> str:
    return to_text(hashlib.sha256(payload).digest())
