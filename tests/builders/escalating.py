"""Cases that escalation watches, and what it has fired."""

from datetime import datetime
from uuid import UUID

import asyncpg

from shared.contracts.base import Counters
from shared.contracts.escalation import (
    ClockStarted,
    EscalationCounters,
    RungFired,
)
from shared.postgres.casetime import set_virtual_clock
from tests.component.stream import Decided, decided
from tests.world import World, until


async def counters(world: World) -> Counters:
    async with world.desk() as desk:
        return await desk.client.send(EscalationCounters(), Counters)


async def rungs(world: World, count: int) -> Decided:
    async def enough() -> Decided | None:
        found = await decided(world, "escalation")
        return found if len(found.of(RungFired)) >= count else None

    found: Decided = await until(enough)
    return found


def gapless(found: Decided) -> bool:
    return all(versions == list(range(1, len(versions) + 1)) for versions in found.versions().values())


async def started(world: World, count: int) -> list[UUID]:
    async def all_started() -> list[UUID] | None:
        events = [each.event for each in (await decided(world, "escalation")).of(ClockStarted)]
        ids = [event.clock_id for event in events if isinstance(event, ClockStarted)]
        return ids if len(ids) >= count else None

    found: list[UUID] = await until(all_started)
    return found


async def jump_both(world: World, to: datetime) -> None:
    """Both replicas hear of the clock on one subject."""
    admin = await asyncpg.connect(world.database_url)
    await set_virtual_clock(admin, running=False, case_at=to)
    await admin.close()
    async with world.bus("steward") as steward:
        await steward.publish("clock.escalation", b"")
        await steward.flush()
