"""Vietnamese keyboards that mangle what is typed."""

import unicodedata

TONES = {
    "telex": dict(zip("SFRXJ", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
    "vni": dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
}
VOWELS = "AEIOUY"


class Keyboard:
    """A small input method: marks go to the nearest letter before that takes them, in the same row of letters.

    `free` looks past other letters, as desktops do; without it only at the letter just before, as phones do.
    """

    def __init__(self, layout: str, *, free: bool) -> None:
        self._layout, self._free = layout, free
        self._shown: list[list[str]] = []
        """A base and its marks for each character."""

    def type(self, keys: str) -> str:
        for key in keys:
            self._press(key)
        return unicodedata.normalize("NFC", "".join(base + "".join(marks) for base, *marks in self._shown)).replace(
            "D\u0335", "Đ"
        )

    def _press(self, key: str) -> None:
        if key in TONES[self._layout]:
            self._tone(key, TONES[self._layout][key])
        elif self._layout == "vni":
            self._shape(
                key, {"6": ("AEO", "\u0302"), "7": ("OU", "\u031b"), "8": ("A", "\u0306"), "9": ("D", "\u0335")}
            )
        elif key == "W" and self._before("AO", "W") is None:
            self._shown.append(["U", "\u031b"])
        else:
            same = {"A": "\u0302", "E": "\u0302", "O": "\u0302", "D": "\u0335"}
            table = {letter: (letter, mark) for letter, mark in same.items()}
            self._shape(key, table | {"W": ("O", "\u031b") if self._before("O", "W") is not None else ("A", "\u0306")})

    def _before(self, bases: str, key: str) -> int | None:
        for place in range(len(self._shown) - 1, -1, -1):
            if not self._shown[place][0].isalpha():
                return None
            if self._shown[place][0] in bases:
                return place
            if not self._free:
                return None
        return None

    def _tone(self, key: str, mark: str) -> None:
        place = self._before(VOWELS, key)
        if place is None:
            self._shown.append([key])
            return
        marks = self._shown[place]
        old = [each for each in marks[1:] if each in TONES[self._layout].values()]
        for each in old:
            marks.remove(each)
        if mark in old:  # the same key again: it was meant as a letter
            self._shown.append([key])
        else:
            marks.append(mark)

    def _shape(self, key: str, table: dict[str, tuple[str, str]]) -> None:
        bases, mark = table.get(key, ("", ""))
        place = self._before(bases, key) if bases else None
        if place is None or set(self._shown[place]) & {"\u0302", "\u0306", "\u031b", "\u0335"}:
            self._shown.append([key])
        else:
            self._shown[place].insert(1, mark)
