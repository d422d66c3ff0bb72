"""The data folder of one embedded run and the lock that keeps a second run out."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from operations.embedded.account import STATE_ROOT, place_data, server_account
from operations.embedded.errors import LocalRunError

LOCK = "lock"
"""File in the folder that a run holds locked."""


class DataDir:
    """The folders of one embedded run, locked from `open` to `close` (or the death of the process)."""

    def __init__(self, requested: Path, root: Path, lock: int) -> None:
        self.requested = requested
        self.root = root
        self._lock = lock
        self.postgres = root / "postgres"
        self.nats = root / "nats"
        self.secrets = self._private("secrets")
        self.mails = self._private("mails")
        self.logs = self._private("logs")
        self.vault = self._private("vault")
        self.authority = self._private("authority")

    @classmethod
    def open(cls, requested: Path, *, state_root: Path = STATE_ROOT) -> DataDir:
        """Make and lock the folder; `root` differs from `requested` where the servers' user cannot reach it.

        Raises LocalRunError `data_dir_in_use` while another run holds the folder.
        """
        root = place_data(requested, server_account(), state_root=state_root)
        lock = os.open(root / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise LocalRunError(
                "data_dir_in_use",
                "Thư mục dữ liệu này đang được một lần chạy khác sử dụng; hãy dừng nó hoặc chọn --data-dir khác. "
                "/ Another run uses this data folder; stop it or choose another --data-dir.",
            ) from error
        return cls(requested, root, lock)

    def log(self, name: str) -> Path:
        """Return the log file of the program `name`."""
        return self.logs / f"{name}.log"

    def close(self) -> None:
        """Let the next run in."""
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _private(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder
