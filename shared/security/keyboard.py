"""What a Vietnamese keyboard makes of a code, undone: `5FÁ` may have been typed `5FA1` (VNI) or `5FAS` (Telex). Pure.

Such a keyboard swallows letters and digits and puts marks on letters typed before. How exactly differs from one to the
next, so every spelling that may have been meant is given; which of them is a code, its check character says.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from math import prod

MOST_SPELLINGS = 4096
"""Of one text; what may have been typed in more ways is not read back."""
_BAR, _CIRCUMFLEX, _BREVE, _HORN = "\u0335", "\u0302", "\u0306", "\u031b"
_KEYS = {
    "\u0301": "S1", "\u0300": "F2", "\u0309": "R3", "\u0303": "X4", "\u0323": "J5",  # tones
    _CIRCUMFLEX: "?6", _HORN: "W7", _BREVE: "W8", _BAR: "D9",
}  # fmt: skip
"""The keys that make a mark, in Telex and in VNI; Telex makes a circumflex by the letter itself once more."""
_TELEX, _VNI = 0, 1
_WANDERING = frozenset("\u0301\u0300\u0309\u0303\u0323")
"""Tones stand on the main vowel of a word, wherever their key was pressed after its first vowel."""
_VOWELS = frozenset("AEIOUY")


@dataclass(slots=True)
class _Word:
    """Letters in a row, as they were typed but for the swallowed keys, each with the first place where it may stand."""

    letters: list[str] = field(default_factory=list)
    swallowed: list[tuple[str, int]] = field(default_factory=list)
    first_vowel: int | None = None

    def marked(self, mark: str, layout: int) -> bool:
        """Take the mark from the last letter and note its key; false when no key makes it."""
        if mark not in _KEYS:
            return False
        last = len(self.letters) - 1
        if mark == _HORN and layout == _TELEX and self.letters[last] == "U":
            self.letters[last] = "W"  # Ư is one key; UW would be no code, which has no U
            return True
        key = self.letters[last] if mark == _CIRCUMFLEX and layout == _TELEX else _KEYS[mark][layout]
        after = self.first_vowel if mark in _WANDERING and self.first_vowel is not None else last
        self.swallowed.append((key, after))
        return True

    def ways(self) -> int:
        """How many spellings there are at most."""
        return prod(len(self.letters) + n - after for n, (_, after) in enumerate(self.swallowed))

    def spelled(self) -> set[str]:
        """Every place for every swallowed key."""
        found: set[tuple[tuple[str, int], ...]] = {tuple((letter, at) for at, letter in enumerate(self.letters))}
        for key, after in self.swallowed:
            found = {
                (*each[:gap], (key, -1), *each[gap:])
                for each in found
                for gap in range(_place(each, after) + 1, len(each) + 1)
            }
        return {"".join(character for character, _ in each) for each in found}


def spellings(text: str, length: int) -> set[str]:
    """Codes of that many characters that a keyboard may have turned into the text (in capitals).

    Nothing when the text bears no marks, or some that no key makes, or when there would be too many.
    """
    found: set[str] = set()
    if not any(unicodedata.combining(character) for character in _characters(text)):
        return found
    for layout in (_TELEX, _VNI):
        words = _words(text, layout)
        typed = sum(len(each.letters) + len(each.swallowed) for each in words)
        if typed == length and prod(each.ways() for each in words) <= MOST_SPELLINGS:
            found.update("".join(parts) for parts in product(*(each.spelled() for each in words)))
    return found


def _words(text: str, layout: int) -> list[_Word]:
    """Letters in a row; a digit stands alone, and whatever else parts words is left out. Nothing for a strange mark."""
    words = [_Word()]
    for character in _characters(text):
        word = words[-1]
        if unicodedata.combining(character):
            if not word.letters or not word.marked(character, layout):
                return []
        elif character.isalpha():
            if character in _VOWELS and word.first_vowel is None:
                word.first_vowel = len(word.letters)
            word.letters.append(character)
        else:
            words += [_Word([character]), _Word()] if character.isdigit() else [_Word()]
    return words


def _characters(text: str) -> Iterator[str]:
    return iter(unicodedata.normalize("NFD", text).replace("Đ", "D" + _BAR))


def _place(letters: tuple[tuple[str, int], ...], at: int) -> int:
    return next(place for place, (_, original) in enumerate(letters) if original == at)
