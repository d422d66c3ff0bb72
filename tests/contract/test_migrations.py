"""`donthu migrate`: run twice it changes nothing; an edited migration and a foreign installation are refused."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from operations.house import migrate as migrate_module
from operations.house.migrate import ROOT, ServerTooOld, migrate
from operations.steward import connect_steward
from shared.contracts.bus.subjects import STREAM
from shared.contracts.house import SERVICES
from shared.messaging.host.realm import REALM_KEY, ForeignRealm
from shared.postgres.migrations import ChangedMigration, Migration, apply, migrations_in
from shared.settings import Realm
from tests.world import STREAM_BYTES, Servers, World, open_world

_SHAPE = """
select table_schema, table_name, column_name, data_type, column_default, is_nullable from information_schema.columns
where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2, 3
"""
_RIGHTS = """
select grantee, table_schema, table_name, privilege_type from information_schema.role_table_grants
where grantee like 'donthu%' order by 1, 2, 3, 4
"""


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    """One installation for the whole file."""
    async with open_world(servers) as found:
        yield found


async def again(world: World, realm: Realm = Realm.TEST, **more: str) -> str:
    places = {"database_url": world.database_url, "nats_url": world.nats.url} | more
    return await migrate(secrets_dir=world.secrets, realm=realm, stream_bytes=STREAM_BYTES, **places)


async def shape(world: World) -> list[list[asyncpg.Record]]:
    admin = await asyncpg.connect(world.database_url)
    try:
        tables = [await admin.fetch(query) for query in (_SHAPE, _RIGHTS)]
        applied = [await admin.fetch(f"select * from {name}.schema_migration order by name") for name in SERVICES]
        return [*tables, *applied]
    finally:
        await admin.close()


async def test_a_second_migrate_changes_nothing(world: World) -> None:
    before = await shape(world)
    assert await again(world) == world.tag
    assert await shape(world) == before


async def test_every_service_has_the_tables_of_messaging_and_its_realm(world: World) -> None:
    wanted = {
        "position", "inbox", "outbox", "outbox_unsent", "outbox_sent", "relay_lease", "held", "command_log", "realm",
    }  # fmt: skip
    for service in SERVICES:
        async with world.database(service) as connection:
            rows = await connection.fetch("select tablename from pg_tables where schemaname = $1", service)
            assert wanted <= {row["tablename"] for row in rows}
            assert await connection.fetchval("select tag from realm") == world.tag
            assert await connection.fetchval("select count(*) from position") == 16


async def test_the_stream_keeps_everything(world: World) -> None:
    steward = await connect_steward(world.nats.url, world.secrets)
    try:
        config = (await steward.jsm().stream_info(STREAM)).config
    finally:
        await steward.close()
    assert (config.deny_delete, config.deny_purge, config.discard, config.retention) == (True, True, "new", "limits")
    assert (config.max_bytes, config.max_age, config.max_msgs) == (STREAM_BYTES, 0, -1)
    assert (config.metadata or {})[REALM_KEY] == world.tag


async def test_an_edited_migration_is_refused_and_nothing_of_it_is_applied(world: World, tmp_path: Path) -> None:
    admin = await asyncpg.connect(world.database_url)
    try:
        first = Migration("9001_probe", "create table probe (a int);")
        assert await apply(admin, "routing", [first]) == ["9001_probe"]
        assert await apply(admin, "routing", [first]) == []
        with pytest.raises(ChangedMigration):
            await apply(admin, "routing", [Migration("9001_probe", "create table probe (b int);")])
        columns = await admin.fetch("select column_name from information_schema.columns where table_name = 'probe'")
        assert [row["column_name"] for row in columns] == ["a"]
    finally:
        await admin.close()


async def test_a_migration_that_fails_leaves_nothing_behind(world: World) -> None:
    admin = await asyncpg.connect(world.database_url)
    try:
        broken = Migration("9002_broken", "create table half (a int); select 1 / 0;")
        with pytest.raises(asyncpg.DivisionByZeroError):
            await apply(admin, "routing", [broken])
        assert await admin.fetchval("select to_regclass('routing.half')") is None
        mended = Migration("9002_broken", "create table half (a int);")
        assert await apply(admin, "routing", [mended]) == ["9002_broken"]
    finally:
        await admin.close()


_BEFORE = """
insert into outbox (event_id, case_id, subject, headers, body, stream_sequence)
select gen_random_uuid(), gen_random_uuid(), 's', '{}', '{}', case when n % 3 > 0 then n * 10 end
from generate_series(1, 9) as n
"""
_AFTER = """
insert into outbox (event_id, case_id, subject, headers, body)
select gen_random_uuid(), gen_random_uuid(), 's', '{}', '{}' from generate_series(1, 2)
"""


async def test_an_outbox_with_marks_keeps_them_and_what_is_added_later_is_queued(world: World) -> None:
    """Also when a service of the version before adds it, which knows of no queue."""
    first, then = migrations_in(ROOT / "shared" / "messaging" / "migrations")
    admin = await asyncpg.connect(world.database_url)
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute("create schema grown; set local search_path to grown")
        await admin.execute(first.sql)
        await admin.execute(_BEFORE)
        await admin.execute("create role donthu_grown")
        await admin.execute(then.sql)
        await admin.execute(_AFTER)
        unsent = await admin.fetch("select number from outbox_unsent order by number")
        sent = await admin.fetch("select number, stream_sequence from outbox_sent order by number")
    finally:
        await transaction.rollback()
        await admin.close()
    assert [row["number"] for row in unsent] == [3, 6, 9, 10, 11]
    assert [tuple(row) for row in sent] == [(n, n * 10) for n in range(1, 9) if n % 3]


async def test_migrations_at_once_apply_each_file_once(world: World) -> None:
    slow = Migration("9003_slow", "create table slow (a int); select pg_sleep(0.2);")
    admins = [await asyncpg.connect(world.database_url) for _ in range(3)]
    try:
        done = await asyncio.gather(*(apply(admin, "routing", [slow]) for admin in admins))
    finally:
        for admin in admins:
            await admin.close()
    assert sorted(map(len, done)) == [0, 0, 1]


def test_files_are_applied_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("0002_b.sql", "0001_a.sql", "0010_c.sql", "notes.txt"):
        (tmp_path / name).write_text("select 1;", encoding="utf-8")
    assert [each.name for each in migrations_in(tmp_path)] == ["0001_a", "0002_b", "0010_c"]


async def test_an_old_server_is_refused_before_anything_is_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await shape(world)
    monkeypatch.setattr(migrate_module, "OLDEST_SERVER", 99)
    with pytest.raises(ServerTooOld):
        await again(world)
    assert await shape(world) == before


async def test_a_database_of_another_realm_is_refused(world: World) -> None:
    with pytest.raises(ForeignRealm):
        await again(world, Realm.DEMO)


async def test_a_stream_of_another_installation_is_refused(world: World, servers: Servers) -> None:
    async with open_world(servers) as other:
        with pytest.raises(ForeignRealm):
            await again(world, nats_url=other.nats.url)


async def test_a_service_refuses_the_stream_of_another_installation(world: World, servers: Servers) -> None:
    async with open_world(servers) as other:
        with pytest.raises(ForeignRealm):
            await world.start("routing", nats_url=other.nats.url)


async def test_a_service_refuses_a_database_of_another_realm(world: World) -> None:
    with pytest.raises(ForeignRealm):
        await world.start("routing", realm=Realm.DEMO)
