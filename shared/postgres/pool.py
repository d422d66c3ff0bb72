"""Connections in a service's own role: own schema only, bounded statements, errors without values."""

from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection = asyncpg.Connection | PoolConnectionProxy
"""A connection, pooled or not, as stores take it."""

SETTINGS = {"timezone": "UTC", "jit": "off"}


def role_of(service: str) -> str:
    """PostgreSQL role of a service; its schema is named like the service."""
    return f"donthu_{service}"


def service_dsn(database_url: str, service: str, password: str) -> str:
    """The service's own DSN: host and database of `database_url`, its role and password."""
    parts = urlsplit(database_url)
    host = parts.netloc.rsplit("@", 1)[-1]
    return urlunsplit(parts._replace(netloc=f"{role_of(service)}:{quote(password, safe='')}@{host}"))


async def create_pool(dsn: str, *, application: str, most: int = 12) -> asyncpg.Pool:
    """A pool of at most `most` connections. Waits are bounded by the role's own timeouts."""
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=most,
        command_timeout=30,
        reset=_nothing_to_reset,
        server_settings={**SETTINGS, "application_name": application},
    )


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """Sessions are never changed (`set local` at most), so that nothing is asked when a connection is given back."""
