"""What a directory must satisfy before anyone relies on it."""

import re
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import TypeVar

from shared.directory.errors import (
    ActingForOneself,
    BadId,
    DanglingId,
    DatesOutOfOrder,
    DuplicateId,
    Overlap,
    SuperiorCycle,
)
from shared.directory.model import RANK, Absence, Authority, Officer, Post, Role

Row = TypeVar("Row")
ID_PATTERN = re.compile(r"[a-z][a-z0-9-]{1,40}")


def check(
    authorities: tuple[Authority, ...],
    officers: tuple[Officer, ...],
    posts: tuple[Post, ...],
    absences: tuple[Absence, ...],
) -> None:
    """Raise the `DirectoryError` of the first row at fault."""
    places, people = {each.id for each in authorities}, {each.id for each in officers}
    _check_ids(authorities, officers)
    _check_superiors(authorities)
    for row, post in enumerate(posts):
        if post.officer_id not in people or post.authority_id not in places:
            raise DanglingId(f"posts[{row}]")
    for row, absence in enumerate(absences):
        if absence.officer_id not in people or absence.acting_id not in people | {None}:
            raise DanglingId(f"absences[{row}]")
        if absence.acting_id == absence.officer_id:
            raise ActingForOneself(f"absences[{row}]")
    _check_spans("authorities", authorities, lambda each: (each.id, each.valid_from, each.valid_to))
    _check_spans("posts", posts, lambda each: (_claim(each), each.valid_from, each.valid_to))
    _check_spans("absences", absences, lambda each: (each.officer_id, each.from_, each.to))


def _check_ids(authorities: tuple[Authority, ...], officers: tuple[Officer, ...]) -> None:
    seen = {each.id for each in authorities}
    for row, authority in enumerate(authorities):
        if not ID_PATTERN.fullmatch(authority.id):
            raise BadId(f"authorities[{row}]")
    for row, officer in enumerate(officers):
        if not ID_PATTERN.fullmatch(officer.id):
            raise BadId(f"officers[{row}]")
        if officer.id in seen:
            raise DuplicateId(f"officers[{row}]")
        seen.add(officer.id)


def _check_superiors(authorities: tuple[Authority, ...]) -> None:
    """Superiors exist and rank higher, which leaves no room for a cycle."""
    lowest: dict[str, int] = {}
    for each in authorities:
        lowest[each.id] = min(RANK[each.level], lowest.get(each.id, RANK[each.level]))
    for row, each in enumerate(authorities):
        if each.superior_id is None:
            continue
        if each.superior_id not in lowest:
            raise DanglingId(f"authorities[{row}]")
        if lowest[each.superior_id] <= RANK[each.level]:
            raise SuperiorCycle(f"authorities[{row}]")


def _claim(post: Post) -> Hashable:
    """What a post holds alone: the head's office, or one officer's place in it."""
    if post.role is Role.HEAD:
        return post.authority_id, post.role
    return post.authority_id, post.role, post.officer_id


def _check_spans(table: str, rows: Iterable[Row], span_of: Callable[[Row], tuple[Hashable, date, date | None]]) -> None:
    taken: dict[Hashable, list[tuple[date, date]]] = {}
    for row, each in enumerate(rows):
        key, first, end = span_of(each)
        last = end or date.max
        if last < first:
            raise DatesOutOfOrder(f"{table}[{row}]")
        spans = taken.setdefault(key, [])
        if any(first <= other_last and other_first <= last for other_first, other_last in spans):
            raise Overlap(f"{table}[{row}]")
        spans.append((first, last))
