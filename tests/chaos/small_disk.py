"""A disk of its own for the stream, small enough to be filled: a tmpfs where mounting is allowed."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from operations.embedded.datadir import DataDir

DISK_BYTES = 256 * 1024 * 1024
STREAM_BYTES = 192 * 1024 * 1024
"""Less than the disk holds: JetStream refuses a stream that could outgrow it."""


@dataclass
class SmallDisk:
    """Where nats-server keeps its streams."""

    folder: Path
    mounted: bool = False

    @contextmanager
    def prepared(self, data: DataDir) -> Iterator[None]:
        """Mount before nats-server starts, unmount when it has ended."""
        self.folder = data.nats
        self.folder.mkdir(exist_ok=True)
        self.mounted = _run("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(self.folder))
        try:
            yield
        finally:
            if self.mounted:
                _run("umount", "-l", str(self.folder))

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Leave no byte."""
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(self.folder).free)
            with contextlib.suppress(OSError):
                while True:
                    file.seek(0, os.SEEK_END)
                    os.write(file.fileno(), b"\0" * 4096)

    def make_room(self) -> None:
        """All that was filled is free again."""
        self._ballast.unlink()


def _run(*command: str) -> bool:
    if os.geteuid() != 0 or shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
