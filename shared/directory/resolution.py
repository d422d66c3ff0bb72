"""Who takes a task when its natural holder is absent, vacant, barred or unlinked (law 5 of the house)."""

from datetime import date

from shared.directory.errors import NobodyLawful
from shared.directory.model import RANK, Problem, Recipient, Role, Via
from shared.directory.register import NOBODY, Register


def find_recipient(
    register: Register, authority_id: str, role: Role, on: date, excluded: frozenset[str] = NOBODY
) -> Recipient:
    """The holder or the acting officer, else those of the next levels, else a steward outside the excluded line.

    Nobody in `excluded` is ever returned. For a denunciation pass `line_of` the denounced, not only the person.
    A steward who is away is still named when no other stands outside. What came to an abolished authority is its
    successor's. Raises `UnknownAuthority`, `NobodyLawful`.
    """
    place = register.successor_of(authority_id, on) or authority_id
    found = register.available(place, role, on, excluded)
    if found is not None:
        return found
    for superior_id in register.superiors_of(place, on):
        found = register.available(superior_id, role, on, excluded)
        if found is not None:
            return Recipient(found.officer_id, found.authority_id, Via.NEXT_LEVEL)
    return _steward(register, place, on, excluded)


def find_problems(register: Register, on: date) -> tuple[Problem, ...]:
    """What will make tasks climb on that day: vacant or absent heads and handlers, missing superiors, no steward."""
    standing = register.authorities(on)
    top = max((RANK[each.level] for each in standing), default=0)
    found = []
    for each in standing:
        for role in (Role.HEAD, Role.HANDLER):
            if not register.holders_of(each.id, role, on):
                found.append(Problem(f"{role}_vacant", each.id))
            elif register.available(each.id, role, on) is None:
                found.append(Problem(f"{role}_absent_nobody_acting", each.id))
        if register.superior_of(each.id, on) is None and RANK[each.level] < top:
            found.append(Problem("superior_missing", each.id))
    if standing and not any(register.holders_of(each.id, Role.STEWARD, on) for each in standing):
        found.append(Problem("steward_missing", standing[0].id))
    return tuple(found)


def _steward(register: Register, authority_id: str, on: date, excluded: frozenset[str]) -> Recipient:
    barred = excluded.union(*(register.line_of(each, on) for each in excluded if register.knows(each)))
    places = _steward_places(register, authority_id, on, excluded)
    for place in places:
        found = register.available(place, Role.STEWARD, on, barred)
        if found is not None:
            return Recipient(found.officer_id, place, Via.STEWARD)
    for place in places:
        for officer_id in register.holders_of(place, Role.STEWARD, on):
            if officer_id not in barred:
                return Recipient(officer_id, place, Via.STEWARD)
    raise NobodyLawful


def _steward_places(register: Register, authority_id: str, on: date, excluded: frozenset[str]) -> tuple[str, ...]:
    """Where to look: the authority itself, up the chain, then elsewhere from the highest level down.

    With one of the excluded in the authority the case goes up, never to a steward inside, unless nothing is above.
    """
    above = tuple(register.superiors_of(authority_id, on))
    involved = any(excluded.intersection(register.holders_of(authority_id, role, on)) for role in Role)
    own = () if involved and above else (authority_id,)
    others = [each for each in register.authorities(on) if each.id not in {authority_id, *above}]
    others.sort(key=lambda each: -RANK[each.level])
    return own + above + tuple(each.id for each in others)
