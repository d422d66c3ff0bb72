"""Vietnamese text: folding for search, alphabetical order, and what a letter may contain. Pure."""

from shared.text.accept import (
    LETTER_LIMIT,
    NAME_LIMIT,
    ControlCharacter,
    DirectionMark,
    EmptyText,
    NotOneLine,
    TextError,
    TextTooLong,
    normalise_letter,
    normalise_name,
)
from shared.text.fold import fold, fold_with_offsets
from shared.text.order import sort_key
from shared.text.reading import reading_form, visible

__all__ = [
    "LETTER_LIMIT",
    "NAME_LIMIT",
    "ControlCharacter",
    "DirectionMark",
    "EmptyText",
    "NotOneLine",
    "TextError",
    "TextTooLong",
    "fold",
    "fold_with_offsets",
    "normalise_letter",
    "normalise_name",
    "reading_form",
    "sort_key",
    "visible",
]
