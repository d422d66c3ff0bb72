"""Sealed boxes between services: only the receiving service can open a protected field of a command or reply.

Text -> zlib -> libsodium sealed box (X25519, XSalsa20-Poly1305) -> base64url. A sealed box proves no sender; that is
the task of the actor assertion and of the NATS account.
"""

import zlib
from dataclasses import dataclass, field
from functools import lru_cache

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from shared.security.encoding import from_text, to_text
from shared.security.errors import SecurityError

LARGEST_PLAINTEXT = 4 * 1024 * 1024
_LEVEL = 6
_FULL_WINDOW, _SMALL_WINDOW = (zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL), (9, 1)
_SMALL = 256
"""Bytes for which a small window (and little memory to prepare) compresses as well."""


class SealBroken(SecurityError):
    """The text is not a box for this key, was changed, or holds more than the reader allows."""

    def __init__(self) -> None:
        super().__init__("seal_broken")


@dataclass(frozen=True, slots=True)
class SealKeypair:
    """An X25519 key pair, 32 raw bytes each; the private half never shows in a repr."""

    private: bytes = field(repr=False)
    public: bytes

    @classmethod
    def generate(cls) -> "SealKeypair":
        """A fresh pair from the operating system's randomness."""
        return cls.of(bytes(PrivateKey.generate()))

    @classmethod
    def of(cls, private: bytes) -> "SealKeypair":
        """The pair of a stored private key."""
        return cls(private=private, public=bytes(PrivateKey(private).public_key))


def seal(public: bytes, plaintext: bytes) -> str:
    """A box that only the holder of the private half of `public` opens."""
    return to_text(SealedBox(PublicKey(public)).encrypt(_packed(plaintext)))


def open_sealed(private: bytes, text: str, max_bytes: int = LARGEST_PLAINTEXT) -> bytes:
    """The plaintext, at most `max_bytes` long; `SealBroken` otherwise, before a bomb has unfolded."""
    box = _opener(private)
    try:
        packed = box.decrypt(from_text(text))
        unpacker = zlib.decompressobj()
        plaintext = unpacker.decompress(packed, max_bytes + 1)
    except (ValueError, CryptoError, zlib.error):
        raise SealBroken from None
    if len(plaintext) > max_bytes or not unpacker.eof or unpacker.unused_data:
        raise SealBroken
    return plaintext


@lru_cache(maxsize=4)
def _opener(private: bytes) -> SealedBox[PrivateKey]:
    """A service opens with one key all its life; its public half is multiplied once."""
    return SealedBox(PrivateKey(private))


def _packed(plaintext: bytes) -> bytes:
    window, memory = _SMALL_WINDOW if len(plaintext) <= _SMALL else _FULL_WINDOW
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, window, memory)
    return packer.compress(plaintext) + packer.flush()
