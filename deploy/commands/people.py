"""`donthu accounts add`."""

from collections.abc import Sequence

from deploy.commands.operator import Reach
from services.portal import accounts
from shared.postgres.pool import create_pool, service_dsn
from shared.security.secrets import ServiceSecrets


async def add(reach: Reach, officers: Sequence[str], password: str) -> None:
    """Create accounts; those that exist stay as they are.

    Raises:
        WeakPassword: the password is too short or too long.
    """
    secret = ServiceSecrets.load(reach.secrets_dir, "portal").database_password
    pool = await create_pool(service_dsn(reach.database_url, "portal", secret), application="accounts", most=1)
    try:
        await accounts.create(pool, officers, password)
    finally:
        await pool.close()
