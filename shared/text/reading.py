"""The form in which a text is read: what looks alike to a person is alike, and every place leads back to the text."""

import re
from collections.abc import Callable, Sequence

from shared.text.fold import fold_with_offsets

_PLAIN = re.compile(r"[a-z0-9.,;:()/?!%+*&'\"-]*(?: [a-z0-9.,;:()/?!%+*&'\"-]+)*")
"""Folded text that is its own reading form, unless letters stand apart."""
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
"""Format characters, fillers and variation selectors (Unicode: default ignorable)."""
_NOTHING = re.compile(f"[{_IGNORABLE}]")
_BROKEN = re.compile(rf"(?<![^\W\d_])[^\W\d_]+(?:[{_IGNORABLE}]+[^\W\d_]+)+")
_GAP = re.compile(r"[-\u2010\u2011\u2012\u2013]?[^\S\n]*[\n\u2028\u2029\x0b\x0c\r]\s*|\s+")
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .\-_][^\W\d_]){2,}(?![^\W_])")
"""At least three letters with something between each."""
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?(?![aeiouy])"
)
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕһԁӏгпкмтвнαοειυνκρτχωβıɑɡℓ",
    "aeopcyxijshdlrnkmtbhaoeiuvkptxwbiagl",
)
"""Cyrillic, Greek and other letters that print like Latin ones."""

Change = Callable[[re.Match[str]], list[tuple[int, str]]]
"""Characters for a match, each with the place in the folded text that it stands for."""


def visible(text: str) -> str:
    """The text without characters that show nothing."""
    return text if text.isascii() else _NOTHING.sub("", text)


def reading_form(text: str) -> tuple[str, Sequence[int]]:
    """The folded text as it is read and, for each of its characters and its end, the offset in `text`.

    No ignorable characters; any run of white space, with a hyphen before a line end, is one space; letters set apart
    ("T Ố  C Á O") are joined into syllables; look-alikes of other scripts are Latin letters.
    """
    folded, offsets = fold_with_offsets(text)
    if _PLAIN.fullmatch(folded) is None:
        folded, offsets = _rewritten(_BROKEN, _mended, folded.translate(_LOOK_ALIKE), offsets)
        folded, offsets = _rewritten(_NOTHING, lambda nothing: [], folded, offsets)
        folded, offsets = _rewritten(_GAP, lambda gap: [(gap.start(), " ")], folded, offsets)
    return _rewritten(_SPACED, _joined, folded, offsets)


def _mended(broken: re.Match[str]) -> list[tuple[int, str]]:
    """A word in which something invisible stands: one syllable, or two words that only look apart."""
    letters = [(broken.start() + at, each) for at, each in enumerate(broken[0]) if not _NOTHING.match(each)]
    return _syllables(letters) or letters


def _joined(spaced: re.Match[str]) -> list[tuple[int, str]]:
    """The letters without what stands between them, when they make syllables; initials stay as they are."""
    letters = [(spaced.start() + at, each) for at, each in enumerate(spaced[0])]
    return _syllables(letters[::2]) or letters


def _syllables(letters: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The letters, with a space between syllables; nothing when they make none."""
    ends = _ends("".join(each for _, each in letters))
    joined: list[tuple[int, str]] = []
    if not ends:
        return joined
    for number, (place, each) in enumerate(letters):
        joined.append((place, each))
        if number + 1 in ends and number + 1 < len(letters):
            joined.append((place + 1, " "))
    return joined


def _ends(word: str) -> set[int]:
    """Where syllables end; none when the word is not made of syllables."""
    ends, at = set(), 0
    while at < len(word):
        syllable = _SYLLABLE.match(word, at)
        if syllable is None:
            return set()
        at = syllable.end()
        ends.add(at)
    return ends


def _rewritten(
    pattern: re.Pattern[str], change: Change, folded: str, offsets: Sequence[int]
) -> tuple[str, Sequence[int]]:
    found = [match for match in pattern.finditer(folded) if match[0] != " "]
    if not found:
        return folded, offsets
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for match in found:
        pieces.append(folded[at : match.start()])
        places.extend(offsets[at : match.start()])
        for place, each in change(match):
            pieces.append(each)
            places.append(offsets[place])
        at = match.end()
    pieces.append(folded[at:])
    places.extend(offsets[at:])
    return "".join(pieces), places
