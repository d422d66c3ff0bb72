"""The whole house as real processes, for journeys, kills and measurements."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from operations.commands.audit import read_chain, report
from operations.commands.operator import Reach
from operations.embedded.datadir import DataDir
from operations.house.clockwork import Clockwork
from operations.house.stack import Stack
from operations.ledger.house_counters import HouseCounters, ask_all
from operations.steward import connect_steward
from shared.contracts.house import SERVICES
from shared.messaging.host.host import ONLY_ASKED, QUIET
from shared.security.secrets import provision
from shared.settings import Realm
from tests.console import Person
from tests.world import until

Bus = Callable[[DataDir], AbstractAsyncContextManager[str]]
"""Opens NATS for the identities of a data folder; gives NATS_URL."""


@dataclass
class RunningHouse:
    """A stack with its clock standing still at the first working day of 2025."""

    stack: Stack
    bus: Client
    clock: Clockwork

    @property
    def url(self) -> str:
        """The console's address."""
        return self.stack.url

    async def person(self, officer_id: str) -> Person:
        """A signed-in officer."""
        return await Person(self.url, officer_id).sign_in()

    async def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Rows as the administrator sees them."""
        admin = await asyncpg.connect(self.stack.database_url)
        try:
            return list(await admin.fetch(query, *arguments))
        finally:
            await admin.close()

    async def ids(self, query: str) -> set[UUID]:
        """The first column as a set."""
        return {row[0] for row in await self.rows(query)}

    async def counters(self) -> HouseCounters:
        """Law counters of all services."""
        return await ask_all(self.bus)

    async def quiet(self, *, seconds: float = 60.0) -> float:
        """Wait until every outbox is sent and every reader has read what concerns it; return how long it took.

        Fails, and says who is not done, when nothing was decided, sent or read for so many `seconds`.
        """
        began = moved = time.monotonic()
        stood: list[asyncpg.Record] = []
        while True:
            busy = await self._busy()
            stands = await self.rows(_WHERE_ALL_STAND)
            if not busy and not any(row["unsent"] for row in stands):
                return time.monotonic() - began
            if stands != stood:
                stood, moved = stands, time.monotonic()
            elif time.monotonic() - moved > seconds:
                raise AssertionError(f"nothing moved for {seconds} s; busy: {busy}; {[dict(row) for row in stands]}")
            await asyncio.sleep(0.05)

    async def _busy(self) -> dict[str, str]:
        """Who does not answer that nothing is left to do, and what he answers."""
        asked = (self.bus.request(f"clock.{name}", ONLY_ASKED, timeout=5) for name in SERVICES)
        answers = await asyncio.gather(*asked, return_exceptions=True)
        said = {
            name: answer.data if isinstance(answer, Msg) else repr(answer).encode()
            for name, answer in zip(SERVICES, answers, strict=True)
        }
        return {name: answer.decode() for name, answer in said.items() if answer != QUIET}

    async def ledger(self) -> dict[str, Any]:
        """What `donthu audit verify` finds."""
        reach = Reach(self.stack.database_url, self.stack.nats_url, self.stack.data.secrets)
        return report(await read_chain(reach), None)

    async def case(self, person: Person, case_id: str, **wanted: Any) -> dict[str, Any]:
        """The case as a person sees it, once it is as wanted."""

        async def seen() -> dict[str, Any] | None:
            try:
                found = await person.get(f"/api/v1/cases/{case_id}")
            except Exception:
                return None
            return found if all(found.get(name) == value for name, value in wanted.items()) else None

        result: dict[str, Any] = await until(seen)
        return result

    def mails(self) -> list[Path]:
        """Mails that the local server took."""
        return sorted(self.stack.data.mails.glob("*.eml"))


_WHERE_ALL_STAND = " union all ".join(
    f"select '{name}' as service, (select count(*) from {name}.outbox_unsent) as unsent,"
    f" (select max(number) from {name}.outbox) as decided, (select sum(sequence) from {name}.position) as read"
    for name in SERVICES
)


@asynccontextmanager
async def running_house(
    *,
    bus: Bus | None = None,
    through: Callable[[str], Awaitable[str]] | None = None,
    stream_bytes: int | None = None,
    prepare: Callable[[DataDir], AbstractContextManager[object]] = nullcontext,
    **settings: str,
) -> AsyncIterator[RunningHouse]:
    """Start everything in a temporary folder, on a NATS of its own or on the one that `bus` opens.

    `prepare` may do something to the data folder first.
    """
    async with AsyncExitStack() as resources:
        folder = Path(
            resources.enter_context(tempfile.TemporaryDirectory(prefix="donthu-house-", ignore_cleanup_errors=True))
        )
        folder.chmod(0o755)
        data = resources.enter_context(DataDir.open(folder / "data"))
        resources.enter_context(prepare(data))
        if bus is not None:
            provision(data.secrets, SERVICES)
            place = resources.enter_context(pytest.MonkeyPatch.context())
            place.setenv("NATS_URL", await resources.enter_async_context(bus(data)))
        stack = await resources.enter_async_context(
            Stack(data, realm=Realm.TEST, settings=settings, stream_bytes=stream_bytes, through=through)
        )
        steward = await connect_steward(stack.nats_url, data.secrets)
        resources.push_async_callback(steward.close)
        clock = Clockwork(stack.database_url, steward, SERVICES)
        await clock.start(running=False)
        yield RunningHouse(stack, steward, clock)
