"""Marking which stretches of a letter belong to which content, in fields that work without scripts. Pure.

The working text is laid out in units that together cover it without a gap; each has a field named by its offsets, so a
form sent back says everything without the text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode

LETTERS = ("A", "B", "C", "D")
"""Contents that one form can separate."""
COMMON = "*"
"""Marks what belongs to every content, such as the address and the date of the letter."""
MOST_UNITS = 200
MOST_STRETCHES = 50
_LINE_END = re.compile(r"\n+")
_SENTENCE_END = re.compile(r"\n+|(?<=[.!?…;])\s+")
_FIELD = re.compile(r"^unit-(\d{1,6})-(\d{1,6})$")


@dataclass(frozen=True, slots=True)
class Unit:
    """One stretch to mark."""

    start: int
    end: int
    text: str

    @property
    def field(self) -> str:
        """Name of its field."""
        return f"unit-{self.start}-{self.end}"


def units(text: str) -> list[Unit]:
    """Sentences, or lines when there are too many, or runs of lines."""
    cuts = _cuts(_SENTENCE_END, text)
    if len(cuts) > MOST_UNITS:
        cuts = _cuts(_LINE_END, text)
    every = -(-len(cuts) // MOST_UNITS)
    edges = [*cuts[::every], len(text)]
    return [Unit(start, end, text[start:end]) for start, end in pairwise(edges)]


def marked(form: Mapping[str, str]) -> dict[str, list[tuple[int, int]]]:
    """Stretches of each content by its letter, neighbours joined.

    Raises:
        Denied: a unit is not marked, there are fewer than two contents, or one has too many stretches.
    """
    fields = sorted(_fields(form))
    used = sorted({mark for _, _, mark in fields} - {COMMON})
    if len(used) < 2 or not set(used) <= set(LETTERS):
        raise Denied(ErrorCode.SPLIT_INCOMPLETE, field="parts")
    found = {letter: _joined(fields, letter) for letter in used}
    if any(len(stretches) > MOST_STRETCHES for stretches in found.values()):
        raise Denied(ErrorCode.SPLIT_INCOMPLETE, field="parts")
    return found


def _joined(fields: list[tuple[int, int, str]], letter: str) -> list[tuple[int, int]]:
    stretches: list[tuple[int, int]] = []
    for start, end, mark in fields:
        if mark not in (letter, COMMON):
            continue
        if stretches and stretches[-1][1] == start:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return stretches


def _cuts(ends: re.Pattern[str], text: str) -> list[int]:
    return [0, *(match.end() for match in ends.finditer(text) if 0 < match.end() < len(text))]


def _fields(form: Mapping[str, str]) -> list[tuple[int, int, str]]:
    matches = ((_FIELD.match(name), letter) for name, letter in form.items())
    return [(int(match[1]), int(match[2]), letter) for match, letter in matches if match]
