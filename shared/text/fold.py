"""Folding: lowercase without diacritics, so that a search finds what was typed with or without them."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache


def fold(text: str) -> str:
    """Lowercase letters without diacritics, đ as d; the same for NFC and NFD."""
    return "".join(map(_folded, text))


def fold_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """The folded text and, for each of its characters and its end, the offset in `text` it comes from.

    `text[offsets[i]:offsets[j]]` is what `folded[i:j]` was, with the combining marks that follow it.
    """
    pieces = list(map(_folded, text))
    folded = "".join(pieces)
    if len(folded) == len(text) and "" not in pieces:
        return folded, range(len(text) + 1)
    offsets = [at for at, piece in enumerate(pieces) for _ in piece]
    return folded, [*offsets, len(text)]


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """Zero or more characters: a combining mark folds to nothing, a ligature to its letters."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each))
    lower = "".join(each for each in unicodedata.normalize("NFKD", bare.lower()) if not unicodedata.combining(each))
    return lower.replace("đ", "d")
