"""PostgreSQL with a standby: DATABASE_URL names both, a service finds the one that takes writes."""

from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from operations.embedded.ports import LOOPBACK, free_port
from services.intake.vault.keystore import keystore_url
from shared.messaging.connection.failures import is_infrastructure
from shared.postgres.pool import create_pool, service_dsn
from shared.security.secrets import ServiceSecrets
from tests.world import World


def beside(url: str, attribute: str) -> str:
    """The same server after another one that is down."""
    parts = urlsplit(url)
    user, host = parts.netloc.rsplit("@", 1)
    hosts = f"{user}@{LOOPBACK}:{free_port()},{host}"
    return urlunsplit(parts._replace(netloc=hosts, query=f"target_session_attrs={attribute}"))


async def test_a_service_finds_the_primary_among_several(world: World) -> None:
    password = ServiceSecrets.load(world.secrets, "intake").database_password
    for url in (beside(world.database_url, "read-write"), keystore_url(beside(world.database_url, "primary"))):
        pool = await create_pool(service_dsn(url, "intake", password), application="test")
        try:
            assert await pool.fetchval("select current_user") == "donthu_intake"
        finally:
            await pool.close()


async def test_a_server_that_takes_no_writes_is_not_taken_for_the_primary(world: World) -> None:
    with pytest.raises((OSError, asyncpg.exceptions.TargetServerAttributeNotMatched)) as refused:
        await asyncpg.connect(beside(world.database_url, "standby"))
    assert is_infrastructure(refused.value), "until the standby is promoted, a service waits"
