"""The lexicon: reviewed words that speak for a kind or a flag."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.contracts.vocabulary import Flag, Kind


@dataclass(frozen=True, slots=True)
class KindRule:
    """A pattern on folded text that speaks for a kind."""

    id: str
    kind: Kind
    weight: float
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class FlagRule:
    """A pattern on folded text that raises a flag."""

    id: str
    flag: Flag
    pattern: re.Pattern[str]


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
            KindRule(rule["id"], Kind(rule["kind"]), rule["weight"], re.compile(rule["pattern"], re.DOTALL))
            for rule in data["rule"]
        ),
        flags=tuple(FlagRule(rule["id"], Flag(rule["flag"]), re.compile(rule["pattern"])) for rule in data["flag"]),
    )
