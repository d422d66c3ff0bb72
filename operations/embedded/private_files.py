"""Files that only their owner may read."""

from __future__ import annotations

import os
from io import BufferedWriter
from pathlib import Path


def append_private(path: Path) -> BufferedWriter:
    """Open a file to write at its end, made with mode 0600 if need be."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def write_private(path: Path, content: bytes) -> None:
    """Write a whole file of mode 0600."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
