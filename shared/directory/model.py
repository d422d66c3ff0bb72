"""Who and what is where, and since when. `valid_to` and `to` are last days."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """Levels of People's Committees; two-tier directories have no district (since 1 July 2025)."""

    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"


RANK = {Level.COMMUNE: 0, Level.DISTRICT: 1, Level.PROVINCE: 2}
"""A superior always ranks higher."""


class Role(StrEnum):
    """What a post is for. The adviser is a role, never a unit; the steward takes what nobody else lawfully can."""

    HANDLER = "handler"
    OFFICER = "officer"
    DEPUTY = "deputy"
    HEAD = "head"
    ADVISER = "adviser"
    STEWARD = "steward"


MANAGERS = frozenset({Role.HEAD, Role.DEPUTY})


class Via(StrEnum):
    """How a recipient was found: in the post, acting for its holder, one level up, or as steward."""

    POST = "post"
    ACTING = "acting"
    NEXT_LEVEL = "next_level"
    STEWARD = "steward"


@dataclass(frozen=True, slots=True)
class Authority:
    """One dated version of a People's Committee. `remote`: its cases have the limits of remote areas.

    `successor_id`: who took over when it was abolished after `valid_to`; `divided_among`: the several who did, each a
    part, when nobody took over the whole.
    """

    id: str
    name: str
    level: Level
    superior_id: str | None
    remote: bool
    valid_from: date
    valid_to: date | None
    successor_id: str | None = None
    divided_among: tuple[str, ...] = ()

    @property
    def successor_ids(self) -> tuple[str, ...]:
        """Everybody who took over."""
        return (self.successor_id,) if self.successor_id is not None else self.divided_among

    def in_force(self, on: date) -> bool:
        """Whether this version stands on that day."""
        return _within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True)
class Unit:
    """One dated version of a unit within an authority: an office, a desk, a division. It decides nothing itself."""

    id: str
    authority_id: str
    name: str
    valid_from: date
    valid_to: date | None

    def in_force(self, on: date) -> bool:
        """Whether this version stands on that day."""
        return _within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True)
class Hamlet:
    """One dated version of a hamlet (thôn, xóm, khu phố) of a commune; not a level of government."""

    id: str
    authority_id: str
    name: str
    valid_from: date
    valid_to: date | None

    def in_force(self, on: date) -> bool:
        """Whether this version stands on that day."""
        return _within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True)
class Heir:
    """What stands in the place of an abolished authority, or of a part: its hamlets that are known to lie there now."""

    authority_id: str
    hamlet_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Officer:
    """A person; the id says nothing of the name, because it goes into events."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Post:
    """An officer in a role at an authority. A deputy put in charge of a vacant office holds a second, dated post."""

    officer_id: str
    authority_id: str
    role: Role
    title: str
    valid_from: date
    valid_to: date | None
    unit_id: str | None = None

    def in_force(self, on: date) -> bool:
        """Whether the officer holds the post on that day."""
        return _within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True)
class Absence:
    """An officer is away; `acting_id` is who was put in charge meanwhile, None if nobody was."""

    officer_id: str
    from_: date
    to: date
    acting_id: str | None

    def covers(self, on: date) -> bool:
        """Whether the officer is away on that day."""
        return self.from_ <= on <= self.to


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a task, an alert or a case, and how that person was found."""

    officer_id: str
    authority_id: str
    via: Via


@dataclass(frozen=True, slots=True)
class Problem:
    """A gap that makes tasks climb; `code` is a closed word."""

    code: str
    authority_id: str


def _within(first: date, last: date | None, on: date) -> bool:
    return first <= on and (last is None or on <= last)
