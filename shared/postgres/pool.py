"""Connections in a service's own role: own schema only, bounded statements, errors without values."""

from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection = asyncpg.Connection | PoolConnectionProxy
"""A connection, pooled or not, as stores take it."""

SETTINGS = {
    "timezone": "UTC",
    "jit": "off",
    # The server drops a session, and with it the locks, of a client that vanished without a word: after 14 s.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
BY_KEY = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
CONNECT_SECONDS = 10
COMMAND_SECONDS = 10
"""Longer than the role's `lock_timeout`. A server that does not answer at all is noticed after twice this time."""
IDLE_SECONDS = 10
"""A pool's connections that rest so long are closed: those that died while nobody asked them go unnoticed else."""


def role_of(service: str) -> str:
    """PostgreSQL role of a service; its schema is named like the service."""
    return f"donthu_{service}"


def service_dsn(database_url: str, service: str, password: str) -> str:
    """The service's own DSN: host and database of `database_url`, its role and password."""
    parts = urlsplit(database_url)
    host = parts.netloc.rsplit("@", 1)[-1]
    return urlunsplit(parts._replace(netloc=f"{role_of(service)}:{quote(password, safe='')}@{host}"))


async def connect(dsn: str, *, application: str) -> asyncpg.Connection:
    """A connection outside a pool, bounded like those of a pool."""
    settings = {**SETTINGS, "application_name": application}
    return await asyncpg.connect(
        dsn, timeout=CONNECT_SECONDS, command_timeout=COMMAND_SECONDS, server_settings=settings
    )


async def create_pool(
    dsn: str,
    *,
    application: str,
    least: int = 1,
    most: int = 12,
    command_seconds: float = COMMAND_SECONDS,
    by_key: bool = False,
) -> asyncpg.Pool:
    """A pool of at most `most` connections. Waits are bounded by the role's own timeouts, then by ours.

    `least` are kept open however long they rest: 0 for a pool that no loop uses all the time. `by_key` is for loops
    that look up what they know by key: they never read a whole table or index, whatever old statistics say of it.
    """
    planning = BY_KEY if by_key else {}
    return await asyncpg.create_pool(
        dsn,
        min_size=least,
        max_size=most,
        timeout=CONNECT_SECONDS,
        command_timeout=command_seconds,
        max_inactive_connection_lifetime=IDLE_SECONDS,
        reset=_nothing_to_reset,
        server_settings={**SETTINGS, **planning, "application_name": application},
    )


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """Sessions are never changed (`set local` at most), so that nothing is asked when a connection is given back."""
