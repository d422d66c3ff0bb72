"""The vault's envelope: content under a data key, the data key wrapped by a key-encryption key that lives elsewhere.

AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces. The additional data bind a capsule to its realm, petition and
kind, so that swapped rows do not open. Deleting the wrapped key erases the content.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.security.encoding import joined
from shared.security.errors import SecurityError

KEY_BYTES = 32
SIZE_CLASSES = (1024, 4 * 1024, 16 * 1024)
_LONGEST_ID = 64
_NONCE = 12
_LENGTH = 8
_CONTENT = b"donthu.content.v1"
_WRAPPED = b"donthu.wrapped.v1"


class EnvelopeBroken(SecurityError):
    """Key, binding or bytes do not fit together; which of them is not told."""

    def __init__(self) -> None:
        super().__init__("envelope_broken")


@dataclass(frozen=True, slots=True)
class Kek:
    """A key-encryption key: 32 bytes and the id (at most 64 ASCII characters) that wrapped keys carry."""

    id: str
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not (self.id.isascii() and 0 < len(self.id) <= _LONGEST_ID and len(self.key) == KEY_BYTES):
            raise ValueError("kek_malformed")


@dataclass(frozen=True, slots=True)
class KekRing:
    """The key that wraps, and the older ones that still unwrap while rotation is under way."""

    current: Kek
    older: Sequence[Kek] = ()

    def wrap(self, data_key: bytes, aad: bytes) -> bytes:
        """`length(id) id nonce ciphertext` under the current key."""
        kek_id = self.current.id.encode("ascii")
        return bytes([len(kek_id)]) + kek_id + _encrypt(self.current.key, data_key, joined((_WRAPPED, kek_id, aad)))

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """The data key, or `EnvelopeBroken` (also when its key left the ring)."""
        kek_id = wrapping_kek(wrapped)
        for kek in (self.current, *self.older):
            if kek.id == kek_id:
                named = kek_id.encode()
                return _decrypt(kek.key, wrapped[1 + len(named) :], joined((_WRAPPED, named, aad)))
        raise EnvelopeBroken


def wrapping_kek(wrapped: bytes) -> str:
    """The id of the key that wrapped this one: what rotation looks for."""
    kek_id = wrapped[1 : 1 + wrapped[0]] if wrapped else b""
    if not kek_id or not kek_id.isascii():
        raise EnvelopeBroken
    return kek_id.decode("ascii")


def new_data_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def capsule_binding(realm: str, petition_id: UUID, capsule: str) -> bytes:
    """The additional data of one capsule of one petition in one realm."""
    return joined((realm.encode(), petition_id.bytes, capsule.encode()))


def encrypt(data_key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """`nonce ciphertext`, padded inside to the next size class so that the stored size tells little."""
    padded = len(plaintext).to_bytes(_LENGTH, "big") + plaintext
    padded += bytes(size_class(len(padded)) - len(padded))
    return _encrypt(data_key, padded, joined((_CONTENT, aad)))


def decrypt(data_key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """The plaintext, or `EnvelopeBroken`."""
    padded = _decrypt(data_key, sealed, joined((_CONTENT, aad)))
    end = _LENGTH + int.from_bytes(padded[:_LENGTH], "big")
    if end > len(padded):
        raise EnvelopeBroken
    return padded[_LENGTH:end]


def size_class(size: int) -> int:
    """The padded size in bytes: 1, 4 or 16 KiB, then the next power of two."""
    return next((bound for bound in SIZE_CLASSES if size <= bound), 1 << (size - 1).bit_length())


def _encrypt(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def _decrypt(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], aad)
    except (InvalidTag, ValueError):
        raise EnvelopeBroken from None
