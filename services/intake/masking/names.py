"""The sender's name by words, never inside a word: over two lines, with initials, without diacritics."""

import re
from collections.abc import Iterator

from services.intake.masking.span import Read, Span
from shared.text import reading_form, sort_key

_WORD = re.compile(r"[^\W\d_]+")
_HONOURS = frozenset({"ong", "ba", "anh", "chi", "co", "chu", "bac"})
_MYSELF = re.compile(
    r"\b(?:toi (?:la|ten|ten la|ky ten)|ten(?: toi)? la|ho (?:va )?ten|nguoi (?:viet|lam|gui)(?: don)?|ky ten)[ :,.]*$"
)
"""What stands before one's own name."""
_BETWEEN = r"[ .]{1,3}"


def names(text: Read, name: str) -> Iterator[Span]:
    """Where the name stands. Several words in a row are sure, unless they are written like common words; a single one
    only where the sender speaks of himself."""
    words = _WORD.findall(reading_form(name)[0])
    shown = _WORD.findall(name)
    if len(words) > 1 and words[0] in _HONOURS:
        words, shown = words[1:], shown[1:]
    if not words or len(words) != len(shown):
        return
    if len(words) > 1:
        yield from _whole(text, words, shown)
    yield from _alone(text, words[-1], shown[-1], only=len(words) == 1)


def _whole(text: Read, words: list[str], shown: list[str]) -> Iterator[Span]:
    parts = [rf"(?P<w{at}>{word}|{word[0]})" for at, word in enumerate(words)]
    for match in re.finditer(rf"\b{_BETWEEN.join(parts)}\b", text.form):
        full = [at for at, word in enumerate(words) if match[f"w{at}"] == word]
        initials = len(words) - len(full)
        if initials and "." not in match[0]:
            continue
        end = match.end() + (text.form[match.end() : match.end() + 1] == "." and not full)
        typed = text.as_typed(*match.span())
        common = len(full) == len(words) == 2 and (typed == typed.lower() or _differs(typed, shown))
        yield text.span(match.start(), end, sure=not common)


def _alone(text: Read, word: str, shown: str, *, only: bool) -> Iterator[Span]:
    for match in re.finditer(rf"\b{word}\b", text.form):
        typed = text.as_typed(*match.span())
        if not typed[:1].isupper() or sort_key(typed.lower()) != sort_key(shown.lower()):
            continue
        before = text.form[max(0, match.start() - 30) : match.start()]
        if _MYSELF.search(before):
            yield text.span(*match.span(), sure=only)
        elif _within_a_sentence(text, match.start()):
            yield text.span(*match.span(), sure=False)


def _within_a_sentence(text: Read, start: int) -> bool:
    """Capitals that begin a sentence or a line say nothing; a whole line of capitals neither."""
    before = text.typed[: text.offsets[start]].rstrip(" \t")
    return bool(before) and before[-1] not in ".!?:;\n-"


def _differs(typed: str, shown: list[str]) -> bool:
    """Whether diacritics make other words of it."""
    written = _WORD.findall(typed)
    return not typed.isascii() and [sort_key(each.lower()) for each in written] != [
        sort_key(each.lower()) for each in shown
    ]
