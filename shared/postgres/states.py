"""States of one kind as rows: read with their types, written as one JSON array for `json_to_recordset`."""

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

import asyncpg
from pydantic import TypeAdapter

T = TypeVar("T")


class States(Generic[T]):
    """A dataclass or model, and its rows. Columns that it does not have are passed over."""

    def __init__(self, kind: type[T]) -> None:
        self._adapter: TypeAdapter[list[T]] = TypeAdapter(list[kind])  # type: ignore[valid-type]

    def read(self, rows: Iterable[asyncpg.Record | Mapping[str, Any]]) -> list[T]:
        """The states of these rows."""
        return self._adapter.validate_python([dict(row) for row in rows])

    def written(self, states: Iterable[T], *, without: frozenset[str] = frozenset()) -> str:
        """These states as a JSON array; `without` fields that have tables of their own."""
        return self._adapter.dump_json(list(states), exclude={"__all__": set(without)}).decode()
