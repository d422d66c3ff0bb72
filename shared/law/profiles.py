"""Profiles: which levels, adviser and law apply, chosen by the date of the start event."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from shared.law.errors import NoProfile, ProfileNotInForce, UnknownProfile
from shared.law.table import read_data


@dataclass(frozen=True, slots=True)
class Profile:
    """How government was organised between two days. `commune_reception` names the rule of the chair's days."""

    name: str
    valid_from: date
    valid_to: date | None
    levels: tuple[str, ...]
    adviser: str
    report_chain: tuple[str, ...]
    commune_reception: str
    law_version: str

    def in_force(self, on: date) -> bool:
        """Whether the profile applies to a start event of that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@cache
def profiles() -> tuple[Profile, ...]:
    """All profiles in order of time; they neither overlap nor leave a gap."""
    return tuple(
        Profile(
            name=row["name"],
            valid_from=row["from"],
            valid_to=row.get("to"),
            levels=tuple(row["levels"]),
            adviser=row["adviser"],
            report_chain=tuple(row["report_chain"]),
            commune_reception=row["commune_reception"],
            law_version=row["law_version"],
        )
        for row in read_data("profiles")["profile"]
    )


def profile_at(on: date) -> Profile:
    """The profile in force that day. Raises `NoProfile` before 15 November 2021."""
    for each in profiles():
        if each.in_force(on):
            return each
    raise NoProfile


def profile_for(on: date, name: str | None = None) -> Profile:
    """The profile in force that day, which must be the named one. Raises `UnknownProfile`, `ProfileNotInForce`."""
    if name is None:
        return profile_at(on)
    named = next((each for each in profiles() if each.name == name), None)
    if named is None:
        raise UnknownProfile
    if not named.in_force(on):
        raise ProfileNotInForce
    return named
