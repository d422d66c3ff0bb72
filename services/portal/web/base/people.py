"""Who may be chosen in a form: officers who may hold a case, authorities, the second person at a box. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.portal.policy import Viewer
from shared.contracts.vocabulary import Body
from shared.directory import Directory, Role
from shared.text import sort_key

Choice = tuple[str, str]
"""Id and what a form calls it."""
_HOLDERS = frozenset({Role.OFFICER, Role.ADVISER, Role.HANDLER})


def authorities(directory: Directory, on: date) -> list[Choice]:
    """Authorities of that day, in alphabetical order."""
    named = [(each.id, f"UBND {each.name}") for each in directory.authorities(on)]
    return sorted(named, key=lambda choice: sort_key(choice[1]))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the forms of acts on a case offer."""

    holder: list[Choice]
    authorities: list[Choice]
    bodies: list[Body]


def choices_of(directory: Directory, on: date, case: dict[str, Any], *, reassigns: bool) -> Choices:
    """Officers who may hold the case next, and where a letter may be sent."""
    held = holders(directory, on, case["authority_id"], case) if reassigns else []
    return Choices(held, authorities(directory, on), list(Body))


def officers(directory: Directory, on: date, authority_id: str, away: Sequence[str] = ()) -> list[Choice]:
    """Everybody of an authority but those kept away."""
    return [
        (officer.id, f"{officer.name}, {post.title}")
        for officer in directory.officers()
        for post in directory.posts_of(officer.id, on)
        if post.authority_id == authority_id and officer.id not in away
    ]


def holders(directory: Directory, on: date, authority_id: str, case: dict[str, Any]) -> list[Choice]:
    """Officers who may hold a case there and who are not kept away from it."""
    able = {
        post.officer_id
        for officer in directory.officers()
        for post in directory.posts_of(officer.id, on)
        if post.authority_id == authority_id and post.role in _HOLDERS
    }
    away = {*case["excluded"], *case["barred"]}
    return [each for each in officers(directory, on, authority_id, tuple(away)) if each[0] in able]


def has_desks_below(directory: Directory, on: date, authority_id: str) -> bool:
    """Whether an authority is the superior of others, so that its registry may issue slips."""
    return any(directory.superior_of(each.id, on) == authority_id for each in directory.authorities(on))


def superior_registry(directory: Directory, on: date, viewer: Viewer) -> bool:
    """Whether the viewer works in a registry that has desks below it."""
    return Role.HANDLER in viewer.roles and has_desks_below(directory, on, viewer.authority_id)
