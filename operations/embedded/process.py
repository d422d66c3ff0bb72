"""One program as our own child, which does not outlive us."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from operations.embedded.account import Account, PopenOptions
from operations.embedded.private_files import append_private

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def in_child() -> None:
        # Runs after the change of user, which would clear the setting. A parent that died before the call
        # sends no signal any more, hence the second look.
        if _prctl is not None and (_prctl(_PR_SET_PDEATHSIG, int(death_signal)) != 0 or os.getppid() != parent):
            os._exit(127)

    return in_child


class Child:
    """A running program in a session and process group of its own.

    On Linux the kernel sends it `death_signal` when this process dies, however it dies; the signal is tied to the
    thread that started it, so start children from the main thread. macOS has no such signal: there a SIGKILL of
    this process leaves its children running, and the next start reports the data folder as in use.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(
        cls,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        log: Path,
        account: Account | None = None,
        cwd: Path | None = None,
        pipe_stdout: bool = False,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> Child:
        """Start `argv` with exactly `env`; stderr, and stdout unless piped, are appended to `log`.

        Raises OSError when the program cannot be started.
        """
        with append_private(log) as sink:
            process = await asyncio.create_subprocess_exec(
                *argv,
                env=dict(env),
                cwd=cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE if pipe_stdout else sink,
                stderr=sink,
                start_new_session=True,
                preexec_fn=_die_with_parent(death_signal),
                **(account.popen_options() if account else PopenOptions()),
            )
        return cls(process)

    @property
    def pid(self) -> int:
        """Process id, also the id of its group."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Exit code, minus the signal number when a signal ended it, None while it runs."""
        return self._process.returncode

    @property
    def stdout(self) -> asyncio.StreamReader:
        """What the program prints; only of a child started with `pipe_stdout`."""
        assert self._process.stdout is not None
        return self._process.stdout

    async def wait(self) -> int:
        """Wait for the end and return the exit code."""
        return await self._process.wait()

    async def finish(self) -> int:
        """Wait for a program that ends by itself; cancelled meanwhile, kill it."""
        try:
            return await self.wait()
        except asyncio.CancelledError:
            await self.kill()
            raise

    async def stop(self, stop_signal: signal.Signals = signal.SIGTERM, grace: float = 10.0) -> int:
        """Ask with `stop_signal`, wait `grace` seconds, then kill; what is left of its group is killed too."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(stop_signal)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.wait(), grace)
        return await self.kill()

    async def kill(self) -> int:
        """Kill the whole process group at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
            os.killpg(self.pid, signal.SIGKILL)
        return await self.wait()
