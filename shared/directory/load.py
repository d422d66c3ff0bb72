"""Directories as data: every TOML file of `data/<name>/` adds rows to the same six tables."""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from shared.directory.directory import Directory
from shared.directory.errors import BadRow, UnknownDirectory
from shared.directory.model import Absence, Authority, Hamlet, Level, Officer, Post, Role, Unit

_TABLES = ("authorities", "officers", "posts", "absences", "units", "hamlets")
Row = TypeVar("Row")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")


@cache
def load(name: str) -> Directory:
    """The directory of that name, checked. Raises `DirectoryError` subclasses."""
    folder = files("shared.directory") / "data" / name
    if not _NAME.fullmatch(name) or not folder.is_dir():
        raise UnknownDirectory
    tables: dict[str, list[Any]] = {table: [] for table in _TABLES}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            for table, rows in tomllib.loads(file.read_text("utf-8")).items():
                tables.setdefault(table, []).extend(rows)
    return parse(tables)


def parse(tables: Mapping[str, list[Any]]) -> Directory:
    """A checked directory from plain rows. Raises `BadRow` and the errors of `check`."""
    for table in tables:
        if table not in _TABLES:
            raise BadRow("tables")
    return Directory(
        authorities=_rows(tables, "authorities", _authority),
        officers=_rows(tables, "officers", _officer),
        posts=_rows(tables, "posts", _post),
        absences=_rows(tables, "absences", _absence),
        units=_rows(tables, "units", _unit),
        hamlets=_rows(tables, "hamlets", _hamlet),
    )


def _rows(tables: Mapping[str, list[Any]], table: str, build: Callable[[dict[str, Any]], Row]) -> tuple[Row, ...]:
    built = []
    for row, raw in enumerate(tables.get(table, [])):
        try:
            rest = dict(raw)
            built.append(build(rest))
        except (KeyError, TypeError, ValueError):
            raise BadRow(f"{table}[{row}]") from None
        if rest:
            raise BadRow(f"{table}[{row}]")
    return tuple(built)


def _authority(row: dict[str, Any]) -> Authority:
    successor_id, divided_among = _successors(row.pop("successor", None))
    return Authority(
        id=_text(row.pop("id")),
        name=_text(row.pop("name")),
        level=Level(row.pop("level")),
        superior_id=_optional_text(row.pop("superior", None)),
        remote=_flag(row.pop("remote", False)),
        valid_from=_date(row.pop("from")),
        valid_to=_optional_date(row.pop("to", None)),
        successor_id=successor_id,
        divided_among=divided_among,
    )


def _successors(value: object) -> tuple[str | None, tuple[str, ...]]:
    """One id, or a list of the several among whom it was divided."""
    if not isinstance(value, list):
        return _optional_text(value), ()
    several = tuple(_text(each) for each in value)
    if len(several) < 2 or len(set(several)) != len(several):
        raise ValueError
    return None, several


def _unit(row: dict[str, Any]) -> Unit:
    return Unit(
        id=_text(row.pop("id")),
        authority_id=_text(row.pop("authority")),
        name=_text(row.pop("name")),
        valid_from=_date(row.pop("from")),
        valid_to=_optional_date(row.pop("to", None)),
    )


def _hamlet(row: dict[str, Any]) -> Hamlet:
    return Hamlet(
        id=_text(row.pop("id")),
        authority_id=_text(row.pop("authority")),
        name=_text(row.pop("name")),
        valid_from=_date(row.pop("from")),
        valid_to=_optional_date(row.pop("to", None)),
    )


def _officer(row: dict[str, Any]) -> Officer:
    return Officer(id=_text(row.pop("id")), name=_text(row.pop("name")), email=_text(row.pop("email")))


def _post(row: dict[str, Any]) -> Post:
    return Post(
        officer_id=_text(row.pop("officer")),
        authority_id=_text(row.pop("authority")),
        role=Role(row.pop("role")),
        title=_text(row.pop("title")),
        valid_from=_date(row.pop("from")),
        valid_to=_optional_date(row.pop("to", None)),
        unit_id=_optional_text(row.pop("unit", None)),
    )


def _absence(row: dict[str, Any]) -> Absence:
    return Absence(
        officer_id=_text(row.pop("officer")),
        from_=_date(row.pop("from")),
        to=_date(row.pop("to")),
        acting_id=_optional_text(row.pop("acting", None)),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError
    return value


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _date(value: object) -> date:
    if type(value) is not date:  # a datetime is a date too, and not a legal day
        raise TypeError
    return value


def _optional_date(value: object) -> date | None:
    return None if value is None else _date(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value
