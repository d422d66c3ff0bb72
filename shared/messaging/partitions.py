"""Which replica reads which partition: PostgreSQL advisory locks, held by one connection for as long as it lives."""

import zlib
from types import TracebackType
from typing import Self

import asyncpg

from shared.contracts.subjects import PARTITIONS

_TRY = "select p from unnest($2::int[]) as p where pg_try_advisory_lock($1, p)"


class PartitionLocks:
    """The partitions this replica holds. Losing the connection loses them all; positions fence what is late."""

    def __init__(self, dsn: str, service: str, wanted: frozenset[int] = frozenset(range(PARTITIONS))) -> None:
        self._dsn = dsn
        self._class = zlib.crc32(service.encode()) - 2**31
        self._wanted = wanted
        self._connection: asyncpg.Connection | None = None
        self.held: frozenset[int] = frozenset()

    async def __aenter__(self) -> Self:
        self._connection = await asyncpg.connect(self._dsn, server_settings={"application_name": "partition-locks"})
        return self

    async def acquire(self) -> bool:
        """Try to take the partitions not held yet; True when some were gained."""
        if self._connection is None:
            return False
        missing = sorted(self._wanted - self.held)
        if not missing:
            return False
        gained = {row["p"] for row in await self._connection.fetch(_TRY, self._class, missing)}
        self.held |= gained
        return bool(gained)

    @property
    def alive(self) -> bool:
        """False as soon as the connection is known to be gone."""
        return self._connection is not None and not self._connection.is_closed()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection, self._connection, self.held = self._connection, None, frozenset()
        if connection is not None and not connection.is_closed():
            connection.terminate()
