"""The day of a legal act."""

from datetime import date

from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import ErrorCode


def dated(day: date, field: str, *, today: date, earliest: date) -> None:
    """Let the day of an act pass that was done.

    Raises:
        Refused: in the future, or before what it rests on.
    """
    if day > today:
        raise Refused(ErrorCode.DATE_IN_FUTURE, field=field)
    if day < earliest:
        raise Refused(ErrorCode.DATES_CONTRADICT, field=field)
