"""Who may lawfully resolve, by kind and by whom the letter is against (LKN Đ17-21, LTC Đ12-13, LTCD Đ26)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
    """The authority that a directory id stands for: itself, or the one where the officer holds a post."""
    if directory.has_authority(target):
        return target
    posts = directory.posts_of(target, on)
    return posts[0].authority_id if posts else None


def is_head_or_body(directory: Directory, target: str, on: date) -> bool:
    """True for a body itself, its head or a deputy head (LTC Đ12.1, 12.6)."""
    if directory.has_authority(target):
        return True
    return any(post.role in (Role.HEAD, Role.DEPUTY) for post in directory.posts_of(target, on))


def competent(
    directory: Directory, kind: Kind, level: int, against: Sequence[str], receiving: str, on: date
) -> Competence:
    """Competence for one content.

    A complaint goes first to the issuer or the head of the actor's body, second to the head directly above; a
    denunciation of a head, a deputy or a body to the head of the direct superior body.
    """
    bodies = [body for target in against if (body := body_of(directory, target, on))]
    match kind:
        case Kind.COMPLAINT:
            body = bodies[0] if bodies else receiving
            return _complaint(directory, body, level)
        case Kind.DENUNCIATION | Kind.INFORMATION:
            return _denunciation(directory, against, bodies[0] if bodies else receiving, on)
        case Kind.LAND_DISPUTE:
            return Competence(receiving, ("HG-01",))
        case Kind.FEEDBACK:
            return Competence(bodies[0] if bodies else receiving, ("XL-15",))
        case Kind.MIXED:
            return Competence(receiving, ("XL-17",))
        case Kind.OUT_OF_SCOPE:
            return Competence(receiving, ("XL-18",))


def _complaint(directory: Directory, body: str, level: int) -> Competence:
    authority = directory.authority(body)
    if level == 1:
        return Competence(body, (_FIRST_COMPLAINT[authority.level], "KN-01"))
    return Competence(authority.superior_id, (_SECOND_COMPLAINT[authority.level], "KN-01"))


def _denunciation(directory: Directory, against: Sequence[str], body: str, on: date) -> Competence:
    if any(is_head_or_body(directory, target, on) for target in against):
        return Competence(directory.authority(body).superior_id, ("TC-01", "TC-03"))
    return Competence(body, ("TC-01", "TC-02"))
