"""Vietnamese alphabetical order as a plain string key, for `ORDER BY key COLLATE "C"`."""

import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PRIMARY = {letter: chr(ord("A") + at) for at, letter in enumerate(_LETTERS)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
"""ngang (none), huyền, hỏi, ngã, sắc, nặng: the order of dictionaries."""
_END_OF_LETTERS = "\x01"


def sort_key(text: str) -> str:
    """A key whose code-point order is the Vietnamese alphabetical order of `text`.

    Word by word: letters first (a ă â b c d đ e ê … o ô ơ … u ư … y), then the tone, wherever in the syllable it is
    written (hòa, hoà); case does not count. Punctuation comes before digits and is all alike, digits come before
    letters, letters of other scripts follow by code point. Never a NUL.
    """
    return " ".join(_word_key(word) for word in text.split())


def _word_key(word: str) -> str:
    letters: list[str] = []
    tones: list[str] = []
    for character in unicodedata.normalize("NFD", word.lower()):
        marked = unicodedata.normalize("NFC", letters[-1] + character) if letters else character
        if character in _TONES:
            tones.append(_TONES[character])
        elif letters and marked in _PRIMARY:
            letters[-1] = marked
        elif not unicodedata.combining(character) and character.isprintable():
            letters.append(character)
    return "".join(_PRIMARY.get(letter) or _other(letter) for letter in letters) + _END_OF_LETTERS + "".join(tones)


def _other(character: str) -> str:
    if character in "0123456789" or (ord(character) > 0x7F and character.isalnum()):
        return character
    return "!"
