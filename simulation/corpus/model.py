"""One letter of the demo: how it arrives, what it says, what a careful official decides, what officials then do."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from shared.contracts.vocabulary import Body, Channel, FilingGround, Flag, Kind, RefusalGround

FIRST_DAY = date(2025, 1, 6)
"""Day 0 of the corpus, a Monday."""


class Fate(StrEnum):
    """What the demo's officials do with a letter."""

    DECIDE = "decide"
    REFUSE = "refuse"
    TRANSFER_INSIDE = "transfer_inside"
    TRANSFER_OUTSIDE = "transfer_outside"
    GUIDE = "guide"
    FILE = "file"
    SPLIT = "split"
    LATE = "late"
    NEVER = "never"
    FORGOTTEN_UNCONFIRMED = "forgotten_unconfirmed"


class CorpusError(ValueError):
    """A letter that cannot be. `code` is a closed word, `place` the file and row or the letter's id."""

    def __init__(self, code: str, place: str) -> None:
        super().__init__(f"{code} {place}")
        self.code = code
        self.place = place


@dataclass(frozen=True, slots=True)
class Label:
    """Kind, level (1 or 2 for complaints), competent authority and flags, as a careful official decides."""

    kind: Kind
    level: int
    authority: str
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True)
class LetterPart:
    """One content of a mixed letter: its paragraphs (the text divided at blank lines), and who is competent for it."""

    kind: Kind
    against: tuple[str, ...]
    paragraphs: tuple[int, ...]
    authority: str


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """One letter. `day` counts from `FIRST_DAY`; `written` and `postmark` count from the day of arrival, never after.

    `text` opens with the title on a line of its own, if there is one. `sender` is empty for anonymous letters.
    """

    id: str
    day: int
    channel: Channel
    desk: str
    signed: bool
    against: tuple[str, ...]
    sender: str
    address: str
    text: str
    label: Label
    fate: Fate
    phone: str = ""
    title: str = ""
    written: int | None = None
    postmark: int | None = None
    forwarded_by: Body | None = None
    forwarding_number: str | None = None
    sealed_slip: bool = False
    ticked: Kind | None = None
    target: str | None = None
    """An authority's id (`transfer_inside`) or the word of a `Body` (`transfer_outside`)."""
    ground: RefusalGround | FilingGround | None = None
    parts: tuple[LetterPart, ...] = ()

    @property
    def received_on(self) -> date:
        """The day on which it arrives."""
        return FIRST_DAY + timedelta(days=self.day)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text divided at blank lines."""
        return tuple(self.text.split("\n\n"))

    def for_part(self, part: LetterPart) -> "DemoLetter":
        """The letter that one content becomes once it is separated; it is decided like any other."""
        return replace(
            self,
            against=part.against,
            text="\n\n".join(self.paragraphs[place] for place in part.paragraphs),
            label=Label(part.kind, 1, part.authority),
            fate=Fate.DECIDE,
            title="",
            parts=(),
        )
