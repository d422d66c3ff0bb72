"""`donthu accounts add`."""

import asyncio
from collections.abc import Sequence
from getpass import getpass

from cyclopts import App

from deploy.commands.operator import Reach
from services.portal.accounts import create
from shared.postgres.pool import create_pool, service_dsn
from shared.security.secrets import ServiceSecrets

accounts = App(name="accounts", help="Tài khoản đăng nhập.")


@accounts.command
def add(*officers: str, reach: Reach) -> None:
    """Give officers of the directory accounts named by their ids; asks for one first password for all of them."""
    asyncio.run(_create(reach, officers, getpass("Mật khẩu đầu tiên: ")))


async def _create(reach: Reach, officers: Sequence[str], password: str) -> None:
    """Create accounts; those that exist stay as they are.

    Raises:
        WeakPassword: the password is too short or too long.
    """
    secret = ServiceSecrets.load(reach.secrets_dir, "portal").database_password
    pool = await create_pool(service_dsn(reach.database_url, "portal", secret), application="accounts", most=1)
    try:
        await create(pool, officers, password)
    finally:
        await pool.close()
