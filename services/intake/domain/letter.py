"""What may be registered: how it arrived, its three dates, whom it is against, its text."""

import re
from dataclasses import dataclass
from datetime import date

from shared.contracts.denial import Denied
from shared.contracts.intake import Letter, Register
from shared.contracts.vocabulary import Channel, ErrorCode
from shared.directory import Abolished, Directory, UnknownAuthority
from shared.security.codes import PinRefused, normalise_pin
from shared.text import TextError, normalise_letter, normalise_name, reading_form, visible

OLDEST = date(1900, 1, 1)
FAR_BACK_DAYS = 30
"""A receipt longer ago is asked about: mistyped, it would be overdue at once."""
LONGEST_NUMBER = 60
"""Characters of a covering paper's number."""
_WORD = re.compile(r"[^\W\d_]+")
_NOBODY = frozenset({
    "khong ro", "khong ro ten", "khong biet", "khong ten", "khong co", "khong co ten", "khong ghi", "khong ghi ten",
    "khong xung ten", "khong neu ten", "nac danh", "an danh", "vo danh", "giau ten", "nguoi dan", "mot nguoi dan",
    "cong dan", "quan chung", "chua ro", "x", "xx", "xxx", "n a", "na", "khong", "dan", "nhan dan",
})  # fmt: skip
"""What desks type where a letter names no sender."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A letter that may be registered."""

    letter: Letter
    against: tuple[str, ...]


def check_registration(directory: Directory, command: Register, letter: Letter, today: date) -> Checked:
    """Check what the desk entered.

    Raises:
        Denied: an arrival, date, name, text or PIN that cannot be, with the field at fault.
    """
    checked = _check_letter(letter)
    _check_arrival(command, checked.forwarding_number)
    _check_dates(command, today)
    return Checked(checked, check_against(directory, command.against, command.received_on))


def check_against(directory: Directory, against: list[str], on: date) -> tuple[str, ...]:
    """Whom a letter received on that day is against, each once. For a body that was no more, its successor is named.

    Raises:
        Denied: an id that the directory does not know, or an authority that stood once and was no more.
    """
    for target in against:
        if directory.knows(target):
            continue
        if not directory.has_authority(target):
            raise Denied(ErrorCode.UNKNOWN_AUTHORITY, field="against")
        try:
            directory.authority(target, on)
        except Abolished:
            raise Denied(ErrorCode.ABOLISHED_AUTHORITY, field="against") from None
        except UnknownAuthority:
            continue
    return tuple(dict.fromkeys(against))


def is_named(name: str) -> bool:
    """Whether this is the name of a sender: letters that say more than that nobody is named."""
    words = " ".join(_WORD.findall(reading_form(name)[0]))
    return bool(words) and words not in _NOBODY


def check_pin(pin: str) -> str:
    """The six digits of a PIN.

    Raises:
        Denied: not a PIN, or one that anybody guesses first.
    """
    try:
        return normalise_pin(pin)
    except PinRefused as error:
        raise Denied(ErrorCode(error.code), field="pin") from None


def _check_arrival(command: Register, number: str) -> None:
    """A forwarded letter names who forwarded it and under which number; one from the box names the minutes."""
    forwarded = command.channel_of_arrival is Channel.FORWARDED
    if (command.forwarded_by is not None) is not forwarded:
        raise Denied(ErrorCode.INVALID, field="forwarded_by")
    if command.forwarding_on is not None and not forwarded:
        raise Denied(ErrorCode.INVALID, field="forwarding_on")
    if bool(number) is not forwarded or not (number == "" or re.search(r"\d", number)) or len(number) > LONGEST_NUMBER:
        raise Denied(ErrorCode.INVALID, field="forwarding_number")
    if (command.box_id is not None) is not (command.channel_of_arrival is Channel.BOX):
        raise Denied(ErrorCode.INVALID, field="box_id")


def _check_dates(command: Register, today: date) -> None:
    for field in ("received_on", "letter_on", "postmark_on", "forwarding_on"):
        value: date | None = getattr(command, field)
        if value is None:
            continue
        if value > today:
            raise Denied(ErrorCode.DATE_IN_FUTURE, field=field)
        if value < OLDEST:
            raise Denied(ErrorCode.DATE_TOO_OLD, field=field)
        if value > command.received_on:
            raise Denied(ErrorCode.DATES_CONTRADICT, field=field)
    if (today - command.received_on).days > FAR_BACK_DAYS and not command.far_back:
        raise Denied(ErrorCode.DATE_FAR_BACK, field="received_on")
    if command.letter_on and command.postmark_on and command.letter_on > command.postmark_on:
        raise Denied(ErrorCode.DATES_CONTRADICT, field="letter_on")


def _check_letter(letter: Letter) -> Letter:
    names = {}
    for field in ("sender_name", "sender_id_number", "sender_address", "phone", "email", "forwarding_number"):
        try:
            names[field] = normalise_name(typed) if (typed := visible(getattr(letter, field))).strip() else ""
        except TextError as error:
            raise Denied(ErrorCode(error.code), field=field, position=error.position) from None
    try:
        return Letter(text=normalise_letter(letter.text), pin=check_pin(letter.pin), not_own=letter.not_own, **names)
    except TextError as error:
        raise Denied(ErrorCode(error.code), field="text", position=error.position) from None
