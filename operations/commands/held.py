"""`donthu held list`, `retry`, `discard`: events that a service could not digest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from cyclopts import App

from operations.commands.operator import HERE, House, Json, Reach, ServiceName, say
from shared.contracts.house import SERVICES
from shared.messaging.events import held as holding
from shared.messaging.outbox.emitter import Emitter
from shared.postgres.pool import service_dsn
from shared.security.secrets import ServiceSecrets

held = App(name="held", help="Sự kiện chưa xử lý được.")


@held.command(name="list")
def list_held(house: House = HERE, *, json: Json = False) -> None:
    """List events that wait."""
    rows = asyncio.run(_listing(house.reach()))
    say({"held": rows} if json else rows, as_json=json)


@held.command
def retry(service: ServiceName, house: House = HERE, *, event: UUID | None = None) -> None:
    """Make held events of a service due now."""
    say({"due_now": asyncio.run(_retry(house.reach(), service, event))}, as_json=False)


@held.command
def discard(service: ServiceName, event: UUID, house: House = HERE) -> None:
    """Give up one held event; the act is chained in the ledger. Exit 1 when it is not held there."""
    done = asyncio.run(_discard(house.reach(), service, event))
    say({"discarded": done}, as_json=False)
    raise SystemExit(0 if done else 1)


async def _listing(reach: Reach) -> list[dict[str, Any]]:
    """Held events of every service: ids, type, error code, tries."""
    rows: list[dict[str, Any]] = []
    for service in SERVICES:
        async with _as_service(reach, service) as connection:
            rows.extend({"service": service, **row} for row in await holding.listing(connection))
    return rows


async def _retry(reach: Reach, service: str, event_id: UUID | None) -> int:
    async with _as_service(reach, service) as connection:
        return await holding.ask_retry(connection, event_id)


async def _discard(reach: Reach, service: str, event_id: UUID) -> bool:
    async with _as_service(reach, service) as connection:
        tag = await connection.fetchval("select tag from realm")
        return await holding.discard(connection, Emitter(service, tag), event_id)


@asynccontextmanager
async def _as_service(reach: Reach, service: str) -> AsyncIterator[asyncpg.Connection]:
    password = ServiceSecrets.load(reach.secrets_dir, service).database_password
    connection = await asyncpg.connect(service_dsn(reach.database_url, service, password))
    try:
        yield connection
    finally:
        await connection.close()
