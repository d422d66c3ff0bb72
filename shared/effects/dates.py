"""The day of a legal act."""

from datetime import date

from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode


def dated(day: date, field: str, *, today: date, earliest: date) -> None:
    """Let the day of an act pass that was done.

    Raises:
        Denied: in the future, or before what it rests on.
    """
    if day > today:
        raise Denied(ErrorCode.DATE_IN_FUTURE, field=field)
    if day < earliest:
        raise Denied(ErrorCode.DATES_CONTRADICT, field=field)
