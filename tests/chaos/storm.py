"""Lets a schedule of faults loose on a running house and keeps the times that the figures need."""

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import nats.errors

from operations.house.clockwork import LONGEST_JUMP
from shared.contracts.house import SERVICES
from shared.messaging.connection.failures import is_infrastructure
from tests.chaos.people import now
from tests.chaos.proxy import LOOPBACK, Proxy, Way
from tests.chaos.schedule import LINE_FAULTS, Fault
from tests.chaos.small_disk import STREAM_BYTES, SmallDisk
from tests.house import RunningHouse, running_house
from tests.world import until

UNREACHABLE = frozenset(LINE_FAULTS) - {"delay", "throttle"}
PARTLY = 0.6
"""Share of the connections that a loss in one direction hits, so that some services go on against deaf ones."""
SAMPLE_SECONDS = 0.5
BACK_SECONDS = 60.0
_OLDEST = "select extract(epoch from clock_timestamp() - min(created_at))::float8 from ({}) as unsent".format(
    " union all ".join(
        f"select created_at from {name}.outbox_unsent join {name}.outbox using (number)" for name in SERVICES
    )
)


@dataclass
class Stormy:
    """A house whose services reach both servers through proxies, and whose stream has a small disk."""

    house: RunningHouse
    lines: dict[str, Proxy]
    disk: SmallDisk


@asynccontextmanager
async def stormy_house(seed: int) -> AsyncIterator[Stormy]:
    """Everything running, the clock too."""
    lines: dict[str, Proxy] = {}
    disk = SmallDisk(Path())

    async def through(url: str) -> str:
        parts = urlsplit(url)
        assert parts.port is not None
        proxy = Proxy(parts.port, seed=seed)
        await proxy.accept()
        lines["nats" if parts.scheme == "nats" else "postgres"] = proxy
        who = parts.netloc.rsplit("@", 1)[0] + "@" if "@" in parts.netloc else ""
        return urlunsplit(parts._replace(netloc=f"{who}{LOOPBACK}:{proxy.port}"))

    async with running_house(through=through, stream_bytes=STREAM_BYTES, prepare=disk.prepared) as house:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(64))  # nobody waits for another's answer
        await house.clock.let_run()
        keeping = asyncio.create_task(house.clock.keep())
        try:
            yield Stormy(house, lines, disk)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            for proxy in lines.values():
                await proxy.close()


