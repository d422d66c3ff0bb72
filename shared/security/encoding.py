"""Bytes as text, strictly: unpadded base64url (RFC 4648 section 5), and unambiguous joining of fields."""

import base64
import re
from collections.abc import Iterable

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def to_text(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """The bytes of `to_text`; ValueError for anything else, so that every value has exactly one spelling."""
    if not _ALPHABET.fullmatch(text):
        raise ValueError("base64_malformed")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(data) != text:
        raise ValueError("base64_not_canonical")
    return data


def joined(parts: Iterable[bytes]) -> bytes:
    """Each part after its 4-byte length, so that no two lists of parts give the same bytes."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])
