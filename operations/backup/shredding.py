"""Erasing survives a restore: keys are only added or erased, so what the older key store has too much was erased."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import orjson

from operations.embedded.private_files import write_private
from operations.errors import OperationError

_PAGE = 10_000
_KEYS = "select key_id from wrapped_key where key_id > $1 order by key_id limit $2"
_CAPSULES = """
select key_id from (select key_id from intake.capsule union all select key_id from intake.correction) as kept
where key_id > $1 order by key_id limit $2
"""
_MISSING = """
select key_id from unnest($1::uuid[]) as asked (key_id)
where not exists (select from wrapped_key where wrapped_key.key_id = asked.key_id)
"""
_ERASE = "delete from wrapped_key where key_id = any($1::uuid[])"
SUFFIX = ".erased"
"""Of the file beside a journal that lists the erased keys."""


async def note_erased(house: asyncpg.Connection, keys: asyncpg.Connection, journal: Path, realm: str) -> int:
    """Write beside a journal which capsules' keys have been erased so far; return how many."""
    erased = [key async for page in _pages(house, _CAPSULES) for key in await _missing(keys, page)]
    fresh = journal.with_name(f"{journal.name}{SUFFIX}.partial")
    write_private(fresh, orjson.dumps({"realm": realm, "keys": [str(key) for key in erased]}))
    fresh.replace(journal.with_name(f"{journal.name}{SUFFIX}"))
    return len(erased)


def noted_erased(place: Path, realm: str) -> Sequence[UUID]:
    """Keys that a journal's list names as erased.

    Raises:
        OperationError: `foreign_realm`.
    """
    file = max(place.glob(f"*{SUFFIX}"), default=None) if place.is_dir() else place.with_name(f"{place.name}{SUFFIX}")
    if file is None or not file.is_file():
        return ()
    noted = orjson.loads(file.read_bytes())
    if noted["realm"] != realm:
        raise OperationError("foreign_realm")
    return [UUID(key) for key in noted["keys"]]


async def erase(restored: asyncpg.Connection, keys: Sequence[UUID]) -> int:
    """Erase these keys of the restored key store; return how many there were."""
    done: str = await restored.execute(_ERASE, keys)
    return int(done.rpartition(" ")[2])


async def erase_what_is_gone(restored: asyncpg.Connection, survivor: asyncpg.Connection) -> int:
    """Erase the keys that the surviving key store no longer has; return how many."""
    erased = 0
    async for page in _pages(restored, _KEYS):
        erased += await erase(restored, await _missing(survivor, page))
    return erased


async def _pages(connection: asyncpg.Connection, query: str) -> AsyncIterator[list[UUID]]:
    last = UUID(int=0)
    while page := [row["key_id"] for row in await connection.fetch(query, last, _PAGE)]:
        yield page
        last = page[-1]


async def _missing(keys: asyncpg.Connection, page: Sequence[UUID]) -> list[UUID]:
    return [row["key_id"] for row in await keys.fetch(_MISSING, page)]
