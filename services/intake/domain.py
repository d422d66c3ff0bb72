"""Pure decisions of intake: what may be registered, who may open a petition, which register a kind belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.intake import Letter, Register
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import ErrorCode, Kind
from shared.directory import Directory, Role
from shared.security.codes import PinRefused, normalise_pin
from shared.text import TextError, normalise_letter, normalise_name

OLDEST = date(1900, 1, 1)

REGISTERS: Mapping[Kind, str] = {
    Kind.COMPLAINT: "KN",
    Kind.DENUNCIATION: "TC",
    Kind.INFORMATION: "TT",
    Kind.FEEDBACK: "PA",
    Kind.LAND_DISPUTE: "DD",
    Kind.MIXED: "HH",
    Kind.OUT_OF_SCOPE: "KH",
}
"""Series of numbers: the confidential ones (TC, TT) are apart from the general ones."""

OPENINGS_PER_HOUR = 60
"""How many protected documents one person may open within an hour of machine time."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A letter that may be registered."""

    letter: Letter
    against: tuple[str, ...]


def may_register(directory: Directory, officer_id: str, authority_id: str, on: date) -> None:
    """Only the reception desk of an authority registers its letters.

    Raises:
        Refused: unknown authority, or the officer does not work at its desk.
    """
    if not directory.has_authority(authority_id):
        raise Refused(ErrorCode.UNKNOWN_AUTHORITY, field="authority_id")
    posts = (*directory.posts_of(officer_id, on), *directory.acts_for(officer_id, on))
    if not any(post.authority_id == authority_id and post.role is Role.HANDLER for post in posts):
        raise Refused(ErrorCode.NOT_ALLOWED)


def check_registration(directory: Directory, command: Register, letter: Letter, today: date) -> Checked:
    """Check what the desk entered.

    Raises:
        Refused: a date, name, text or PIN that cannot be, with the field at fault.
    """
    _check_dates(command, today)
    for target in command.against:
        if not (directory.knows(target) or directory.has_authority(target)):
            raise Refused(ErrorCode.UNKNOWN_AUTHORITY, field="against")
    return Checked(_check_letter(letter), tuple(dict.fromkeys(command.against)))


def _check_dates(command: Register, today: date) -> None:
    for field in ("received_on", "letter_on", "postmark_on"):
        value: date | None = getattr(command, field)
        if value is None:
            continue
        if value > today:
            raise Refused(ErrorCode.DATE_IN_FUTURE, field=field)
        if value < OLDEST:
            raise Refused(ErrorCode.DATE_TOO_OLD, field=field)
        if value > command.received_on:
            raise Refused(ErrorCode.DATES_CONTRADICT, field=field)


def _check_letter(letter: Letter) -> Letter:
    names = {}
    for field in ("sender_name", "sender_id_number", "sender_address", "phone", "email"):
        try:
            names[field] = normalise_name(getattr(letter, field)) if getattr(letter, field) else ""
        except TextError as error:
            raise Refused(ErrorCode(error.code), field=field, position=error.position) from None
    try:
        return Letter(text=normalise_letter(letter.text), pin=normalise_pin(letter.pin), **names)
    except TextError as error:
        raise Refused(ErrorCode(error.code), field="text", position=error.position) from None
    except PinRefused as error:
        raise Refused(ErrorCode(error.code), field="pin") from None
