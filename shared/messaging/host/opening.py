"""A service's connections, opened with patience and refused when they are another installation's."""

import asyncio

import asyncpg

from shared.messaging.connection import outages
from shared.messaging.connection.failures import growing, is_infrastructure
from shared.messaging.host.host import Host
from shared.messaging.host.realm import ForeignRealm
from shared.postgres.casetime import CaseClock, PrimaryClock, VirtualClock
from shared.postgres.pool import create_pool, service_dsn
from shared.security.secrets import ServiceSecrets
from shared.settings import Realm, ServiceSettings


async def open_host(service: str, settings: ServiceSettings) -> Host:
    """Open a service's connections.

    Raises:
        ForeignRealm: the schema was stamped by another installation or for another realm.
    """
    secrets = ServiceSecrets.load(settings.secrets_dir, service)
    dsn = service_dsn(settings.database_url.get_secret_value(), service, secrets.database_password)
    pool, by_key = await _patient_pool(dsn, service), await _patient_pool(dsn, service, by_key=True)
    tag = await pool.fetchval("select tag from realm")
    if tag is None or tag.rsplit("-", 1)[0] != settings.realm:
        raise ForeignRealm
    clock: CaseClock = PrimaryClock(pool) if settings.realm is Realm.PRODUCTION else VirtualClock(pool)
    await clock.reload()
    return Host(service, settings, secrets, pool, by_key, dsn, clock, tag)


async def _patient_pool(dsn: str, service: str, *, by_key: bool = False) -> asyncpg.Pool:
    """PostgreSQL may start after us: wait for it."""
    attempt = 0
    while True:
        try:
            return await create_pool(dsn, application=service, most=4 if by_key else 12, by_key=by_key)
        except Exception as error:
            if not is_infrastructure(error):
                raise
            attempt += 1
            outages.waiting("postgres.waiting", error, attempt)
            await asyncio.sleep(growing(attempt))
