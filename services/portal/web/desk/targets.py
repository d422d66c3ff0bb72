"""Whom or what a letter is against, picked from the directory in a field that also works without scripts. Pure."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from services.portal.asking.heirs import Gone
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Directory
from shared.text import fold


@lru_cache(maxsize=64)
def choices(directory: Directory, on: date) -> dict[str, str]:
    """Labels of authorities and officers in office on a day, with their ids."""
    found = {f"UBND {each.name}": each.id for each in directory.authorities(on)}
    for officer in directory.officers():
        for post in directory.posts_of(officer.id, on):
            place = directory.authority(post.authority_id, on).name
            found[f"{officer.name} – {post.title}, {place} ({officer.id})"] = officer.id
    return found


@lru_cache(maxsize=64)
def former(directory: Directory, on: date) -> dict[str, str]:
    """Labels of authorities that are no more on a day, with their ids: what somebody types who has not heard."""
    return {f"UBND {each.name}": each.id for each in directory.abolished(on)}


def picked(directory: Directory, on: date, typed: Sequence[str]) -> tuple[str, ...]:
    """Ids of what was picked; accents and case do not matter, nor does an id typed by itself.

    Raises:
        Denied: something that is not in the list, or not only once; `Gone` for an authority that is no more.
    """
    listed, gone = (_folded(labels(directory, on)) for labels in (choices, former))
    return tuple(dict.fromkeys(_one(listed, gone, fold(text.strip()), on) for text in typed))


def _folded(labels: dict[str, str]) -> dict[str, str]:
    return {fold(label): target for label, target in labels.items()} | {each: each for each in labels.values()}


def _one(listed: dict[str, str], gone: dict[str, str], wanted: str, on: date) -> str:
    near = _near(listed, wanted)
    if len(near) == 1:
        return near.pop()
    lost = _near(gone, wanted) if not near else set()
    if len(lost) == 1:
        raise Gone(lost.pop(), on, "against")
    raise Denied(ErrorCode.UNKNOWN_OFFICER, field="against")


def _near(labels: dict[str, str], wanted: str) -> set[str]:
    if wanted in labels:
        return {labels[wanted]}
    return {target for label, target in labels.items() if wanted in label}
