"""Whom or what a letter is against, picked from the directory in a field that also works without scripts. Pure."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from shared.contracts.refusal import Refused
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


def picked(directory: Directory, on: date, typed: Sequence[str]) -> tuple[str, ...]:
    """Ids of what was picked; accents and case do not matter, nor does an id typed by itself.

    Raises:
        Refused: something that is not in the list, or not only once.
    """
    known = choices(directory, on)
    folded = {fold(label): target for label, target in known.items()} | {each: each for each in known.values()}
    return tuple(dict.fromkeys(_one(folded, fold(text.strip())) for text in typed))


def _one(folded: dict[str, str], wanted: str) -> str:
    if wanted in folded:
        return folded[wanted]
    near = {target for label, target in folded.items() if wanted in label}
    if len(near) != 1:
        raise Refused(ErrorCode.UNKNOWN_OFFICER, field="against")
    return near.pop()
