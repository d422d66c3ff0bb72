"""Which user the servers run as, and where that user can reach programs and data.

PostgreSQL refuses to run as root. Started by root, the servers are dropped to an ordinary user; what that user cannot
reach (a checkout or a data folder below a 0700 home) is placed below `STATE_ROOT`. Started by anybody else, everything
stays where it is.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from operations.embedded.errors import LocalRunError

STATE_ROOT = Path("/var/lib/donthu")
_CANDIDATES = ("donthu", "nobody")


class PopenOptions(TypedDict, total=False):
    """The keyword arguments of subprocess that change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """An ordinary user to drop to."""

    name: str
    uid: int
    gid: int

    def popen_options(self) -> PopenOptions:
        """Return what subprocess needs to run a program as this user and nothing more."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, test: str, path: Path) -> bool:
        """Ask the system itself (`test -x PATH` and the like), which knows access lists and mounts too."""
        command = ["test", test, str(path)]
        return subprocess.run(command, cwd="/", check=False, **self.popen_options()).returncode == 0

    def owns(self, path: Path) -> None:
        """Make this user the owner of `path`."""
        os.chown(path, self.uid, self.gid)


def server_account() -> Account | None:
    """Return the user to drop to, or None for an ordinary user, who just runs the servers.

    Raises LocalRunError `no_ordinary_user` when root finds neither `donthu` nor `nobody`.
    """
    if os.geteuid() != 0:
        return None
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise LocalRunError(
        "no_ordinary_user",
        "Hãy tạo người dùng `donthu` (useradd --system donthu) hoặc chạy bằng người dùng thường. "
        "/ Create a user `donthu` (useradd --system donthu) or run as an ordinary user.",
    )


def place_data(requested: Path, account: Account | None, *, state_root: Path = STATE_ROOT) -> Path:
    """Return the folder, made if need be, that stands for `requested` and that the account can reach."""
    chosen = data_place(requested, account, state_root=state_root)
    if account is None:
        chosen.mkdir(parents=True, exist_ok=True, mode=0o700)
    else:
        _make_passable(chosen)
    return chosen


def data_place(requested: Path, account: Account | None, *, state_root: Path = STATE_ROOT) -> Path:
    """Return the folder that stands for `requested`, whether it is there or not."""
    requested = requested.resolve()
    if account is None:
        return requested
    placed = state_root / "data" / hashlib.sha256(os.fsencode(requested)).hexdigest()[:16]
    reachable = account.can("-x", _nearest_existing(requested))
    # Data once placed stay there, even if the folder asked for became reachable since.
    return requested if reachable and not placed.exists() else placed


def place_programs(
    root: Path,
    parts: Sequence[str],
    program: str,
    label: str,
    account: Account | None,
    *,
    state_root: Path = STATE_ROOT,
) -> Path:
    """Return the folder below which the account can run `program`: `root`, or a copy of its `parts`.

    The copy is made once for each `label` (wheel and version) and appears whole or not at all.
    """
    if account is None or account.can("-x", root / program):
        return root
    placed = state_root / label
    if placed.exists():
        return placed
    _make_passable(state_root)
    fresh = Path(tempfile.mkdtemp(prefix=f"{label}.", dir=state_root))
    for part in parts:
        if (root / part).is_dir():
            shutil.copytree(root / part, fresh / part, ignore=shutil.ignore_patterns("__pycache__", "include"))
        elif (root / part).exists():
            (fresh / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / part, fresh / part)
    _open_to_readers(fresh)
    try:
        fresh.rename(placed)
    except OSError:  # another run was faster
        shutil.rmtree(fresh)
    return placed


def _nearest_existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _make_passable(folder: Path) -> None:
    """Make the folder and its missing parents; others may pass through, not list."""
    for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
        missing.mkdir()
        missing.chmod(0o711)


def _open_to_readers(tree: Path) -> None:
    """Undo a strict umask of whoever installed the originals."""
    for folder, _, files in os.walk(tree):
        os.chmod(folder, 0o755)  # noqa: S103 - programs of a public package
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
