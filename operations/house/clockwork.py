"""The owner of the virtual clock: runs at the pace of machine time, keeps its place over a restart, jumps when asked.

It exists only in a demo or test realm. The console asks over `cmd.steward.jump`; every service reloads and answers.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import nats.errors
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import ValidationError

from shared.contracts.base import Error
from shared.contracts.house import ClockMoved, JumpClock
from shared.contracts.vocabulary import ErrorCode
from shared.messaging.connection.failures import is_infrastructure
from shared.postgres.casetime import set_virtual_clock

DEMO_START = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
"""Monday 6 January 2025, 08:00 in Việt Nam: where the demo begins."""
LONGEST_JUMP = timedelta(days=400)
SAVE_SECONDS = 5.0
ACK_SECONDS = 10.0


class Clockwork:
    """Sets `house.clock` and tells the services."""

    def __init__(self, database_url: str, bus: Client, services: Sequence[str]) -> None:
        self._database_url = database_url
        self._bus = bus
        self._services = services
        self._lock = asyncio.Lock()
        self._case_at = DEMO_START
        self._machine_at = datetime.now(UTC)
        self._running = True
        self._untold: set[str] = set()

    def now(self) -> datetime:
        """Case time."""
        return self._case_at + (datetime.now(UTC) - self._machine_at) if self._running else self._case_at

    async def start(self, *, running: bool = True) -> bool:
        """Take up the clock where it stood, or at the demo's beginning, and answer the console; True at the beginning.

        At the beginning it stands still whatever is asked, until `let_run`.
        """
        admin = await asyncpg.connect(self._database_url)
        try:
            stood = await admin.fetchval("select case_at from house.clock")
        finally:
            await admin.close()
        self._running = running and stood is not None
        await self.move(stood or DEMO_START)
        await self._bus.subscribe(JumpClock.subject(), cb=self._asked)
        return stood is None

    async def move(self, to: datetime) -> datetime:
        """Set case time and wait until every service said that it knows."""
        async with self._lock:
            self._case_at, self._machine_at = to, datetime.now(UTC)
            await self._save()
            await asyncio.gather(*(self._tell(service) for service in self._services))
        return self.now()

    async def let_run(self) -> None:
        """From here on case time goes at the pace of machine time."""
        self._case_at, self._machine_at, self._running = self.now(), datetime.now(UTC), True
        await self.move(self._case_at)

    async def keep(self) -> None:
        """Write down where the clock stands, so that a restart goes on from there; until cancelled.

        A service that did not hear of the last move is told again; PostgreSQL or NATS away are waited for.
        """
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            async with self._lock:
                self._case_at, self._machine_at = self.now(), datetime.now(UTC)
                try:
                    await self._save()
                    await asyncio.gather(*(self._tell(service) for service in sorted(self._untold)))
                except Exception as error:
                    if not is_infrastructure(error):
                        raise

    async def _save(self) -> None:
        admin = await asyncpg.connect(self._database_url)
        try:
            await set_virtual_clock(admin, running=self._running, case_at=self._case_at)
        finally:
            await admin.close()

    async def _tell(self, service: str) -> None:
        """A service that is down reads the clock when it starts; one that did not hear is told again by `keep`."""
        self._untold.add(service)
        with contextlib.suppress(nats.errors.TimeoutError, nats.errors.NoRespondersError):
            await self._bus.request(f"clock.{service}", b"", timeout=ACK_SECONDS)
            self._untold.discard(service)

    async def _asked(self, message: Msg) -> None:
        try:
            command = JumpClock.model_validate_json(message.data)
        except ValidationError:
            await message.respond(_error(ErrorCode.INVALID))
            return
        if not self.now() < command.to <= self.now() + LONGEST_JUMP:
            await message.respond(_error(ErrorCode.DATES_CONTRADICT))
            return
        moved = ClockMoved(case_now=await self.move(command.to))
        await message.respond(orjson.dumps({"ok": moved.model_dump(mode="json")}))


def _error(code: ErrorCode) -> bytes:
    return orjson.dumps({"error": Error(code=code, field="to").model_dump(mode="json")})
