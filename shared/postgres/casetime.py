"""Case time: what law, clocks and officers live in. Machine time (timeouts, retries, spans) is always real.

In production case time is the PostgreSQL primary's clock. In a demo or test realm it is the virtual clock of
`house.clock`, which the supervisor moves; every service reloads it when told and answers with its new time.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

import asyncpg

_VIRTUAL = "select running, case_at, machine_at from house.clock"
_MOVE = """
insert into house.clock (single, running, case_at, machine_at) values (true, $1, $2, $3)
on conflict (single) do update set running = excluded.running, case_at = excluded.case_at,
    machine_at = excluded.machine_at
"""


class CaseClock(Protocol):
    """Source of case time."""

    def now(self) -> datetime:
        """The present instant of case time, UTC."""
        ...

    async def reload(self) -> datetime:
        """Read the clock again and return its present instant."""
        ...


class PrimaryClock:
    """Production: the PostgreSQL primary's time, carried forward by this machine's steady clock."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._at = datetime.now(UTC)
        self._steady = time.monotonic()

    def now(self) -> datetime:
        """Primary's time at the last reload plus the steady time since."""
        return self._at + timedelta(seconds=time.monotonic() - self._steady)

    async def reload(self) -> datetime:
        """Ask the primary."""
        self._at = await self._pool.fetchval("select clock_timestamp()")
        self._steady = time.monotonic()
        return self.now()


class VirtualClock:
    """Demo and test: runs at the pace of machine time from an anchor, or stands still."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._running = False
        self._case_at = self._machine_at = datetime.now(UTC)

    def now(self) -> datetime:
        """Case time at the anchor, plus the machine time since when it runs."""
        if not self._running:
            return self._case_at
        return self._case_at + (datetime.now(UTC) - self._machine_at)

    async def reload(self) -> datetime:
        """Read the anchor; without one case time is machine time."""
        row = await self._pool.fetchrow(_VIRTUAL)
        if row is None:
            self._running, self._case_at, self._machine_at = True, datetime.now(UTC), datetime.now(UTC)
        else:
            self._running, self._case_at, self._machine_at = row["running"], row["case_at"], row["machine_at"]
        return self.now()


async def set_virtual_clock(connection: asyncpg.Connection, *, running: bool, case_at: datetime) -> None:
    """Set the virtual clock's anchor at this machine instant; the caller then tells every service."""
    await connection.execute(_MOVE, running, case_at, datetime.now(UTC))
