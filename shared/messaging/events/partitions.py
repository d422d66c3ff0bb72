"""Which replica reads which partition: PostgreSQL advisory locks, held by one connection for as long as it lives.

A replica holds its own number and its share of the partitions: partition p belongs to the (p mod n)-th of the n numbers
that are held now, so a dead replica's share goes to the others and comes back with it. Nobody counts replicas.
"""

import zlib
from collections.abc import Collection
from types import TracebackType
from typing import Self

import asyncpg

from shared.contracts.bus.flows import ONE_READER
from shared.contracts.bus.subjects import PARTITIONS
from shared.postgres.pool import connect

_TRY = "select p from unnest($2::int[]) as p where pg_try_advisory_lock($1, p)"
_RELEASE = "select pg_advisory_unlock($1, p) from unnest($2::int[]) as p"
_NUMBERS = """
select objid::bigint - $2 as number from pg_locks
where locktype = 'advisory' and granted and objsubid = 2 and classid::bigint = $1 and objid::bigint >= $2
    and database = (select oid from pg_database where datname = current_database())
"""
_ALIVE = """
select exists (
    select 1 from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and granted and objsubid = 2 and classid::bigint = $1 and objid::bigint = $2
        and database = (select oid from pg_database where datname = current_database())
        and clock_timestamp() - state_change < make_interval(secs => $3)
)
"""


class PartitionLocks:
    """The partitions this replica holds. Losing the connection loses them all; positions fence what is late."""

    def __init__(self, dsn: str, service: str, replica: int) -> None:
        self._dsn = dsn
        self._class = _class_of(service)
        self._replica = replica
        self._shares = service not in ONE_READER
        self._connection: asyncpg.Connection | None = None
        self._numbered = False
        self.held: frozenset[int] = frozenset()

    async def __aenter__(self) -> Self:
        self._connection = await connect(self._dsn, application="partition-locks")
        return self

    async def adjust(self) -> bool:
        """Give back what is another replica's share, try to take what is missing of ours; True when `held` changed.

        While another process has our number, nothing is held: two consumers would have one name.
        """
        if self._connection is None:
            return False
        before = self.held
        self._numbered = self._numbered or bool(await self._try(self._connection, [PARTITIONS + self._replica]))
        if not self._numbered:
            return False
        share = await self._share(self._connection)
        if beyond := sorted(self.held - share):
            self.held -= set(beyond)
            await self._connection.execute(_RELEASE, self._class, beyond)
        if missing := sorted(share - self.held):
            self.held |= await self._try(self._connection, missing)
        return self.held != before

    async def _share(self, connection: asyncpg.Connection) -> frozenset[int]:
        rows = await connection.fetch(_NUMBERS, self._class % 2**32, PARTITIONS)
        return share_of(self._replica, {row["number"] for row in rows}, shared=self._shares)

    async def _try(self, connection: asyncpg.Connection, locks: list[int]) -> frozenset[int]:
        return frozenset(row["p"] for row in await connection.fetch(_TRY, self._class, locks))

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


async def looks_around(connection: asyncpg.Connection, service: str, replica: int, *, within: float) -> bool:
    """Whether this replica, active or standing by, looked after its share in the last `within` seconds."""
    alive: bool = await connection.fetchval(_ALIVE, _class_of(service) % 2**32, PARTITIONS + replica, within)
    return alive


def _class_of(service: str) -> int:
    return zlib.crc32(service.encode()) - 2**31


def share_of(replica: int, present: Collection[int], *, shared: bool) -> frozenset[int]:
    """Partitions of a replica while the numbers `present` are held; unshared, the lowest number reads everything."""
    numbers = sorted({*present, replica})
    place, count = numbers.index(replica), len(numbers) if shared else 1
    return frozenset(partition for partition in range(PARTITIONS) if partition % count == place)
