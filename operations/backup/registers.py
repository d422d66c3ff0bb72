"""What a restore does to intake: numbers that may have been drawn are skipped, what people lost is written down."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import product

import asyncpg
import orjson

from operations.backup.happened import Loss, SeriesKey
from services.intake.domain.petition import REGISTERS
from services.intake.store import Q
from shared.directory import Directory

GREATEST = 99_999
"""Greatest number of a register (`KN-2025-99999`)."""

_SERIES = "select authority_id, register, year, last from intake.series"


async def skip(
    admin: asyncpg.Connection,
    seen: Mapping[SeriesKey, int],
    margin: int,
    days: Collection[date],
    directory: Directory,
    epoch: int,
) -> dict[str, int]:
    """Move every series behind the highest number seen, or `margin` further when not everything was seen.

    A register that no number had been drawn from at the backup may have been begun since: with a margin, every
    register of every authority of these days is moved. Returns what was skipped, by register.
    """
    known = {tuple(row)[:3]: row["last"] for row in await admin.fetch(_SERIES)}
    target = dict(seen)
    if margin:
        authorities = {authority.id for day in days for authority in directory.authorities(day)}
        years = range(min(days).year, max(days).year + 1)
        for key in {*known, *seen, *product(authorities, REGISTERS.values(), years)}:
            target[key] = max(known.get(key, 0), seen.get(key, 0)) + margin
    wanted = {key: min(last, GREATEST) for key, last in sorted(target.items()) if last > known.get(key, 0)}
    async with admin.transaction():
        await admin.execute("set local search_path to intake")
        columns = [list(column) for column in zip(*wanted, strict=True)] or [[], [], []]
        await admin.execute(Q["skip_numbers"], *columns, list(wanted.values()), epoch)
    return {"/".join(map(str, key)): last - known.get(key, 0) for key, last in wanted.items()}


async def note(admin: asyncpg.Connection, people: Sequence[Loss], epoch: int) -> None:
    """Keep the list of those who must be asked to come again."""
    async with admin.transaction():
        await admin.execute("set local search_path to intake")
        await admin.execute(Q["note_losses"], epoch, orjson.dumps(people).decode())
