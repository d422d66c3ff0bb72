"""Health check of one service's container: `python -m deploy.docker.healthy NAME` exits 0 while the service works.

A service's relay takes its lease anew at least every two seconds, also while NATS is away; a lease older than
`STALE_SECONDS` means that nobody in this service reaches PostgreSQL or that its event loop stands still.
"""

import asyncio
import importlib
import sys

import asyncpg

from shared.postgres.pool import service_dsn
from shared.security.secrets import ServiceSecrets

STALE_SECONDS = 20
_ALIVE = "select until > clock_timestamp() - make_interval(secs => $1) from relay_lease"


async def healthy(service: str) -> bool:
    """Whether the service renewed its lease lately."""
    settings = importlib.import_module(f"services.{service}.app").Settings()
    password = ServiceSecrets.load(settings.secrets_dir, service).database_password
    dsn = service_dsn(settings.database_url.get_secret_value(), service, password)
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        return bool(await connection.fetchval(_ALIVE, STALE_SECONDS, timeout=5))
    finally:
        await connection.close()


if __name__ == "__main__":
    try:
        sys.exit(0 if asyncio.run(healthy(sys.argv[1])) else 1)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        sys.exit(type(error).__name__)
