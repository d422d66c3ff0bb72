"""The secrets folder: `provision` makes it once, `ServiceSecrets.load` reads the part that one service may see.

    <root>/public.json               per service: nkey `U...` and sealing key; `actor` and `audit` verification keys
    <root>/<service>/nats.nk         nkey user seed (every service, and `steward`, the operator's own identity)
    <root>/<service>/database.password, sealed.key
    <root>/portal/actor.key, session.key      <root>/audit/head.key
    <root>/intake/kek.json, lookup.key, code.key

Keys are unpadded base64url, one line. In a container only the service's own folder and public.json are mounted.
"""

import json
import os
import secrets
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nkeys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.security.encoding import from_text, to_text
from shared.security.envelope import Kek, KekRing
from shared.security.errors import SecurityError
from shared.security.sealing import SealKeypair

STEWARD = "steward"
PUBLIC = "public.json"
_KEY_BYTES = 32


class SecretsRefused(SecurityError):
    """The folder cannot be used: `secrets_too_open`, `secrets_missing` or `secrets_malformed`."""


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What everyone may know: nkey users and sealing keys by service, and who verifies what."""

    nats_users: Mapping[str, str]
    sealing: Mapping[str, bytes]
    actor: bytes | None
    audit: bytes | None

    @classmethod
    def load(cls, root: Path) -> "PublicKeys":
        """Reads `public.json`; `SecretsRefused` when it is missing or malformed."""
        found = _json(_read(root / PUBLIC))
        try:
            services: dict[str, dict[str, str]] = found["services"]
            return cls(
                nats_users={name: keys["nats"] for name, keys in services.items()},
                sealing={name: from_text(keys["sealed"]) for name, keys in services.items() if "sealed" in keys},
                actor=from_text(found["actor"]) if "actor" in found else None,
                audit=from_text(found["audit"]) if "audit" in found else None,
            )
        except (KeyError, TypeError, AttributeError, ValueError):
            raise SecretsRefused("secrets_malformed") from None


@dataclass(frozen=True, slots=True)
class ServiceSecrets:
    """The secrets of one service. A property whose file this service does not own raises `secrets_missing`."""

    service: str
    public: PublicKeys = field(repr=False)
    _files: Mapping[str, str] = field(repr=False)

    @classmethod
    def load(cls, root: Path, service: str) -> "ServiceSecrets":
        """Reads the service's own folder and `public.json`; refuses files that others on the machine can open."""
        folder = root / service
        if not folder.is_dir():
            raise SecretsRefused("secrets_missing")
        files = {path.name: _read_private(path) for path in sorted(folder.iterdir()) if path.is_file()}
        return cls(service, PublicKeys.load(root), files)

    @property
    def nats_seed(self) -> str:
        """The nkey user seed (`SU...`)."""
        return self._text("nats.nk")

    @property
    def database_password(self) -> str:
        """The password of the service's own database role."""
        return self._text("database.password")

    @property
    def sealed_private(self) -> bytes:
        """The X25519 key that opens what others sealed to this service."""
        return self._key("sealed.key")

    @property
    def actor_key(self) -> bytes:
        """Ed25519 private key of actor assertions (portal)."""
        return self._key("actor.key")

    @property
    def session_key(self) -> bytes:
        """Key of signed-in sessions (portal)."""
        return self._key("session.key")

    @property
    def head_key(self) -> bytes:
        """Ed25519 private key of ledger heads (audit)."""
        return self._key("head.key")

    @property
    def lookup_key(self) -> bytes:
        """Key of exact-match indexes (intake)."""
        return self._key("lookup.key")

    @property
    def code_key(self) -> bytes:
        """Key of receipt codes and PINs (intake)."""
        return self._key("code.key")

    @property
    def kek_ring(self) -> KekRing:
        """The vault's key-encryption keys (intake)."""
        ring = _json(self._text("kek.json"))
        try:
            keks = {kek_id: Kek(kek_id, from_text(key)) for kek_id, key in ring["keys"].items()}
            return KekRing(keks.pop(ring["current"]), tuple(keks.values()))
        except (KeyError, TypeError, AttributeError, ValueError):
            raise SecretsRefused("secrets_malformed") from None

    def _text(self, name: str) -> str:
        if name not in self._files:
            raise SecretsRefused("secrets_missing")
        return self._files[name]

    def _key(self, name: str) -> bytes:
        return _raw(self._text(name))