@dataclass
class Storm:
    """One run of a schedule."""

    place: Stormy
    done: Counter[str] = field(default_factory=Counter)
    """Faults that happened, as `kind target`."""
    ends: list[float] = field(default_factory=list)
    away: list[tuple[float, float]] = field(default_factory=list)
    """When PostgreSQL could not be reached."""
    longest_outbox_age: float = 0.0

    def __post_init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}

    async def rage(self, faults: Sequence[Fault]) -> None:
        """Let every fault happen at its time; faults of one target wait for each other."""
        began = now()
        sampling = asyncio.create_task(self._sample())

        async def one(fault: Fault) -> None:
            await asyncio.sleep(max(0.0, began + fault.at - now()))
            line = "line " if fault.kind in LINE_FAULTS else ""
            async with self._locks.setdefault(line + fault.target, asyncio.Lock()):
                with self._watched(fault):
                    await self._happen(fault)
            self.done[f"{fault.kind} {fault.target}"] += 1
            self.ends.append(now())

        try:
            await asyncio.gather(*(one(fault) for fault in faults))
            for proxy in self.place.lines.values():
                await proxy.calm()
            await self._all_run()
        finally:
            sampling.cancel()
            await asyncio.gather(sampling, return_exceptions=True)

    def was_away(self, began: float, ended: float) -> bool:
        """Whether PostgreSQL was out of reach at any moment between."""
        return any(start < ended and began < end for start, end in self.away)

    @contextlib.contextmanager
    def _watched(self, fault: Fault) -> Iterator[None]:
        began = now()
        try:
            yield
        finally:
            if fault.target == "postgres" and (fault.kind in UNREACHABLE or fault.kind in ("kill", "stop")):
                self.away.append((began, now()))

    async def _happen(self, fault: Fault) -> None:
        match fault.kind, fault.target:
            case "jump", _:
                await self._jump(fault)
            case "kill", "postgres":
                await self._kill_postgres()
            case "kill", "nats":
                await self._server("nats").kill()
                await asyncio.wait_for(self._server("nats").running(), BACK_SECONDS)
            case "kill", service:
                assert self.place.house.stack.supervisor is not None
                await self.place.house.stack.supervisor.kill(service)
            case "stop", target:
                await self._stop(target, fault.seconds)
            case kind, line:
                await self._line(self.place.lines[line], kind, fault.seconds)

    async def _jump(self, fault: Fault) -> None:
        """The clock is the house's: without PostgreSQL it cannot be moved, so its owner tries again."""
        clock = self.place.house.clock
        to = clock.now() + min(fault.jump, LONGEST_JUMP)

        async def moved() -> bool:
            try:
                await asyncio.wait_for(clock.move(to), 30)
            except Exception as error:
                if not is_infrastructure(error):
                    raise
                return False
            return True

        await until(moved, seconds=BACK_SECONDS)

    async def _kill_postgres(self) -> None:
        for process in self._processes("postgres"):
            _signal(process, signal.SIGKILL)
        server = self._server("postgres")
        await server.kill()
        await asyncio.wait_for(server.running(), BACK_SECONDS)

    async def _stop(self, target: str, seconds: float) -> None:
        processes = self._processes(target)
        for process in processes:
            _signal(process, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            for process in processes:
                _signal(process, signal.SIGCONT)

    async def _line(self, proxy: Proxy, kind: str, seconds: float) -> None:
        match kind:
            case "cut":
                proxy.cut()
            case "refuse":
                proxy.refuse()
            case "delay":
                proxy.ways |= {"up": Way(delay=0.02, jitter=0.06), "down": Way(delay=0.02, jitter=0.06)}
            case "throttle":
                proxy.ways |= {"up": Way(bytes_per_second=100_000), "down": Way(bytes_per_second=100_000)}
            case _:
                for name in {"half_open": ("up", "down"), "lost_up": ("up",), "lost_down": ("down",)}[kind]:
                    proxy.ways[name] = Way(lost=True, share=1.0 if kind == "half_open" else PARTLY)
        await asyncio.sleep(seconds)
        await proxy.calm()

    def _server(self, name: str):  # type: ignore[no-untyped-def]
        server = getattr(self.place.house.stack, name)
        assert server is not None
        return server

    def _processes(self, target: str) -> list[int]:
        if target in SERVICES:
            assert self.place.house.stack.supervisor is not None
            pid = self.place.house.stack.supervisor.statuses()[target].pid
            return [pid] if pid else []
        pid = self._server(target).status().pid
        if not pid:
            return []
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if target == "postgres" else []
        return [pid, *map(int, children)]

    async def _all_run(self) -> None:
        stack = self.place.house.stack
        assert stack.supervisor is not None
        await asyncio.wait_for(self._server("postgres").running(), BACK_SECONDS)
        await asyncio.wait_for(self._server("nats").running(), BACK_SECONDS)
        await asyncio.wait_for(stack.supervisor.ready(), BACK_SECONDS)

    async def _sample(self) -> None:
        """The oldest unsent event of all services, again and again, past the proxies."""
        while True:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, nats.errors.Error):
                url = self.place.house.stack.database_url
                admin = await asyncpg.connect(url, timeout=2, command_timeout=2)
                try:
                    while True:
                        age = await admin.fetchval(_OLDEST)
                        self.longest_outbox_age = max(self.longest_outbox_age, age or 0.0)
                        await asyncio.sleep(SAMPLE_SECONDS)
                finally:
                    admin.terminate()
            await asyncio.sleep(SAMPLE_SECONDS)


def _signal(process: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)
