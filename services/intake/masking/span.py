"""Stretches of a letter's text that may be the sender's own data."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From the first character to the one after the last; `sure`, or to be asked of whoever registers."""

    start: int
    end: int
    sure: bool = True

    def overlaps(self, other: "Span") -> bool:
        """Whether they share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Read:
    """A text in its reading form, with the way back to the text as typed."""

    typed: str
    form: str
    offsets: Sequence[int]

    def span(self, start: int, end: int, *, sure: bool = True) -> Span:
        """The stretch of the typed text that a stretch of the reading form stands for."""
        return Span(self.offsets[start], self.offsets[end - 1] + 1, sure)

    def as_typed(self, start: int, end: int) -> str:
        """The typed text of a stretch of the reading form."""
        return self.typed[self.offsets[start] : self.offsets[end - 1] + 1]
