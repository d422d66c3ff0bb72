"""The working copy of a letter that is being typed: what holders would read, and what is asked before it is sealed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from services.portal.web.base.visit import Visit
from shared.contracts.intake import Letter, WorkingCopy

MOST_ASKED = 40
"""Stretches asked about; what else is unsure is masked."""
OWN, OTHERS = "own", "others"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the working copy; one that is asked about has a number and, when given, its answer."""

    text: str
    start: int | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """The working copy as the sheet shows it."""

    pieces: Sequence[Piece]

    @property
    def asked(self) -> list[Piece]:
        """What whoever registers answers."""
        return [piece for piece in self.pieces if piece.start is not None]

    @property
    def open(self) -> bool:
        """Whether a question is not answered."""
        return any(piece.answer not in (OWN, OTHERS) for piece in self.asked)

    @property
    def not_own(self) -> frozenset[int]:
        """Where the stretches begin that are said not to be the sender's own."""
        return frozenset(piece.start for piece in self.asked if piece.start is not None and piece.answer == OTHERS)


async def copy_of(visit: Visit, letter: Letter) -> Copy:
    """The working copy of what was typed, with the answers of the form.

    Raises:
        Denied: intake does not answer, or not this person.
    """
    answer = await visit.door.gateway.preview(visit.fresh_signature(), visit.today, letter)
    return Copy(pieces(answer, visit.form.get))


def pieces(answer: WorkingCopy, said: Callable[[str, str], str]) -> list[Piece]:
    """The text cut where something is asked."""
    cut: list[Piece] = []
    at = 0
    for start, end in answer.unsure[:MOST_ASKED]:
        cut += [Piece(answer.text[at:start]), Piece(answer.text[start:end], start, said(f"own-{start}", ""))]
        at = end
    return [piece for piece in (*cut, Piece(answer.text[at:])) if piece.text]


def fragment(visit: Visit, copy: Copy) -> Response:
    """The part of the sheet that shows the copy."""
    return visit.page("working_copy.html", copy=copy)
