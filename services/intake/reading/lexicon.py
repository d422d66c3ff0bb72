"""The lexicon: reviewed words that speak for a kind or a flag."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.contracts.vocabulary import Flag, Kind

Ways = tuple[frozenset[str], ...]
"""For each way in which a pattern may match, words that then stand in the text."""
_BOUNDARY = r"\b"
_INNER_GROUP = re.compile(r"\([^()]*\)")
_WHOLE_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class KindRule:
    """A pattern on folded text that speaks for a kind."""

    id: str
    kind: Kind
    weight: float
    pattern: re.Pattern[str]
    ways: Ways


@dataclass(frozen=True, slots=True)
class FlagRule:
    """A pattern on folded text that raises a flag."""

    id: str
    flag: Flag
    pattern: re.Pattern[str]
    ways: Ways


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All rules of one version."""

    version: str
    kinds: tuple[KindRule, ...]
    flags: tuple[FlagRule, ...]


@cache
def load_lexicon() -> Lexicon:
    """The lexicon that is shipped."""
    data = tomllib.loads((Path(__file__).parent / "lexicon.toml").read_text(encoding="utf-8"))
    return Lexicon(
        version=data["version"],
        kinds=tuple(
            KindRule(
                rule["id"],
                Kind(rule["kind"]),
                rule["weight"],
                re.compile(rule["pattern"], re.DOTALL),
                ways_of(rule["pattern"]),
            )
            for rule in data["rule"]
        ),
        flags=tuple(
            FlagRule(rule["id"], Flag(rule["flag"]), re.compile(rule["pattern"]), ways_of(rule["pattern"]))
            for rule in data["flag"]
        ),
    )


def ways_of(pattern: str) -> Ways:
    """The alternatives at the beginning of a pattern of the form `\\b…\\b…`, each by its whole plain words.

    What stands in a group of its own may be left out, so it counts for nothing; no word at all means: always try.
    """
    _, head, *_ = pattern.split(_BOUNDARY)
    plain = head.removeprefix("(").removesuffix(")") if head.startswith("(") else head
    while _INNER_GROUP.search(plain):
        plain = _INNER_GROUP.sub("?", plain)
    return tuple(frozenset(filter(_WHOLE_WORD.fullmatch, way.split(" "))) for way in plain.split("|"))


def may_match(ways: Ways, words: frozenset[str]) -> bool:
    """Whether a text of these words can match at all: much cheaper to ask than the pattern."""
    return any(map(words.issuperset, ways))
