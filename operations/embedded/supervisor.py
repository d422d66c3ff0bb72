"""Starts the services, keeps them running, and stops them in reverse order."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from operations.embedded.errors import LocalRunError
from operations.embedded.keeper import Backoff, Keeper, Status
from operations.embedded.private_files import append_private
from operations.embedded.process import Child

_INHERITED = ("HOME", "LANG", "LC_ALL", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR")
_MARKER_LIMIT = 4096


@dataclass(frozen=True)
class ServiceSpec:
    """One program to keep running; `env` is all it gets besides paths and language of ours.

    It prints the line `READY <name>` on stdout when it serves.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]


class _Service:
    def __init__(self, spec: ServiceSpec, log: Path, make_keeper: Callable[[Callable[[], Awaitable[Child]]], Keeper]):
        self.spec = spec
        self.log = log
        self.ready = asyncio.Event()
        self.keeper = make_keeper(self._launch)
        self._reader: asyncio.Task[None] | None = None

    async def _launch(self) -> Child:
        self.ready.clear()
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        child = await Child.start(
            self.spec.argv,
            env=inherited | {"PYTHONUNBUFFERED": "1"} | dict(self.spec.env),
            log=self.log,
            pipe_stdout=True,
        )
        self._reader = asyncio.create_task(self._read(child.stdout))
        return child

    async def _read(self, stdout: asyncio.StreamReader) -> None:
        marker = f"\nREADY {self.spec.name}\n".encode()
        seen = b"\n"
        with append_private(self.log) as log:
            while chunk := await stdout.read(65536):
                log.write(chunk)
                log.flush()
                seen = (seen + chunk)[-_MARKER_LIMIT - len(chunk) :]
                if marker in seen:
                    self.ready.set()

    async def stop(self, grace: float) -> None:
        await self.keeper.stop(signal.SIGTERM, grace)
        if self._reader:
            await self._reader
        self.ready.clear()


class Supervisor:
    """Runs the services of one embedded run; their stderr and stdout go to `logs`/<name>.log."""

    def __init__(
        self,
        specs: Sequence[ServiceSpec],
        logs: Path,
        *,
        backoff: Backoff | None = None,
        grace: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`grace` is how many seconds a service has to end by itself."""

        def make_keeper(launch: Callable[[], Awaitable[Child]]) -> Keeper:
            return Keeper(launch, backoff=backoff, clock=clock, sleep=sleep)

        self._services = [_Service(spec, logs / f"{spec.name}.log", make_keeper) for spec in specs]
        self._grace = grace

    async def start(self, ready_within: float = 60.0) -> None:
        """Start every service and wait until all are ready.

        Raises LocalRunError `service_not_started` or `service_not_ready`; call `stop` in either case.
        """
        for service in self._services:
            try:
                await service.keeper.start()
            except OSError as error:
                raise _failure("service_not_started", [service]) from error
        try:
            async with asyncio.timeout(ready_within):
                await self.ready()
        except TimeoutError:
            raise _failure("service_not_ready", [s for s in self._services if not s.ready.is_set()]) from None

    async def ready(self) -> None:
        """Wait until every service is ready, again after a restart."""
        for service in self._services:
            await service.ready.wait()

    async def stop(self) -> None:
        """Stop every service, the last started first."""
        for service in reversed(self._services):
            await service.stop(self._grace)

    async def kill(self, name: str) -> None:
        """Crash one service, for tests and drills; it is restarted like after any other crash."""
        service = next(service for service in self._services if service.spec.name == name)
        service.ready.clear()
        await service.keeper.kill()

    def statuses(self) -> dict[str, Status]:
        """Return what the board shows, by name, in start order."""
        return {service.spec.name: service.keeper.status() for service in self._services}


@contextmanager
def stop_requested() -> Iterator[asyncio.Event]:
    """Give an event that Ctrl-C and SIGTERM set, instead of ending the process; a second one ends it at once."""
    loop = asyncio.get_running_loop()
    event = asyncio.Event()

    def request() -> None:
        if event.is_set():
            os._exit(130)  # the children go with us
        event.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, request)
    try:
        yield event
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _failure(code: str, services: Sequence[_Service]) -> LocalRunError:
    names = ", ".join(f"{service.spec.name} ({service.log})" for service in services)
    return LocalRunError(code, f"Chưa sẵn sàng, xem nhật ký: {names}. / Not ready, see the logs: {names}.")
