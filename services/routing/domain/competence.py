"""Who may lawfully resolve, by kind and by whom the letter is against (LKN Đ17-21, LTC Đ12-13, LTCD Đ26)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.routing.domain.places import above_all, standing
from services.routing.domain.rules import in_force
from shared.contracts.vocabulary import Kind
from shared.directory import Directory, Level, Role

_FIRST_COMPLAINT = {Level.COMMUNE: "KN-02", Level.DISTRICT: "KN-03", Level.PROVINCE: "KN-06"}
_SECOND_COMPLAINT = {Level.COMMUNE: "KN-03", Level.DISTRICT: "KN-06", Level.PROVINCE: "KN-07"}


@dataclass(frozen=True, slots=True)
class Competence:
    """The competent authority, with the rules that say so; None when no body of the directory is competent."""

    authority_id: str | None
    rules: tuple[str, ...]


def body_of(directory: Directory, target: str, on: date) -> str | None:
    """The authority that a directory id stands for: itself or its successor, or where the officer holds a post."""
    if directory.has_authority(target):
        return standing(directory, target, on)
    posts = directory.posts_of(target, on)
    return posts[0].authority_id if posts else None


def is_head_or_body(directory: Directory, target: str, on: date) -> bool:
    """True for a body itself, its head or a deputy head (LTC Đ12.1, 12.6)."""
    return directory.has_authority(target) or leads(directory, target, on)


def leads(directory: Directory, target: str, on: date) -> bool:
    """True for a head or deputy head."""
    if not directory.knows(target):
        return False
    return any(post.role in (Role.HEAD, Role.DEPUTY) for post in directory.posts_of(target, on))


def competent(
    directory: Directory, kind: Kind, level: int, against: Sequence[str], receiving: str, on: date
) -> Competence:
    """Competence for one content.

    A complaint goes first to the issuer or the head of the actor's body, second to the head directly above; a
    denunciation of a head, a deputy or a body to the head of the direct superior body; a land dispute to the commune
    where the land lies.
    """
    receiving = standing(directory, receiving, on)
    bodies = [body for target in against if (body := body_of(directory, target, on))]
    first = bodies[0] if bodies else receiving
    match kind:
        case Kind.COMPLAINT:
            return _complaint(directory, first, level, on)
        case Kind.DENUNCIATION | Kind.INFORMATION:
            return _denunciation(directory, against, receiving, on)
        case Kind.LAND_DISPUTE:
            return _land_dispute(directory, (*bodies, receiving), on)
        case Kind.FEEDBACK:
            return _feedback(directory, against, receiving, on)
        case Kind.MIXED:
            return Competence(receiving, in_force(("XL-17",), on))
        case Kind.OUT_OF_SCOPE:
            return Competence(receiving, in_force(("XL-18",), on))


def stands_above(directory: Directory, kind: Kind, against: Sequence[str], authority_id: str, on: date) -> bool:
    """Whether an authority is above everyone whom its own head could not judge: of a denunciation, heads, deputies and
    bodies (LTC Đ12.1, 12.6); of feedback on conduct, heads and deputies."""
    match kind:
        case Kind.DENUNCIATION | Kind.INFORMATION:
            below = [target for target in against if is_head_or_body(directory, target, on)]
        case Kind.FEEDBACK:
            below = [target for target in against if leads(directory, target, on)]
        case _:
            return True
    bodies = [body for target in below if (body := body_of(directory, target, on))]
    return all(authority_id in directory.superiors_of(body, on) for body in bodies)


def _complaint(directory: Directory, body: str, level: int, on: date) -> Competence:
    authority = directory.authority(body)
    if level == 1:
        return Competence(body, in_force((_FIRST_COMPLAINT[authority.level], "KN-01"), on))
    return Competence(directory.superior_of(body, on), in_force((_SECOND_COMPLAINT[authority.level], "KN-01"), on))


def _denunciation(directory: Directory, against: Sequence[str], receiving: str, on: date) -> Competence:
    above = [target for target in against if is_head_or_body(directory, target, on)]
    rules = in_force(("TC-01", "TC-03" if above else "TC-02"), on)
    return Competence(_managing(directory, against, above, receiving, on), rules)


def _feedback(directory: Directory, against: Sequence[str], receiving: str, on: date) -> Competence:
    """About the conduct of a head or deputy: the head above; else the head of that body."""
    above = [target for target in against if leads(directory, target, on)]
    return Competence(_managing(directory, against, above, receiving, on), in_force(("XL-15",), on))


def _land_dispute(directory: Directory, places: Sequence[str], on: date) -> Competence:
    communes = [place for place in places if directory.authority(place).level is Level.COMMUNE]
    return Competence(communes[0] if communes else None, in_force(("HG-01",), on))


def _managing(
    directory: Directory, against: Sequence[str], above: Sequence[str], receiving: str, on: date
) -> str | None:
    """The body that manages all of them, a level higher for those `above`; of several bodies the one that stands over
    them (LTC Đ41: the superior assigns a lead)."""
    bodies = {target: body for target in against if (body := body_of(directory, target, on))}
    managing = [directory.superior_of(body, on) if target in above else body for target, body in bodies.items()]
    return above_all(directory, managing or [receiving], on)
