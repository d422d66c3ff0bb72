"""Numbers by their digits: in any grouping, telephones with or without the country's prefix; addresses of mail."""

import re
from collections.abc import Iterator

from services.intake.masking.span import Read, Span
from shared.text import reading_form

_BETWEEN = r"[ .\-/()]{0,3}"
_COUNTRY = r"(?:\(?(?:\+|00)?84\)?|\(?0\)?)?"
LEAST_DIGITS = 6
"""Shorter numbers stand in many letters and tell nothing."""


def phones(text: Read, phone: str) -> Iterator[Span]:
    """A telephone number, written nationally or internationally."""
    digits = _digits(phone)
    for prefix in ("0084", "84", "0"):
        if digits.startswith(prefix) and len(digits) - len(prefix) >= LEAST_DIGITS:
            digits = digits.removeprefix(prefix)
            break
    yield from _numbers(text, digits, _COUNTRY + _BETWEEN)


def numbers(text: Read, number: str) -> Iterator[Span]:
    """A number of an identity paper."""
    yield from _numbers(text, _digits(number), "")


def mails(text: Read, address: str) -> Iterator[Span]:
    """An address of electronic mail."""
    wanted = reading_form(address.strip())[0]
    if "@" in wanted:
        for match in re.finditer(rf"(?<![\w.]){re.escape(wanted)}(?!\w)", text.form):
            yield text.span(*match.span())


def _digits(number: str) -> str:
    return "".join(each for each in reading_form(number)[0] if each.isdecimal())


def _numbers(text: Read, digits: str, prefix: str) -> Iterator[Span]:
    """The number alone is sure; within a longer one it may be another number."""
    if len(digits) < LEAST_DIGITS:
        return
    body = _BETWEEN.join(digits)
    for match in re.finditer(rf"(?<!\d){prefix}{body}(?!\d)", text.form):
        yield text.span(*match.span())
    for match in re.finditer(rf"(?=({body}))", text.form):
        yield text.span(*match.span(1), sure=False)
