"""How the operator's verbs find the embedded house that runs on a data folder."""

from __future__ import annotations

import fcntl
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from operations.embedded.account import STATE_ROOT, data_place, server_account
from operations.embedded.datadir import LOCK
from operations.embedded.errors import LocalRunError
from operations.embedded.private_files import write_private

_FILE = "running.json"


@dataclass(frozen=True, slots=True, repr=False)
class Running:
    """Where the servers of a running house are, with the administrator's password."""

    database_url: str
    nats_url: str
    secrets: str
    mails: str


def announce(root: Path, running: Running) -> None:
    """Note it in the data folder, for its owner only."""
    write_private(root / _FILE, orjson.dumps(asdict(running)))


def withdraw(root: Path) -> None:
    """The servers end."""
    (root / _FILE).unlink(missing_ok=True)


def find(requested: Path, *, state_root: Path = STATE_ROOT) -> Running:
    """The house that runs on a data folder.

    Raises:
        LocalRunError: `no_house` (nothing runs there), `data_dir_of_another` (somebody else's folder).
    """
    root = data_place(requested, server_account(), state_root=state_root)
    try:
        if not _locked(root / LOCK):
            raise _nothing_runs(requested)
        return Running(**orjson.loads((root / _FILE).read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        raise _nothing_runs(requested) from None
    except PermissionError:
        raise LocalRunError(
            "data_dir_of_another",
            f"Thư mục {requested} thuộc về người dùng khác: hãy chạy lệnh với tài khoản đã khởi động hệ thống. "
            f"/ The folder {requested} belongs to another user: run the command as whoever started the house.",
        ) from None


def _locked(lock: Path) -> bool:
    """Whether a run holds the folder; whoever was killed holds nothing."""
    handle = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _nothing_runs(requested: Path) -> LocalRunError:
    return LocalRunError(
        "no_house",
        f"Không có hệ thống nào đang chạy (hoặc còn đang khởi động) trên {requested}. Chạy `make run`, "
        "chọn --data-dir khác, hoặc cho --database-url, --nats-url và --secrets-dir. "
        f"/ No house runs, or is ready yet, on {requested}. Start it with `make run`, choose another --data-dir, "
        "or give --database-url, --nats-url and --secrets-dir.",
    )
