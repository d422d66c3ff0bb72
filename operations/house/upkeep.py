"""When a backup, its journal, a drill of the restore was last done: noted in the house itself, for `donthu doctor`."""

from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

import asyncpg

Kind = Literal["backup", "journal", "drill"]

UPKEEP = """
create schema if not exists house;
create table if not exists house.upkeep (
    kind text primary key, done_at timestamptz not null default clock_timestamp()
);
"""
_DONE = """
insert into house.upkeep (kind, done_at) values ($1, coalesce($2, clock_timestamp()))
on conflict (kind) do update set done_at = greatest(upkeep.done_at, excluded.done_at)
"""


async def note(admin: asyncpg.Connection, kind: Kind, on: date | None = None) -> None:
    """Note that it was done, now or at noon of a day."""
    done_at = datetime.combine(on, time(12), ZoneInfo("Asia/Ho_Chi_Minh")) if on else None
    await admin.execute(UPKEEP)
    await admin.execute(_DONE, kind, done_at)
