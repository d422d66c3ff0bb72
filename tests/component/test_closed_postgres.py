"""One role per service: its own rows and nothing else; the key store is intake's alone."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from services.intake.vault.keystore import keystore_url
from shared.contracts.house import SERVICES
from shared.postgres.pool import service_dsn
from shared.security.secrets import ServiceSecrets
from tests.world import Servers, World, open_world

REFUSED = asyncpg.InsufficientPrivilegeError


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    async with open_world(servers) as found:
        yield found


async def tables_of(world: World) -> dict[str, list[str]]:
    admin = await asyncpg.connect(world.database_url)
    try:
        rows = await admin.fetch(
            "select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
        )
    finally:
        await admin.close()
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["schemaname"], []).append(row["tablename"])
    return found


async def refused(connection: asyncpg.Connection, statement: str) -> bool:
    try:
        async with connection.transaction():
            await connection.execute(statement)
            raise RuntimeError("rolled back")
    except REFUSED:
        return True
    except RuntimeError:
        return False


ON_A_TABLE = (
    "select 1 from {0}", "insert into {0} default values", "delete from {0}", "truncate {0}", "drop table {0}",
    "alter table {0} add column mine int", "create index on {0} ((1))", "lock table {0}",
    "create rule r as on select to {0} do instead nothing", "comment on table {0} is ''",
)  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_touches_no_other_schema(world: World, service: str) -> None:
    tables = await tables_of(world)
    assert set(SERVICES) | {"house"} == set(tables)
    async with world.database(service) as connection:
        allowed = [
            (schema, statement)
            for schema, names in tables.items()
            if schema not in (service, "house")
            for name in names
            for statement in ON_A_TABLE
            if not await refused(connection, statement.format(f"{schema}.{name}"))
        ]
    assert allowed == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_changes_no_structure_not_even_its_own(world: World, service: str) -> None:
    statements = [
        f"create table {service}.mine (a int)", "create table mine (a int)", "create temp table mine (a int)",
        "create table public.mine (a int)", "create schema mine", f"drop schema {service} cascade",
        f"create view {service}.mine as select 1", f"create function {service}.f() returns int return 1",
        "alter table outbox add column mine int", "drop table outbox", "truncate outbox", "drop table outbox_sent",
        f"alter table outbox owner to donthu_{service}", "alter sequence outbox_number_seq restart",
        f"insert into {service}.schema_migration (name, digest) values ('x', 'y')",
        f"update {service}.schema_migration set digest = ''", f"delete from {service}.schema_migration",
    ]  # fmt: skip
    async with world.database(service) as connection:
        assert [each for each in statements if not await refused(connection, each)] == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_takes_back_no_event_and_changes_none(world: World, service: str) -> None:
    statements = ["update outbox set body = '{}'", "update outbox set created_at = now()", "delete from outbox"]
    async with world.database(service) as connection:
        assert [each for each in statements if not await refused(connection, each)] == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_the_clock_and_never_sets_it(world: World, service: str) -> None:
    statements = [
        "update house.clock set running = true",
        "insert into house.clock values (true, true, now(), now())",
        "delete from house.clock",
        "update house.realm set tag = 'x'",
        "delete from house.realm",
        "create table house.mine (a int)",
        "drop table house.clock",
    ]
    async with world.database(service) as connection:
        assert await connection.fetchval("select count(*) from house.clock") == 1
        assert await connection.fetchval("select tag from house.realm") == world.tag
        assert [each for each in statements if not await refused(connection, each)] == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_has_no_power_over_roles_and_files(world: World, service: str) -> None:
    statements = [
        f"{act} donthu_{other} {rest}"
        for other in SERVICES if other != service
        for act, rest in (("set role", ""), ("alter role", "password 'x'"), ("reassign owned by", "to current_user"))
    ] + [
        "create role mine", "select pg_read_file('PG_VERSION')", "copy (select 1) to program 'true'",
        "copy realm from '/etc/passwd'", "create database mine", "alter system set fsync = off",
        "select * from pg_authid",
    ]  # fmt: skip
    async with world.database(service) as connection:
        assert [each for each in statements if not await _refused_anyhow(connection, each)] == []
        assert not await connection.fetchval(_POWERS)
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            assert await connection.fetchval(f"select current_setting('{name}')") != "0"


_POWERS = """
select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls from pg_roles
where rolname = current_user
"""


async def _refused_anyhow(connection: asyncpg.Connection, statement: str) -> bool:
    try:
        await connection.execute(statement)
    except (REFUSED, asyncpg.ActiveSQLTransactionError):
        return True
    return False


@pytest.mark.parametrize("service", SERVICES)
async def test_the_key_store_opens_to_intake_only(world: World, service: str) -> None:
    password = ServiceSecrets.load(world.secrets, service).database_password
    dsn = service_dsn(keystore_url(world.database_url), service, password)
    if service != "intake":
        with pytest.raises(REFUSED):
            await asyncpg.connect(dsn)
        return
    connection = await asyncpg.connect(dsn)
    try:
        assert await connection.fetchval("select count(*) from wrapped_key") == 0
        statements = ["update wrapped_key set wrapped = ''", "truncate wrapped_key", "drop table wrapped_key",
                      "create table mine (a int)", "alter table wrapped_key add column mine int"]  # fmt: skip
        assert [each for each in statements if not await refused(connection, each)] == []
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_password_opens_its_own_role_only(world: World, service: str) -> None:
    other = next(name for name in SERVICES if name != service)
    password = ServiceSecrets.load(world.secrets, service).database_password
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(service_dsn(world.database_url, other, password))


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_of_a_service_belongs_to_the_operator(world: World, service: str) -> None:
    async with world.database(service) as connection:
        owners = await connection.fetch("select distinct tableowner from pg_tables where schemaname = $1", service)
        assert {row["tableowner"] for row in owners} == {urlsplit(world.database_url).username}


async def test_a_database_of_another_house_is_closed_to_strangers(world: World) -> None:
    """`migrate` takes CONNECT and TEMP from PUBLIC."""
    admin = await asyncpg.connect(world.database_url)
    try:
        acl = await admin.fetchval("select datacl::text from pg_database where datname = current_database()")
    finally:
        await admin.close()
    assert "{=" not in acl
    assert ",=" not in acl
