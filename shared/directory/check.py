"""What a directory must satisfy before anyone relies on it."""

import re
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Protocol, TypeVar

from shared.directory.check_places import check_places
from shared.directory.errors import (
    ActingForOneself,
    BadId,
    DanglingId,
    DatesOutOfOrder,
    DuplicateId,
    Overlap,
    UnitElsewhere,
)
from shared.directory.model import Absence, Authority, Hamlet, Officer, Post, Role, Unit


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row")
ID_PATTERN = re.compile(r"[a-z][a-z0-9-]{1,40}")


def check(
    authorities: tuple[Authority, ...],
    officers: tuple[Officer, ...],
    posts: tuple[Post, ...],
    absences: tuple[Absence, ...],
    units: tuple[Unit, ...],
    hamlets: tuple[Hamlet, ...],
) -> None:
    """Raise the `DirectoryError` of the first row at fault."""
    _check_ids(authorities, officers, units, hamlets)
    check_places(authorities, units, hamlets)
    _check_posts(posts, {each.id for each in authorities}, {each.id for each in officers}, units)
    _check_absences(absences, {each.id for each in officers})
    _check_spans("authorities", authorities, lambda each: (each.id, each.valid_from, each.valid_to))
    _check_spans("units", units, lambda each: (each.id, each.valid_from, each.valid_to))
    _check_spans("hamlets", hamlets, lambda each: (each.id, each.valid_from, each.valid_to))
    _check_spans("posts", posts, lambda each: (_claim(each), each.valid_from, each.valid_to))
    _check_spans("absences", absences, lambda each: (each.officer_id, each.from_, each.to))


def _check_ids(
    authorities: tuple[Authority, ...],
    officers: tuple[Officer, ...],
    units: tuple[Unit, ...],
    hamlets: tuple[Hamlet, ...],
) -> None:
    """Every id is a slug and means one thing; only an officer's has a single row."""
    tables: dict[str, tuple[_Named, ...]] = {
        "authorities": authorities,
        "units": units,
        "hamlets": hamlets,
        "officers": officers,
    }
    owners: dict[str, str] = {}
    for table, rows in tables.items():
        for row, each in enumerate(rows):
            if not ID_PATTERN.fullmatch(each.id):
                raise BadId(f"{table}[{row}]")
            if owners.get(each.id, table) != table or (table == "officers" and each.id in owners):
                raise DuplicateId(f"{table}[{row}]")
            owners[each.id] = table


def _check_posts(posts: tuple[Post, ...], places: set[str], people: set[str], units: tuple[Unit, ...]) -> None:
    homes = {(each.id, each.authority_id) for each in units}
    unit_ids = {None, *(each.id for each in units)}
    for row, post in enumerate(posts):
        if post.officer_id not in people or post.authority_id not in places or post.unit_id not in unit_ids:
            raise DanglingId(f"posts[{row}]")
        if post.unit_id is not None and (post.unit_id, post.authority_id) not in homes:
            raise UnitElsewhere(f"posts[{row}]")


def _check_absences(absences: tuple[Absence, ...], people: set[str]) -> None:
    actors = {None, *people}
    for row, absence in enumerate(absences):
        if absence.officer_id not in people or absence.acting_id not in actors:
            raise DanglingId(f"absences[{row}]")
        if absence.acting_id == absence.officer_id:
            raise ActingForOneself(f"absences[{row}]")


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
