"""Two replicas of a service: they share the partitions, one takes over from a killed one, nothing happens twice."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from operations.commands.audit import read_chain, report
from operations.commands.operator import Reach
from shared.contracts.bus.flows import ONE_READER
from shared.contracts.bus.subjects import PARTITIONS, REPLICAS
from shared.contracts.casework import CaseOpened
from shared.contracts.house import SERVICES
from shared.messaging.events.partitions import share_of
from tests.component.room import letters
from tests.component.stream import decided, publish
from tests.world import RUN_SERVICE, World, until

_SHARES = """
select pid, array_agg(objid::int) filter (where objid::int < 16) as partitions from pg_locks
join pg_stat_activity using (pid)
where locktype = 'advisory' and objsubid = 2 and granted and datname = current_database() group by pid
"""


@asynccontextmanager
async def replica(world: World, service: str, number: int) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RUN_SERVICE,
        service,
        env=world.environment(REPLICA=str(number)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def shares(world: World) -> list[set[int]]:
    """Partitions of each process that holds a number, greatest share first."""
    admin = await asyncpg.connect(world.database_url)
    try:
        return sorted((set(row["partitions"] or ()) for row in await admin.fetch(_SHARES)), key=len, reverse=True)
    finally:
        await admin.close()


async def until_shared(world: World, *sizes: int) -> None:
    async def so() -> bool:
        return [len(each) for each in await shares(world)] == list(sizes)

    await until(so, seconds=30)
    assert set().union(*await shares(world)) == set(range(PARTITIONS))


async def until_opened(world: World, cases: set[UUID]) -> None:
    async def so() -> bool:
        return {each.case_id for each in (await decided(world, "casework")).of(CaseOpened)} >= cases

    await until(so, seconds=30)


async def test_replicas_share_and_a_killed_ones_share_is_taken_over(world: World) -> None:
    cases = [letters(world)[0] for _ in range(60)]
    async with replica(world, "casework", 0):
        await until_shared(world, 16)
        async with replica(world, "casework", 1) as second:
            await until_shared(world, 8, 8)
            publishing = asyncio.create_task(publish(world, *cases))
            await until_opened(world, {cases[0].case_id})
            second.kill()
            await publishing
        await until_shared(world, 16)
        await until_opened(world, {case.case_id for case in cases})
        async with replica(world, "casework", 1):
            await until_shared(world, 8, 8)
            more = [letters(world)[0] for _ in range(20)]
            await publish(world, *more)
            await until_opened(world, {case.case_id for case in more})
    opened = Counter(each.case_id for each in (await decided(world, "casework")).of(CaseOpened))
    assert opened == {case.case_id: 1 for case in (*cases, *more)}


async def test_two_processes_with_one_number_do_not_read_at_the_same_time(world: World) -> None:
    async with replica(world, "casework", 1) as first, replica(world, "casework", 1):
        await until_shared(world, 16)
        first.kill()
        cases = [letters(world)[0] for _ in range(5)]
        await publish(world, *cases)
        await until_opened(world, {case.case_id for case in cases})
        assert [len(each) for each in await shares(world)] == [16]


async def test_the_ledger_has_one_writer_and_a_standby(world: World) -> None:
    async with replica(world, "audit", 0) as active, replica(world, "audit", 1):
        await until_shared(world, 16, 0)
        before = letters(world, count=30)
        await publish(world, *before)
        active.kill()
        after = letters(world, count=30)
        await publish(world, *after)
        expected = {event.id for event in (*before, *after)}

        async def chained() -> bool:
            async with world.database("audit") as connection:
                return {row["event_id"] for row in await connection.fetch("select event_id from entry")} >= expected

        await until(chained, seconds=30)
        await until_shared(world, 16)
    verified = report(await read_chain(Reach(world.database_url, secrets_dir=world.secrets)), None)
    assert verified["verified"], verified["findings"]


async def healthy(world: World, service: str, number: int) -> bool:
    """What the container's health check says."""
    check = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "operations.containers.healthy", service, env=world.environment(REPLICA=str(number))
    )
    return await check.wait() == 0


async def test_the_health_of_one_replica_is_its_own(world: World) -> None:
    async with replica(world, "audit", 0), replica(world, "audit", 1) as second:
        await until_shared(world, 16, 0)
        assert [await healthy(world, "audit", number) for number in (0, 1, 2)] == [True, True, False]
        second.kill()
        await second.wait()
        await until(lambda: _gone(world, 1))
        assert [await healthy(world, "audit", number) for number in (0, 1)] == [True, False]


async def _gone(world: World, count: int) -> bool:
    return len(await shares(world)) == count


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("present", [{0}, {0, 1}, {1, 3}, {0, 1, 2}, set(range(REPLICAS))])
def test_every_partition_has_exactly_one_reader(service: str, present: set[int]) -> None:
    shared = service not in ONE_READER
    owners = Counter(partition for each in present for partition in share_of(each, present, shared=shared))
    assert owners == dict.fromkeys(range(PARTITIONS), 1)
    sizes = sorted(len(share_of(each, present, shared=shared)) for each in present)
    assert sizes[-1] - sizes[0] <= 1 if shared else sizes[-1] == PARTITIONS
