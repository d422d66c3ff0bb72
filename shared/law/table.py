"""The rule table: read once from the package's data files, then looked up by id and date."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from shared.law.errors import RuleNotInForce, UnknownRule
from shared.law.model import Amounts, Kind, Rule, StartEvent, Unit

TABLE_VERSION = "2026-11-22"
"""State of the law the table was compared with."""

_GROUPS = (
    "complaints",
    "denunciations",
    "letters",
    "reception",
    "database",
    "computation",
    "land",
    "discipline",
    "policy",
)


def read_data(name: str) -> dict[str, Any]:
    """One TOML data file of this package."""
    return tomllib.loads((files("shared.law") / "data" / f"{name}.toml").read_text("utf-8"))


def _amounts(row: Mapping[str, Any]) -> Amounts | None:
    if "normal" not in row:
        return None
    return Amounts(row["normal"], row.get("complicated"), row.get("remote"), row.get("complicated_remote"))


def _kind(row: Mapping[str, Any]) -> Kind:
    if "normal" not in row:
        return Kind.TEXT
    return Kind(row.get("kind", Kind.TERM))


def _rule(row: Mapping[str, Any], instruments: Mapping[str, Any]) -> Rule:
    instrument = instruments[row["law"]]
    return Rule(
        id=row["id"],
        title=row["title"],
        citation=row["cite"],
        instrument=row["law"],
        instrument_name=instrument["name"],
        valid_from=row.get("from", instrument["from"]),
        valid_to=row.get("to", instrument.get("to")),
        kind=_kind(row),
        unit=Unit(row["unit"]) if "unit" in row else None,
        amounts=_amounts(row),
        start=StartEvent(row["start"]) if "start" in row else None,
        notes=tuple(row.get("notes", ())),
        policy=row.get("policy", False),
    )


@cache
def rules() -> tuple[Rule, ...]:
    """Every version of every rule, in the order of the table; versions of one id in order of time."""
    instruments = read_data("instruments")
    return tuple(_rule(row, instruments) for group in _GROUPS for row in read_data(group)["rules"])


@cache
def _versions() -> dict[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for each in rules():
        found.setdefault(each.id, []).append(each)
    return {rule_id: tuple(versions) for rule_id, versions in found.items()}


def rule(rule_id: str, on: date) -> Rule:
    """The version in force for a start event of that day. Raises `UnknownRule`, `RuleNotInForce`."""
    versions = _versions().get(rule_id)
    if versions is None:
        raise UnknownRule
    for version in versions:
        if version.in_force(on):
            return version
    raise RuleNotInForce