def provision(root: Path, services: Sequence[str]) -> None:
    """Creates what is missing (files 0600, folders 0700) and never changes a secret that is there."""
    _folder(root)
    for service in (*services, STEWARD):
        folder = root / service
        _folder(folder)
        for name, make in _files_of(service).items():
            _keep_or_write(folder / name, make)
    _publish(root)


def _files_of(service: str) -> dict[str, Callable[[], str]]:
    identity: dict[str, Callable[[], str]] = {"nats.nk": _new_nkey_seed}
    if service == STEWARD:
        return identity
    return identity | {"database.password": _new_key, "sealed.key": _new_key} | _OWN_FILES.get(service, {})


def _new_key() -> str:
    return to_text(secrets.token_bytes(_KEY_BYTES))


def _new_nkey_seed() -> str:
    seed: bytes = nkeys.encode_seed(secrets.token_bytes(_KEY_BYTES), nkeys.PREFIX_BYTE_USER)
    return seed.decode("ascii")


def _new_ring() -> str:
    kek_id = f"kek-{secrets.token_hex(4)}"
    return json.dumps({"current": kek_id, "keys": {kek_id: _new_key()}})


_OWN_FILES: Mapping[str, dict[str, Callable[[], str]]] = {
    "portal": {"actor.key": _new_key, "session.key": _new_key},
    "audit": {"head.key": _new_key},
    "intake": {"kek.json": _new_ring, "lookup.key": _new_key, "code.key": _new_key},
}


def _publish(root: Path) -> None:
    """Derives `public.json` anew from every private key under the root."""
    owners = sorted(path.parent for path in root.glob("*/nats.nk"))
    public: dict[str, Any] = {"services": {folder.name: _public_of(folder) for folder in owners}}
    for name, private in (("actor", root / "portal" / "actor.key"), ("audit", root / "audit" / "head.key")):
        if private.exists():
            key = Ed25519PrivateKey.from_private_bytes(_raw(_read_private(private)))
            public[name] = to_text(key.public_key().public_bytes_raw())
    target = root / PUBLIC
    fresh = _written(target, json.dumps(public, indent=2, sort_keys=True))
    fresh.replace(target)


def _public_of(folder: Path) -> dict[str, str]:
    pair = nkeys.from_seed(bytearray(_read_private(folder / "nats.nk").encode()))
    keys = {"nats": bytes(pair.public_key).decode("ascii")}
    if (folder / "sealed.key").exists():
        keys["sealed"] = to_text(SealKeypair.of(_raw(_read_private(folder / "sealed.key"))).public)
    return keys


def _folder(path: Path) -> None:
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True)


def _keep_or_write(target: Path, make: Callable[[], str]) -> None:
    """A whole file or none, and never over an existing one, however many provision at once."""
    if target.exists():
        return
    fresh = _written(target, make())
    try:
        os.link(fresh, target)
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def _written(target: Path, text: str) -> Path:
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _read_private(path: Path) -> str:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & stat.S_IRWXO:
            raise SecretsRefused("secrets_too_open")
        return _ascii(file.read())


def _read(path: Path) -> str:
    try:
        return _ascii(path.read_bytes())
    except FileNotFoundError:
        raise SecretsRefused("secrets_missing") from None


def _ascii(content: bytes) -> str:
    try:
        return content.decode("ascii").strip()
    except UnicodeDecodeError:
        raise SecretsRefused("secrets_malformed") from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise SecretsRefused("secrets_malformed") from None


def _raw(text: str) -> bytes:
    try:
        key = from_text(text)
    except ValueError:
        raise SecretsRefused("secrets_malformed") from None
    if len(key) != _KEY_BYTES:
        raise SecretsRefused("secrets_malformed")
    return key
