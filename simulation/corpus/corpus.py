"""The demo's letters: invented, written as people of a mountain district write, with what a careful official decides.

Pure: reads the TOML files of `letters/` and refuses rows that contradict themselves, the law or the directory.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from shared.contracts.vocabulary import Body, Channel, FilingGround, Flag, Kind, RefusalGround
from shared.directory import DirectoryError
from simulation.corpus.checks import check, competent_authority
from simulation.corpus.model import CorpusError, DemoLetter, Fate, Label, LetterPart

__all__ = ["CorpusError", "DemoLetter", "Fate", "Label", "LetterPart", "load_corpus", "parse"]

_TYPES: dict[str, type] = {
    "day": int,
    "written": int,
    "postmark": int,
    "sealed_slip": bool,
    "signed": bool,
}
_TEXTS = ("id", "desk", "sender", "address", "phone", "title", "text", "forwarding_number", "target")
_WORDS = {"channel": Channel, "fate": Fate, "ticked": Kind, "forwarded_by": Body}
_GROUNDS: dict[str, type[RefusalGround | FilingGround]] = {"refuse": RefusalGround, "file": FilingGround}


@cache
def load_corpus() -> tuple[DemoLetter, ...]:
    """Every letter, in order of arrival. Raises `CorpusError`."""
    found: list[DemoLetter] = []
    folder = files("simulation.corpus") / "letters"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            rows = tomllib.loads(file.read_text("utf-8")).get("letter", [])
            found.extend(parse(row, f"{file.name}[{number}]") for number, row in enumerate(rows))
    letters = tuple(sorted(found, key=lambda each: (each.day, each.id)))
    check(letters)
    return letters


def parse(row: dict[str, Any], place: str) -> DemoLetter:
    """A letter from one plain row, not yet checked against the law.

    Raises:
        CorpusError: a field is missing, not known or of the wrong type.
    """
    rest = dict(row)
    try:
        label = _label(rest.pop("label"))
        against = _texts(rest.pop("against"))
        rows = rest.pop("parts", [])
        ground = rest.pop("ground", None)
        fields: dict[str, Any] = {name: _field(name, value) for name, value in rest.items()}
        grounds = _GROUNDS.get(fields["fate"])
        fields["ground"] = grounds(ground) if grounds and ground is not None else ground
        fields["parts"] = tuple(_part(part, fields["desk"]) for part in rows)
        text = "\n".join(filter(None, (fields.get("title"), fields.pop("text").strip())))
        return DemoLetter(text=text, label=label, against=against, **fields)
    except (KeyError, TypeError, ValueError, DirectoryError):
        raise CorpusError("bad_row", place) from None


def _field(name: str, value: Any) -> Any:
    if name in _WORDS:
        return _WORDS[name](value)
    wanted = str if name in _TEXTS else _TYPES[name]
    if type(value) is not wanted:  # a bool is an int too
        raise TypeError
    return value


def _label(row: dict[str, Any]) -> Label:
    rest = dict(row)
    kind, level, authority = Kind(rest.pop("kind")), rest.pop("level"), rest.pop("authority")
    flags = frozenset(Flag(flag) for flag in rest.pop("flags"))
    if rest or level not in (1, 2) or not isinstance(authority, str):
        raise TypeError
    return Label(kind, level, authority, flags)


def _part(row: dict[str, Any], desk: str) -> LetterPart:
    rest = dict(row)
    kind, against = Kind(rest.pop("kind")), _texts(rest.pop("against"))
    paragraphs = tuple(rest.pop("paragraphs"))
    if rest or not all(type(place) is int for place in paragraphs):
        raise TypeError
    return LetterPart(kind, against, paragraphs, competent_authority(kind, 1, against, desk))


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise TypeError
    return tuple(values)
