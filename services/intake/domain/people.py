"""Who acts for an authority's registry, and who opened a box together."""

from datetime import date

from shared.contracts.denial import Denied
from shared.contracts.intake import OpenBox
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Directory, Level, Role

OPENINGS_PER_HOUR = 60
"""How many protected documents one person may open within an hour of machine time."""


def may_register(directory: Directory, officer_id: str, authority_id: str, on: date) -> None:
    """Only the reception desk of an authority registers its letters.

    Raises:
        Denied: unknown authority, or the officer does not work at its desk.
    """
    if not directory.has_authority(authority_id):
        raise Denied(ErrorCode.UNKNOWN_AUTHORITY, field="authority_id")
    posts = (*directory.posts_of(officer_id, on), *directory.acts_for(officer_id, on))
    if not any(post.authority_id == authority_id and post.role is Role.HANDLER for post in posts):
        raise Denied(ErrorCode.NOT_ALLOWED)


def acts_at(directory: Directory, officer_id: str, authority_id: str, role: Role, on: date) -> bool:
    """Whether somebody holds a role at an authority, or at its successor, or acts there for an absent one."""
    place = directory.successor_of(authority_id, on) or authority_id
    posts = (*directory.posts_of(officer_id, on), *directory.acts_for(officer_id, on))
    return any(post.authority_id in (authority_id, place) and post.role is role for post in posts)


def may_issue_slips(directory: Directory, officer_id: str, authority_id: str, on: date) -> None:
    """Only the registry of a superior issues slips for sealed hand-over.

    Raises:
        Denied: as for registering, or nobody is below that authority.
    """
    may_register(directory, officer_id, authority_id, on)
    if directory.authority(authority_id).level is Level.COMMUNE:
        raise Denied(ErrorCode.NOT_ALLOWED)


def holds_a_post(directory: Directory, officer_id: str, on: date) -> None:
    """Somebody in a post; whether the letter is his to classify is asked of the letter.

    Raises:
        Denied: the person holds no post.
    """
    if not (directory.posts_of(officer_id, on) or directory.acts_for(officer_id, on)):
        raise Denied(ErrorCode.NOT_ALLOWED)


def check_opening(directory: Directory, command: OpenBox, officer_id: str, today: date) -> None:
    """A box is opened by two people of the authority, on a day that has come.

    Raises:
        Denied: alone, with somebody from elsewhere, or in the future.
    """
    if command.opened_on > today:
        raise Denied(ErrorCode.DATE_IN_FUTURE, field="opened_on")
    second = command.second_person_id
    if second == officer_id:
        raise Denied(ErrorCode.INVALID, field="second_person_id")
    posts = directory.posts_of(second, command.opened_on) if directory.knows(second) else ()
    if not any(post.authority_id == command.authority_id for post in posts):
        raise Denied(ErrorCode.UNKNOWN_OFFICER, field="second_person_id")
