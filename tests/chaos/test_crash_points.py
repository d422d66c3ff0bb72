"""A service killed at each named point, then started again: the final state is that of an undisturbed run."""

import asyncio
import sys
from contextlib import AsyncExitStack
from datetime import datetime

import pytest

from operations.embedded.ports import free_port
from operations.steward import connect_steward
from tests.chaos.path import SERVICES, Path, all_done, everything_decided, notify_settings
from tests.component.mail_server import mail_server
from tests.world import RUN_SERVICE, Servers, World, open_world

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

POINTS = [
    ("intake", "command.before_commit:2"),
    ("intake", "command.after_commit:2"),
    ("intake", "relay.after_publish:2"),
    ("intake", "reader.after_decide:1"),
    ("routing", "reader.before_commit:1"),
    ("routing", "reader.after_commit:1"),
    ("routing", "relay.after_publish:1"),
    ("casework", "reader.after_commit:1"),
    ("casework", "command.before_commit:3"),
    ("escalation", "reader.after_decide:1"),
    ("escalation", "ticker.before_commit:1"),
    ("escalation", "relay.after_publish:2"),
    ("notify", "reader.before_commit:1"),
    ("notify", "mail.after_send:2"),
]


class Victim:
    """One service as a process: first with a crash point armed, after its death without."""

    def __init__(self, world: World, name: str, environment: dict[str, str]) -> None:
        self._world = world
        self._name = name
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self.deaths: list[int] = []

    async def run(self, crash_at: str) -> None:
        """Run until cancelled; the first life has the crash point."""
        try:
            while True:
                crash = {"CRASH_AT": crash_at} if not self.deaths else {}
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-c",
                    RUN_SERVICE,
                    self._name,
                    env=self._world.environment(**self._environment, **crash),
                    stdout=asyncio.subprocess.DEVNULL,
                )
                self.deaths.append(await self._process.wait())
                await self._let_leases_run_out()
        finally:
            if self._process is not None and self._process.returncode is None:
                self._process.kill()
                await self._process.wait()

    async def _let_leases_run_out(self) -> None:
        """What waiting for the dead process's leases would do."""
        async with self._world.database(self._name) as connection:
            await connection.execute("update relay_lease set until = '-infinity'")
            if self._name == "notify":
                await connection.execute("update delivery set lease_until = '-infinity'")


async def _walked(
    servers: Servers, victim: str = "", crash_at: str = ""
) -> tuple[list[tuple[str, str, str]], list[int]]:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(servers))
        port = free_port()
        await stack.enter_async_context(mail_server(port))
        settings = notify_settings(port)
        for name in SERVICES:
            if name != victim:
                await world.start(name, **(settings if name == "notify" else {}))
        environment = {name.upper(): value for name, value in settings.items()}
        dying = Victim(world, victim, environment)
        task = asyncio.create_task(dying.run(crash_at)) if victim else None

        async def move(to: datetime) -> None:
            await world.move_clock(to)
            if victim:
                await _tell(world, victim)

        try:
            desk = await stack.enter_async_context(world.desk())
            await Path(world, desk).walk(move)
            await all_done(world)
            return await everything_decided(world), dying.deaths
        finally:
            if task:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


async def _tell(world: World, victim: str) -> None:
    """The victim may be dead at this moment; it reads the clock when it starts."""
    steward = await connect_steward(world.nats.url, world.secrets)
    try:
        await steward.publish(f"clock.{victim}", b"")
        await steward.flush()
    finally:
        await steward.close()


@pytest.fixture(scope="module")
async def undisturbed(servers: Servers) -> list[tuple[str, str, str]]:
    """What an undisturbed run decides."""
    decided, _ = await _walked(servers)
    assert len(decided) > 40
    return decided


@pytest.mark.parametrize(("victim", "crash_at"), POINTS)
async def test_a_crash_leaves_the_state_of_an_undisturbed_run(
    servers: Servers, undisturbed: list[tuple[str, str, str]], victim: str, crash_at: str
) -> None:
    decided, deaths = await _walked(servers, victim, crash_at)
    assert deaths == [-9], "the crash point was never reached, or the service died again"
    assert set(decided) ^ set(undisturbed) == set()
    assert decided == undisturbed
