"""The sender's address part by part: house, street, hamlet; never a body of the directory that the letter speaks of."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.intake.masking.span import Read, Span
from shared.text import reading_form

_PARTS = re.compile(r"[,;:()\u2013\u2014|/]| - |- | -|\n")
_WORD = re.compile(r"\w+")
_LEVELS = ("xa", "phuong", "thi tran", "thi xa", "huyen", "quan", "thanh pho", "tinh")
_WITHIN = frozenset({
    "thon", "xom", "ban", "ap", "buon", "lang", "khu", "to", "so", "nha", "ngo", "ngach", "hem", "kiet", "duong", "pho",
    "doi", "khom", "soc",
})  # fmt: skip
"""Words that begin a place within a commune."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """Names of the directory's bodies in reading form."""

    names: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Bodies":
        """From the names as they are written."""
        return cls(frozenset(reading_form(name)[0] for name in names))

    @property
    def bare(self) -> frozenset[str]:
        """The names without their level."""
        return frozenset(_bare(name) for name in self.names)

    def spoken_of(self, text: Read) -> tuple[Span, ...]:
        """Where the text names a body with its level: "xã Lê Lai", "UBND Lê Lai"."""
        bare = "|".join(sorted(map(re.escape, self.bare), key=len, reverse=True))
        if not bare:
            return ()
        before = rf"(?:{'|'.join(_LEVELS)}|ubnd|uy ban nhan dan|uy ban|chu tich|bi thu|can bo|cong an)"
        pattern = rf"\b(?:{before} )+(?:{bare})\b"
        return tuple(text.span(*match.span()) for match in re.finditer(pattern, text.form))


def places(text: Read, address: str, bodies: Bodies) -> Iterator[Span]:
    """Where parts of the address stand. A hamlet with its word is sure, also when it is named like its commune; its
    bare name is asked."""
    for part in _PARTS.split(address):
        words = _without_bodies(_WORD.findall(reading_form(part)[0]), bodies)
        if len("".join(words)) < 3:
            continue
        told = words[0] in _WITHIN
        name = words[1:] if told else words
        yield from _found(text, words, sure=told or len(words) > 1)
        if told and len("".join(name)) >= 3 and " ".join(name) not in bodies.bare:
            yield from _found(text, name, sure=False)


def _found(text: Read, words: list[str], *, sure: bool) -> Iterator[Span]:
    for match in re.finditer(rf"\b{r'[ ,.-]{1,3}'.join(map(re.escape, words))}\b", text.form):
        yield text.span(*match.span(), sure=sure)


def _without_bodies(words: list[str], bodies: Bodies) -> list[str]:
    """The words of a part without the names of bodies at its end, with or without their level."""
    known = {*(tuple(name.split()) for name in bodies.names), *(tuple(name.split()) for name in bodies.bare)}
    for size in range(min(len(words), 6), 0, -1):
        tail = tuple(words[-size:])
        whole = size == len(words) or " ".join(tail) in bodies.names
        if tail in known and whole:
            return _without_bodies(words[:-size], bodies) if size < len(words) else []
    return words


def _bare(name: str) -> str:
    level = next((each for each in _LEVELS if name.startswith(f"{each} ")), "")
    return name.removeprefix(level).strip()
