"""`donthu held list`, `retry`, `discard`: events that a service could not digest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from deploy.commands.operator import Reach
from shared.contracts.house import SERVICES
from shared.messaging import held
from shared.messaging.drafts import Emitter
from shared.postgres.pool import service_dsn
from shared.security.secrets import ServiceSecrets


@asynccontextmanager
async def _as_service(reach: Reach, service: str) -> AsyncIterator[asyncpg.Connection]:
    password = ServiceSecrets.load(reach.secrets_dir, service).database_password
    connection = await asyncpg.connect(service_dsn(reach.database_url, service, password))
    try:
        yield connection
    finally:
        await connection.close()


async def listing(reach: Reach) -> list[dict[str, Any]]:
    """Held events of every service: ids, type, error code, tries."""
    rows: list[dict[str, Any]] = []
    for service in SERVICES:
        async with _as_service(reach, service) as connection:
            rows.extend({"service": service, **row} for row in await held.listing(connection))
    return rows


async def retry(reach: Reach, service: str, event_id: UUID | None) -> int:
    """Make held events of a service due now."""
    async with _as_service(reach, service) as connection:
        return await held.ask_retry(connection, event_id)


async def discard(reach: Reach, service: str, event_id: UUID) -> bool:
    """Give up one held event; the act is chained."""
    async with _as_service(reach, service) as connection:
        tag = await connection.fetchval("select tag from realm")
        return await held.discard(connection, Emitter(service, tag), event_id)
