"""Health check of one service's container.

`python -m operations.containers.healthy NAME` exits 0 while this replica works.

Every replica, active or standing by, looks after its share of the partitions each second, also while NATS is away; one
that has not for `STALE_SECONDS` does not reach PostgreSQL, or its event loop stands still.
"""

import asyncio
import sys

import asyncpg

from shared.messaging.events.partitions import looks_around
from shared.postgres.pool import service_dsn
from shared.security.secrets import ServiceSecrets
from shared.settings import ServiceSettings

STALE_SECONDS = 45
"""Longer than a batch may take (`statement_timeout`) and a wait for NATS."""


async def healthy(service: str) -> bool:
    """Whether the replica of these settings looked around lately."""
    settings = ServiceSettings()
    password = ServiceSecrets.load(settings.secrets_dir, service).database_password
    dsn = service_dsn(settings.database_url.get_secret_value(), service, password)
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        return await looks_around(connection, service, settings.replica, within=STALE_SECONDS)
    finally:
        await connection.close()


if __name__ == "__main__":
    try:
        sys.exit(0 if asyncio.run(healthy(sys.argv[1])) else 1)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        sys.exit(type(error).__name__)
