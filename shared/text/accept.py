"""What a letter and a name may contain, refused with the place and what to do about it."""

import re
import unicodedata
from typing import ClassVar

from shared.text.reading import visible

LETTER_LIMIT = 200_000
"""Characters of one letter."""
NAME_LIMIT = 200
"""Characters of one name."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]|\r(?!\n)")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE = re.compile("[\n\r\t\u2028\u2029]")


class TextError(Exception):
    """Text that cannot be kept. `position` counts characters of the text as given, from 0; no text is echoed."""

    code: ClassVar[str] = "text_error"
    _advice: ClassVar[str] = "Kiểm tra lại nội dung."

    def __init__(self, position: int) -> None:
        super().__init__(self.code)
        self.position = position

    @property
    def advice(self) -> str:
        """What the person should do, in Vietnamese; positions count from 1 there."""
        return self._advice.format(position=self.position + 1)


class EmptyText(TextError):
    """Nothing but white space and characters that show nothing."""

    code = "text_empty"
    _advice = "Chưa có nội dung. Hãy nhập nội dung rồi gửi lại."


class TextTooLong(TextError):
    """More characters than the limit; `position` is the first one too many, in composed form."""

    code = "text_too_long"
    _advice = (
        "Nội dung quá dài, vượt giới hạn từ ký tự thứ {position}. Hãy rút ngắn hoặc gửi phần còn lại bằng tệp kèm theo."
    )


class ControlCharacter(TextError):
    """A control character other than line feed and tab, or half of a surrogate pair."""

    code = "text_has_control_characters"
    _advice = "Có ký tự điều khiển ở vị trí {position}. Hãy xóa ký tự đó hoặc dán lại dưới dạng văn bản thuần."


class DirectionMark(TextError):
    """A mark that turns the direction of writing and could make the text look different from what it says."""

    code = "text_has_direction_marks"
    _advice = "Có dấu đổi chiều chữ (không nhìn thấy) ở vị trí {position}. Hãy xóa và gõ lại đoạn đó."


class NotOneLine(TextError):
    """A name with a line break or a tab."""

    code = "text_not_one_line"
    _advice = "Họ tên phải nằm trên một dòng; có ngắt dòng ở vị trí {position}. Hãy xóa ngắt dòng."


def normalise_letter(text: str, max_chars: int = LETTER_LIMIT) -> str:
    r"""The text in NFC with `\n` line ends, otherwise untouched.

    Raises `EmptyText`, `TextTooLong`, `ControlCharacter`, `DirectionMark`.
    """
    _refuse(_CONTROL, text, ControlCharacter)
    _refuse(_DIRECTION, text, DirectionMark)
    return _bounded(unicodedata.normalize("NFC", text.replace("\r\n", "\n")), max_chars)


def normalise_name(text: str) -> str:
    """A name in NFC on one line, single spaces, at most 200 characters. Raises `TextError` subclasses."""
    _refuse(_CONTROL, text, ControlCharacter)
    _refuse(_DIRECTION, text, DirectionMark)
    stripped = text.strip()
    line = _LINE.search(stripped)
    if line:
        raise NotOneLine(line.start() + len(text) - len(text.lstrip()))
    return _bounded(unicodedata.normalize("NFC", " ".join(stripped.split())), NAME_LIMIT)


def _refuse(pattern: re.Pattern[str], text: str, error: type[TextError]) -> None:
    found = pattern.search(text)
    if found:
        raise error(found.start())


def _bounded(text: str, max_chars: int) -> str:
    if not visible(text).strip():
        raise EmptyText(0)
    if len(text) > max_chars:
        raise TextTooLong(max_chars)
    return text
