"""`donthu accounts add`."""

import asyncio
import sys
from collections.abc import Sequence
from getpass import getpass

from cyclopts import App

from operations.commands.operator import HERE, DirectoryName, House, Reach
from services.portal.entry.accounts import WeakPassword, create
from shared.directory import Directory, UnknownOfficer
from shared.directory import load as load_directory
from shared.postgres.pool import create_pool, service_dsn
from shared.security.secrets import ServiceSecrets

accounts = App(name="accounts", help="Tài khoản đăng nhập.")


@accounts.command
def add(*officers: str, house: House = HERE, directory: DirectoryName = "thach_an") -> None:
    """Give officers of the directory accounts named by their ids; asks for one first password for all of them."""
    known = load_directory(directory)
    try:
        asyncio.run(_create(house.reach(), known, officers, getpass("Mật khẩu đầu tiên: ")))
    except (WeakPassword, UnknownOfficer) as refused:
        sys.stderr.write(f"{refused.code}: {refused.advice}\n")
        raise SystemExit(2) from None


async def _create(reach: Reach, directory: Directory, officers: Sequence[str], password: str) -> None:
    secret = ServiceSecrets.load(reach.secrets_dir, "portal").database_password
    pool = await create_pool(service_dsn(reach.database_url, "portal", secret), application="accounts", most=1)
    try:
        await create(pool, directory, officers, password)
    finally:
        await pool.close()
