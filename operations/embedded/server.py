"""What the embedded servers have in common: a data folder, a held port, and a program that is kept running."""

from __future__ import annotations

import asyncio
import signal
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

from operations.embedded.account import place_data, server_account
from operations.embedded.errors import LocalRunError
from operations.embedded.keeper import Backoff, Keeper, Status
from operations.embedded.ports import HeldPort
from operations.embedded.private_files import write_private
from operations.embedded.process import Child


class EmbeddedServer(ABC):
    """One server on one data folder; a crash restarts it on the same port."""

    grace_seconds = 10.0
    """How long a stop may take before the server is killed."""

    def __init__(
        self,
        data_dir: Path,
        port: int | None,
        *,
        log: Path,
        ready_within: float,
        backoff: Backoff | None,
        state_root: Path,
    ) -> None:
        self._account = server_account()
        self._state_root = state_root
        self.data_dir = place_data(data_dir, self._account, state_root=state_root)
        self._wanted_port = port
        self._log = log
        self._ready_within = ready_within
        self._port: HeldPort | None = None
        self._keeper = Keeper(self._launch, backoff=backoff)

    async def running(self) -> None:
        """Wait until the server answers, again if it crashed."""
        await self._keeper.running()

    async def kill(self) -> None:
        """Crash the server, as a power cut would; it comes back by itself on the same port (await `running`)."""
        await self._keeper.kill()

    async def stop(self) -> None:
        """End the server in order; everything is on disk."""
        await self._keeper.stop(signal.SIGINT, grace=self.grace_seconds)
        if self._port:
            self._port.release()
        self._port = None

    def status(self) -> Status:
        """Return what the board shows."""
        return self._keeper.status()

    @abstractmethod
    async def _launch(self) -> Child:
        """Start the program and wait until it answers."""

    @abstractmethod
    def _not_ready(self) -> LocalRunError:
        """What is said when it does not."""

    @property
    def _number(self) -> int:
        assert self._port is not None
        return self._port.number

    def _own_folder(self) -> None:
        if self._account:
            self._account.owns(self.data_dir)
        self.data_dir.chmod(0o700)

    def _write(self, file: Path, text: str) -> None:
        write_private(file, text.encode())
        if self._account:
            self._account.owns(file)

    @asynccontextmanager
    async def _starting(self) -> AsyncIterator[None]:
        """The port is held; what fails in here leaves nothing behind."""
        self._port = HeldPort(self._wanted_port)
        try:
            yield
        except BaseException:
            await self.stop()
            raise

    async def _ready(self, child: Child, answers: Awaitable[None]) -> Child:
        """Wait for a launched program's answer; one that does not give it in time is killed."""
        try:
            async with asyncio.timeout(self._ready_within):
                await answers
        except BaseException as error:
            await child.kill()
            if isinstance(error, TimeoutError):
                raise self._not_ready() from None
            raise
        return child
