"""An installation in a temporary folder for measurements: real servers, production's durability, filled by SQL."""

import os
import resource
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg

from operations.embedded.datadir import DataDir
from operations.house.stack import Stack
from shared.settings import Realm

PEAK = Path("/proc/self/clear_refs")
SHOWN = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


@asynccontextmanager
async def installed(services: Sequence[str] = (), **settings: str) -> AsyncIterator[Stack]:
    """Servers migrated for a test realm, with these services running as processes."""
    with tempfile.TemporaryDirectory(prefix="donthu-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with DataDir.open(folder / "data") as data:
            async with Stack(data, realm=Realm.TEST, services=services, settings=settings) as stack:
                yield stack


@asynccontextmanager
async def administrator(stack: Stack, schema: str) -> AsyncIterator[asyncpg.Connection]:
    """PostgreSQL as the operator, in one service's schema; what it loads need not be durable."""
    connection = await asyncpg.connect(
        stack.database_url, server_settings={"search_path": schema, "synchronous_commit": "off", "jit": "off"}
    )
    try:
        yield connection
    finally:
        await connection.close()


async def durability(pool: asyncpg.Pool | asyncpg.Connection) -> str:
    """What decides the cost of a commit, as the measured connections have it."""
    return ", ".join([f"{name} {await pool.fetchval(f'show {name}')}" for name in SHOWN])


async def multiply(
    connection: asyncpg.Connection, table: str, copies: str, match: str, changes: Mapping[str, str]
) -> int:
    """Insert a copy of rows of `table` (as `row`) for each row of the relation `copies` (as `copy`) that matches.

    Every column is taken over as the service wrote it but `changes`; identity columns are drawn anew.
    """
    columns = await _columns(connection, table)
    values = ", ".join(changes.get(column, f"row.{column}") for column in columns)
    done: str = await connection.execute(
        f"insert into {table} ({', '.join(columns)}) select {values} from {copies} as copy join {table} as row on {match}",  # noqa: E501
        timeout=900,
    )
    return int(done.split()[-1])


async def _columns(connection: asyncpg.Connection, table: str) -> list[str]:
    rows = await connection.fetch(
        "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and not attisdropped"
        " and attidentity = '' order by attnum",
        table,
    )
    return [row["attname"] for row in rows]


async def settle(connection: asyncpg.Connection, tables: Iterable[str]) -> None:
    """Statistics and visibility as autovacuum would leave them, and no checkpoint left over from loading."""
    for table in tables:
        await connection.execute(f"vacuum analyze {table}", timeout=900)
    await connection.execute("checkpoint", timeout=900)


def forget_peak() -> None:
    """Begin a new peak of this process's memory; where the system cannot, the peak is that of the whole run."""
    with suppress(OSError):
        PEAK.write_text("5")


def peak_mib() -> float:
    """Peak resident memory of this process, in MiB."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def cpu_seconds(process: int) -> float:
    """Processor time that a process used so far; 0 where the system does not tell."""
    with suppress(OSError):
        stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def at_share(values: Sequence[float], share: float) -> float:
    """The value below which this share of sorted `values` lies."""
    return values[min(len(values) - 1, int(share * len(values)))]
