"""What a sender keeps in hand: the receipt code and the PIN; and keyed hashes for what may only be compared.

The code is 70 bits of HMAC-SHA256 in Crockford's base32 and one check character: with weights that are powers of a
generator of GF(32), every wrong character and every swap of two characters shows.
"""

import hmac
import re
import unicodedata
from uuid import UUID

from shared.security.encoding import joined
from shared.security.errors import SecurityError
from shared.security.keyboard import spellings

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 15
PIN_LENGTH = 6
_LONGEST_INPUT = 64
_GROUP = 5
_BITS = 70
_FIELD = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212_.]+")
_LOOKALIKES = str.maketrans("OIL", "011")
_RUNS = "01234567890123456789"


class CodeRefused(SecurityError):
    """Not a receipt code: `code_malformed`, or mistyped: `code_check_failed`."""


class PinRefused(SecurityError):
    """Not six digits: `pin_malformed`, or one that anybody guesses first: `pin_too_simple`."""


def derive_code(key: bytes, cause_id: UUID) -> str:
    """The receipt code of a registration, 15 characters without dashes; a repeated registration finds its own again."""
    number = int.from_bytes(_mac(key, "receipt_code", cause_id.bytes), "big") >> (256 - _BITS)
    symbols = [number >> shift & 31 for shift in range(_BITS - 5, -1, -5)]
    return "".join(ALPHABET[symbol] for symbol in (*symbols, _times_generator(_weigh(symbols))))


def grouped(code: str) -> str:
    """As printed: `XXXXX-XXXXX-XXXXX`."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def parse_code(text: str) -> str:
    """The 15 characters of a typed code: any case, spaces, dashes, O for 0, I or L for 1. `CodeRefused` otherwise.

    What a Vietnamese keyboard made of a code is read back when only one spelling of it is a code.
    """
    if len(text) > _LONGEST_INPUT:
        raise CodeRefused("code_malformed")
    capitals = text.upper()
    written = {_SEPARATORS.sub("", capitals)} | spellings(capitals, CODE_LENGTH)
    shaped = {code for each in written if _has_shape(code := each.translate(_LOOKALIKES))}
    codes = [code for code in shaped if _weigh([ALPHABET.index(character) for character in code]) == 0]
    if len(codes) != 1:
        raise CodeRefused("code_check_failed" if shaped else "code_malformed")
    return codes[0]


def code_hash(key: bytes, code: str) -> bytes:
    """What is stored instead of the code: 32 bytes, the same however the code was typed."""
    return _mac(key, "receipt_code_hash", parse_code(code).encode())


def normalise_pin(text: str) -> str:
    """The six digits of a new PIN. `PinRefused` for anything else, for runs (123456) and repeats (000000, 123123)."""
    pin = _SEPARATORS.sub("", text[:_LONGEST_INPUT])
    if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
        raise PinRefused("pin_malformed")
    repeats = any(pin == pin[:period] * (PIN_LENGTH // period) for period in (1, 2, 3))
    if repeats or pin in _RUNS or pin[::-1] in _RUNS:
        raise PinRefused("pin_too_simple")
    return pin


def pin_hash(key: bytes, petition_id: UUID, pin: str) -> bytes:
    """What is stored instead of the PIN: 32 bytes, different for the same PIN of another petition."""
    return _mac(key, "pin", petition_id.bytes, _SEPARATORS.sub("", pin).encode())


def check_pin(key: bytes, petition_id: UUID, pin: str, stored: bytes) -> bool:
    """Whether the typed PIN is the stored one, in constant time."""
    return hmac.compare_digest(pin_hash(key, petition_id, pin[:_LONGEST_INPUT]), stored)


def keyed_hash(key: bytes, domain: str, text: str) -> str:
    """64 hex digits for exact matching (document numbers); blanks, case and Unicode form do not matter."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _mac(key, "match", domain.encode(), unicodedata.normalize("NFC", plain).encode()).hex()


def _mac(key: bytes, purpose: str, *parts: bytes) -> bytes:
    return hmac.digest(key, joined((b"donthu.v1", purpose.encode(), *parts)), "sha256")


def _has_shape(code: str) -> bool:
    return len(code) == CODE_LENGTH and all(character in ALPHABET for character in code)


def _times_generator(symbol: int) -> int:
    return symbol << 1 ^ (_FIELD if symbol & 16 else 0)


def _weigh(symbols: list[int]) -> int:
    weight = 0
    for symbol in symbols:
        weight = _times_generator(weight) ^ symbol
    return weight
