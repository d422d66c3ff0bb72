"""`donthu migrate`: roles, schemas, tables, the stream, the realm stamp. Idempotent; only the operator runs it."""

import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from operations.house.upkeep import UPKEEP
from operations.steward import connect_steward
from operations.stream.streams import StreamSize, bring_streams
from services.intake.vault.keystore import keystore_url
from shared.contracts.house import SERVICES
from shared.messaging.host.realm import ForeignRealm
from shared.postgres.migrations import LOCK, apply, migrations_in
from shared.postgres.pool import role_of
from shared.security.secrets import ServiceSecrets
from shared.settings import Realm
from shared.settings.addresses import refuse_plaintext

ROOT = Path(__file__).resolve().parents[2]


OLDEST_SERVER = 18
"""PostgreSQL's major version that queries may rely on."""


class ServerTooOld(Exception):
    """PostgreSQL is older than version 18. Upgrade the server, then migrate."""

    code = "server_too_old"


class RestoreUnfinished(Exception):
    """A restore into this database did not end. Empty the database and restore again."""

    code = "restore_unfinished"


async def migrate(
    *, database_url: str, nats_url: str, secrets_dir: Path, realm: Realm, keystore: str | None = None,
    stream_bytes: int | None = None, stream_replicas: int | None = None, tell: Callable[[str], None] = lambda _: None,
    restoring: bool = False,
) -> str:  # fmt: skip
    """Bring database, key store and stream to today's shape; return the realm's tag.

    `stream_bytes` and `stream_replicas` are :class:`StreamSize`'s; `tell` gets a line for each change of a stream.

    Raises:
        ForeignRealm: database and stream belong to different installations.
        RestoreUnfinished: the database is half restored, and it is not the restore that asks.
        ServerTooOld: PostgreSQL's version.
        Plaintext: production over another machine's plain port.
    """
    if realm is Realm.PRODUCTION:
        for url in (database_url, nats_url, keystore or ""):
            refuse_plaintext(url)
    admin = await asyncpg.connect(database_url)
    try:
        refuse_old_server(admin)
        await admin.execute("select pg_advisory_lock($1)", LOCK)
        if not restoring and await _half_restored(admin):
            raise RestoreUnfinished
        await make_roles(admin, secrets_dir)
        for service in SERVICES:
            folder = ROOT / "services" / service / "migrations"
            await apply(admin, service, migrations_in(ROOT / "shared" / "messaging" / "migrations", folder))
        tag = await _stamp(admin, realm)
    finally:
        await admin.close()
    await _keystore(database_url, keystore or keystore_url(database_url))
    for line in await _streams(nats_url, secrets_dir, tag, StreamSize(stream_bytes, stream_replicas)):
        tell(line)
    return tag


def refuse_old_server(admin: asyncpg.Connection) -> None:
    """Let a server pass whose SQL we speak.

    Raises:
        ServerTooOld: before anything is changed.
    """
    if admin.get_server_version().major < OLDEST_SERVER:
        raise ServerTooOld


async def _half_restored(admin: asyncpg.Connection) -> bool:
    if await admin.fetchval("select to_regclass('house.restore')") is None:
        return False
    return bool(await admin.fetchval("select exists (select from house.restore where done_at is null)"))


async def make_roles(admin: asyncpg.Connection, secrets_dir: Path) -> None:
    """The services' roles with the passwords of these secrets, allowed to connect to this database."""
    database = await admin.fetchval("select current_database()")
    await admin.execute(f'revoke all on database "{database}" from public; revoke all on schema public from public')
    for service in SERVICES:
        role = role_of(service)
        password = ServiceSecrets.load(secrets_dir, service).database_password
        if not await admin.fetchval("select 1 from pg_roles where rolname = $1", role):
            await admin.execute(f"create role {role} login")
        quoted = await admin.fetchval("select quote_literal($1::text)", password)
        await admin.execute(f"alter role {role} password {quoted}")
        await admin.execute(f'grant connect on database "{database}" to {role}')
        for name, value in _BOUNDS.items():
            await admin.execute(f"alter role {role} in database \"{database}\" set {name} = '{value}'")
        await admin.execute(f'alter role {role} in database "{database}" set search_path = {service}')


_BOUNDS = {
    "statement_timeout": "20s",
    "lock_timeout": "8s",
    "idle_in_transaction_session_timeout": "30s",
}


async def _stamp(admin: asyncpg.Connection, realm: Realm) -> str:
    await admin.execute(_HOUSE)
    tag: str | None = await admin.fetchval("select tag from house.realm")
    if tag is None:
        tag = f"{realm}-{secrets.token_hex(4)}"
        await admin.execute("insert into house.realm (tag) values ($1)", tag)
    if tag.rsplit("-", 1)[0] != realm:
        raise ForeignRealm
    for service in SERVICES:
        await admin.execute(f"grant usage on schema house to {role_of(service)}")
        await admin.execute(f"grant select on house.realm, house.clock to {role_of(service)}")
        await admin.execute(f"insert into {service}.realm (tag) values ($1) on conflict do nothing", tag)  # noqa: S608
    return tag


RESTORES = """
create table if not exists house.restore (
    epoch integer primary key, begun_at timestamptz not null default clock_timestamp(), done_at timestamptz,
    backup jsonb not null, report jsonb
);
"""
"""Restores into this database; while one is not done, nothing else touches it."""

_HOUSE = f"""
create schema if not exists house;
create table if not exists house.realm (single boolean primary key default true check (single), tag text not null);
create table if not exists house.clock (
    single boolean primary key default true check (single),
    running boolean not null, case_at timestamptz not null, machine_at timestamptz not null
);
{RESTORES}
{UPKEEP}
"""


async def create_keystore(database_url: str, keystore: str) -> None:
    """The key store's database, if it is not there."""
    name = urlsplit(keystore).path.lstrip("/")
    server = urlunsplit(urlsplit(keystore)._replace(path=urlsplit(database_url).path))
    admin = await asyncpg.connect(server)
    try:
        if not await admin.fetchval("select 1 from pg_database where datname = $1", name):
            await admin.execute(f'create database "{name}"')
    finally:
        await admin.close()


async def _keystore(database_url: str, keystore: str) -> None:
    await create_keystore(database_url, keystore)
    name = urlsplit(keystore).path.lstrip("/")
    keys = await asyncpg.connect(keystore)
    try:
        await keys.execute(f'revoke all on database "{name}" from public')
        await keys.execute(f'grant connect on database "{name}" to {role_of("intake")}')
        await keys.execute("grant usage on schema public to donthu_intake")
        await keys.execute((ROOT / "services" / "intake" / "vault" / "keystore.sql").read_text(encoding="utf-8"))
    finally:
        await keys.close()


async def _streams(nats_url: str, secrets_dir: Path, tag: str, size: StreamSize) -> list[str]:
    connection = await connect_steward(nats_url, secrets_dir)
    try:
        return await bring_streams(connection.jsm(), tag, size)
    finally:
        await connection.close()
