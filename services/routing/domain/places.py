"""Authorities above authorities on a day, and what stands in their place when they are no more."""

from collections.abc import Sequence
from datetime import date

from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Directory, UnknownAuthority


def standing(directory: Directory, authority_id: str, on: date) -> str:
    """The authority, or what stands in its place on that day; itself when nothing followed it."""
    return directory.successor_of(authority_id, on) or authority_id


def check_stands(directory: Directory, authority_id: str, on: date, field: str) -> None:
    """An authority that exists on that day.

    Raises:
        Denied: unknown, or it stood once and is no more.
    """
    if not directory.has_authority(authority_id):
        raise Denied(ErrorCode.UNKNOWN_AUTHORITY, field=field)
    try:
        directory.authority(authority_id, on)
    except UnknownAuthority:
        raise Denied(ErrorCode.ABOLISHED_AUTHORITY, field=field) from None


def above_all(directory: Directory, places: Sequence[str | None], on: date) -> str | None:
    """The lowest authority that is each of these places or above it; None when there is none."""
    lines = [_upwards(directory, place, on) for place in places]
    return next((place for place in lines[0] if all(place in line for line in lines)), None)


def common_superior(directory: Directory, one: str, other: str, on: date) -> str:
    """Who settles between two authorities: the nearest one above both; at the top, the higher of the two."""
    mine, theirs = _upwards(directory, one, on), _upwards(directory, other, on)
    above = [place for place in mine[1:] if place in theirs[1:]]
    return above[0] if above else min(mine, theirs, key=len)[-1]


def _upwards(directory: Directory, place: str | None, on: date) -> list[str]:
    if place is None:
        return []
    here = standing(directory, place, on)
    return [here, *directory.superiors_of(here, on)]
