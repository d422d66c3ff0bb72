"""What PostgreSQL says of itself and of the house in it; numbers, names and codes only."""

from collections.abc import Callable
from datetime import datetime

import asyncpg

from operations.doctor.signs import Database, Privilege, Queue
from operations.house.migrate import ROOT
from shared.contracts.house import SERVICES
from shared.postgres.grants import ROWS, granted
from shared.postgres.migrations import migrations_in
from shared.postgres.pool import role_of

_SETTINGS = "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')"
_CASE_NOW = """
select case when running then case_at + (clock_timestamp() - machine_at) else case_at end from house.clock
"""
_TABLES = """
select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') and n.nspname = any($1::text[])
"""
_RIGHTS = """
select s.name as service, n.nspname || '.' || c.relname as on_table, p.name as may,
    has_schema_privilege(r.oid, n.oid, 'usage') as reached
from unnest($1::text[]) as s(name)
join pg_roles r on r.rolname = 'donthu_' || s.name
cross join pg_class c join pg_namespace n on n.oid = c.relnamespace
cross join unnest($3::text[]) as p(name)
where c.relkind in ('r', 'p', 'v', 'm') and n.nspname = any($2::text[])
    and has_table_privilege(r.oid, c.oid, p.name)
"""
_ORDINARY = """
select rolname from pg_roles where rolname = any($1::text[]) and rolcanlogin
    and not (rolsuper or rolcreaterole or rolcreatedb or rolbypassrls)
"""
_UNSENT = """
select count(*) as rows,
    coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as seconds
from {service}.outbox_unsent join {service}.outbox using (number)
"""
_HELD = """
select count(*) as rows, coalesce(extract(epoch from clock_timestamp() - min(held_at)), 0)::float8 as seconds
from {service}.held
"""
_MAILS = """
select count(*) as rows, coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as seconds
from notify.delivery where medium = 'mail' and sent_at is null
"""
_UPKEEP = "select kind, done_at from house.upkeep"
_HALF = "select exists (select from house.restore where done_at is null)"


async def look(admin: asyncpg.Connection, clock: Callable[[], datetime]) -> Database:
    """Look at everything; a database without a house has versions and settings only. `clock` is this machine's."""
    server = admin.get_server_version()
    before = clock()
    now: datetime = await admin.fetchval("select clock_timestamp()")
    ahead = now - (before + (clock() - before) / 2)
    settings = {row["name"]: row["setting"] for row in await admin.fetch(_SETTINGS)}
    version = f"{server.major}.{server.minor}"
    if await admin.fetchval("select to_regclass('house.realm')") is None:
        return Database(version, server.major, now, now, ahead, settings)
    lacking, exceeding = await _rights(admin)
    return Database(
        version,
        server.major,
        now,
        await admin.fetchval(_CASE_NOW) or now,
        ahead,
        settings,
        tag=await admin.fetchval("select tag from house.realm"),
        tags={name: await admin.fetchval(f"select tag from {name}.realm") for name in SERVICES},  # noqa: S608
        missing_migrations=await _missing(admin),
        lacking=lacking,
        exceeding=exceeding,
        strong_roles=await _strong(admin),
        unsent={name: await _queue(admin, _UNSENT.format(service=name)) for name in SERVICES},
        held={name: await _queue(admin, _HELD.format(service=name)) for name in SERVICES},
        mails=await _queue(admin, _MAILS),
        upkeep=await _upkeep(admin),
        half_restored=bool(await admin.fetchval(_HALF)),
    )


async def _missing(admin: asyncpg.Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for service in SERVICES:
        applied = {
            row["name"]
            for row in await admin.fetch(f"select name from {service}.schema_migration")  # noqa: S608
        }
        own = ROOT / "services" / service / "migrations"
        ours = [each.name for each in migrations_in(ROOT / "shared" / "messaging" / "migrations", own)]
        if missing := [name for name in ours if name not in applied]:
            found[service] = missing
    return found


async def _rights(admin: asyncpg.Connection) -> tuple[frozenset[Privilege], frozenset[Privilege]]:
    schemas = [*SERVICES, "house"]
    tables = [row[0] for row in await admin.fetch(_TABLES, schemas)]
    rows = await admin.fetch(_RIGHTS, list(SERVICES), schemas, [*ROWS, "truncate"])
    has = {(row["service"], row["on_table"], row["may"]) for row in rows}
    uses = {(row["service"], row["on_table"], row["may"]) for row in rows if row["reached"]}
    ought = {(service, table, right) for service in SERVICES for table, right in granted(service, tables)}
    return frozenset(ought - uses), frozenset(has - ought)


async def _strong(admin: asyncpg.Connection) -> tuple[str, ...]:
    roles = [role_of(service) for service in SERVICES]
    ordinary = {row[0] for row in await admin.fetch(_ORDINARY, roles)}
    return tuple(role for role in roles if role not in ordinary)


async def _queue(admin: asyncpg.Connection, query: str) -> Queue:
    row = await admin.fetchrow(query)
    assert row is not None
    return Queue(row["rows"], row["seconds"])


async def _upkeep(admin: asyncpg.Connection) -> dict[str, datetime]:
    if await admin.fetchval("select to_regclass('house.upkeep')") is None:
        return {}  # migrated by a version before it
    return {row["kind"]: row["done_at"] for row in await admin.fetch(_UPKEEP)}
