"""Words of the pages in two languages: labels of the closed vocabulary, sentences for errors, phrases."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("vi", "en")
DEFAULT = "vi"
_FOLDER = Path(__file__).parent / "i18n"


class Texts:
    """One language. A phrase without a translation stays Vietnamese."""

    def __init__(self, language: str, labels: Mapping[str, Mapping[str, str]]) -> None:
        self.language = language
        self._labels = labels

    def phrase(self, vietnamese: str) -> str:
        """A phrase of a page, by its Vietnamese wording."""
        return self._labels.get("phrases", {}).get(vietnamese, vietnamese)

    def label(self, group: str, word: object) -> str:
        """What a word of the closed vocabulary is called; the word itself when it has no name."""
        return self._labels.get(group, {}).get(str(word), str(word))

    def has(self, group: str, word: object) -> bool:
        """Whether a word has a name."""
        return str(word) in self._labels.get(group, {})


@cache
def texts(language: str) -> Texts:
    """The texts of a language; Vietnamese for any other."""
    chosen = language if language in LANGUAGES else DEFAULT
    found: dict[str, Any] = tomllib.loads((_FOLDER / f"{chosen}.toml").read_text("utf-8"))
    return Texts(chosen, found)
