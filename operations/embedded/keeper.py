"""Keeps one program running: a crash is answered with a restart after a growing delay, for ever."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from operations.embedded.errors import LocalRunError
from operations.embedded.process import Child


@dataclass(frozen=True)
class Backoff:
    """The delay before a restart, in seconds: doubled with each crash, forgotten after a healthy run."""

    first: float = 0.1
    longest: float = 30.0
    healthy_after: float = 60.0

    def crashes(self, before: int, lasted: float) -> int:
        """Return the crashes in a row, given those before this run and how long it lasted."""
        return 1 if lasted >= self.healthy_after else before + 1

    def delay(self, crashes: int) -> float:
        """Return the delay after the given number of crashes in a row (1 or more)."""
        return min(self.longest, self.first * 2.0 ** min(crashes - 1, 64))


@dataclass(frozen=True)
class Status:
    """One line of the board; `retry_in` counts the seconds until the next restart."""

    state: Literal["running", "restarting", "stopped"]
    restarts: int
    pid: int | None = None
    retry_in: float | None = None


class Keeper:
    """Runs what `launch` returns until `stop`; clock and sleep are parameters so that tests need not wait."""

    def __init__(
        self,
        launch: Callable[[], Awaitable[Child]],
        *,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._launch = launch
        self._backoff = backoff or Backoff()
        self._clock = clock
        self._sleep = sleep
        self._child: Child | None = None
        self._task: asyncio.Task[None] | None = None
        self._running = asyncio.Event()
        self._restarts = 0
        self._retry_at = 0.0

    async def start(self) -> None:
        """Launch once, passing a failure on, then keep it running."""
        self._child = await self._launch()
        self._running.set()
        self._task = asyncio.create_task(self._keep())

    async def running(self) -> None:
        """Wait until the program runs, again if it crashed."""
        await self._running.wait()

    async def kill(self) -> None:
        """Kill the program as a crash would; it is restarted like after any other crash."""
        self._running.clear()
        if self._child:
            await self._child.kill()

    async def stop(self, stop_signal: signal.Signals = signal.SIGTERM, grace: float = 10.0) -> None:
        """End the program for good; the second call does nothing."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._child:
            await self._child.stop(stop_signal, grace)
        self._task = self._child = None
        self._running.clear()

    def status(self) -> Status:
        """Return what the board shows."""
        if self._task is None:
            return Status("stopped", self._restarts)
        if self._child and self._running.is_set():
            return Status("running", self._restarts, pid=self._child.pid)
        return Status("restarting", self._restarts, retry_in=max(0.0, self._retry_at - self._clock()))

    async def _keep(self) -> None:
        crashes = 0
        while True:
            began = self._clock()
            if self._child:
                await self._child.wait()
            self._running.clear()
            self._child = None
            crashes = self._backoff.crashes(crashes, self._clock() - began)
            delay = self._backoff.delay(crashes)
            self._retry_at = self._clock() + delay
            await self._sleep(delay)
            self._restarts += 1
            with contextlib.suppress(OSError, LocalRunError):  # counts as one more crash
                self._child = await self._launch()
                self._running.set()
