"""From the desk to a case with holder and running clock, at full speed, beside the floor of the same two servers.

usage: python -m benchmarks.pipeline [--letters 10000] [--in-flight 64] [--peers]
First all letters as fast as the house takes them (letters per second), then at half that rate (p50 and p99 from the
command to the letter visible everywhere), then, services stopped, the floor of benchmarks/floor.py.
"""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import asyncpg

from benchmarks import cpu, floor
from benchmarks.house import SAMPLE_RATIO, bare_servers, durability, measured_house, temporary_data
from benchmarks.office import Office, Proposal, proposals
from benchmarks.watch import EVENTS_PER_LETTER, Watch
from shared.contracts.house import SERVICES

MOST_A_CONFIRMATION = 200
LATENCY_SECONDS = 20
PEER_LETTERS = 2_000
TIMEOUT_SECONDS = 900

One = Callable[[int], Coroutine[Any, Any, None]]
"""Registers the letter of a number."""


async def measure(letters: int = 10_000, in_flight: int = 64, *, peers: bool = False) -> dict[str, object]:
    """Everything in one run on one pair of servers."""
    async with temporary_data() as data:
        async with measured_house(data) as stack:
            admin = await asyncpg.connect(stack.database_url)
            durable = await durability(admin, data.nats / "nats-server.conf")
            office = await Office.open(stack)
            office.write(range(letters))
            before = await cpu.seconds_by_name(admin)
            rate = await _throughput(office, stack.database_url, letters, in_flight)
            spent = cpu.per_letter(before, await cpu.seconds_by_name(admin), letters)
            latencies = await _latencies(office, stack.database_url, letters, rate / 2)
            await office.close()
            missing = await _missing_from_ledger(admin)
            await admin.close()
        async with bare_servers(data) as (url, bus):
            floor_rate = await floor.measure(url, bus, letters)
            others = await _peers(url) if peers else {}
    return {
        "letters": letters,
        "in_flight": in_flight,
        "letters_per_second": round(rate, 1),
        "floor_letters_per_second": round(floor_rate, 1),
        "ratio": round(rate / floor_rate, 3),
        "latency_letters": len(latencies),
        "latency_rate": round(rate / 2, 1),
        "p50_ms": _at(latencies, 0.50),
        "p99_ms": _at(latencies, 0.99),
        "max_ms": _at(latencies, 1.0),
        "events_per_letter": EVENTS_PER_LETTER,
        "missing_from_ledger": missing,
        "cpu_ms_per_letter": spent,
        "cores": os.cpu_count(),
        "durability": durable,
        "telemetry": f"metrics, logs, traces of {SAMPLE_RATIO:.0%} of the letters, to a collector on the same machine",
        **others,
    }


async def _peers(database_url: str) -> dict[str, object]:
    from benchmarks.peers import dbos_chain, procrastinate_chain

    return {
        "dbos": await dbos_chain.measure(database_url, PEER_LETTERS),
        "procrastinate": await procrastinate_chain.measure(database_url, PEER_LETTERS),
    }


async def _throughput(office: Office, database_url: str, letters: int, in_flight: int) -> float:
    limit = asyncio.Semaphore(in_flight)

    async def register(number: int, one: One) -> None:
        async with limit:
            await one(number)

    async def all_at_once(one: One) -> None:
        await asyncio.gather(*(register(number, one) for number in range(letters)))

    start = time.perf_counter()
    await _journey(office, database_url, letters, every=0.1, arrive=all_at_once, each=False)
    return letters / (time.perf_counter() - start)


async def _latencies(office: Office, database_url: str, first: int, rate: float) -> list[float]:
    letters = int(rate * LATENCY_SECONDS)
    office.write(range(first, first + letters))

    async def evenly(one: One) -> None:
        start = time.perf_counter()
        running: list[asyncio.Task[None]] = []
        for number in range(letters):
            await asyncio.sleep(start + number / rate - time.perf_counter())
            running.append(asyncio.create_task(one(first + number)))
        await asyncio.gather(*running)

    return (await _journey(office, database_url, letters, every=0.05, arrive=evenly, each=True)).latencies()


async def _journey(
    office: Office,
    database_url: str,
    letters: int,
    *,
    every: float,
    arrive: Callable[[One], Coroutine[Any, Any, None]],
    each: bool,
) -> Watch:
    watching, confirming = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    await confirming.execute("set enable_seqscan = off")  # statistics of a new house know nothing yet
    watch = Watch(watching, every)
    await watch.forget_past()

    async def one(number: int) -> None:
        sent = time.perf_counter()
        watch.sent[await office.register(number)] = sent

    confirmer = asyncio.create_task(_confirm_all(office, confirming, letters, every=every))
    arrived = watch.until_all if each else watch.until_so_many
    try:
        await asyncio.gather(arrive(one), arrived(letters, seconds=TIMEOUT_SECONDS), confirmer)
    finally:
        confirmer.cancel()
        await watching.close()
        await confirming.close()
    return watch


async def _confirm_all(office: Office, admin: asyncpg.Connection, letters: int, *, every: float) -> None:
    """Each confirmer takes what stands in his list, at most 200 at once, as soon as it stands there."""
    asked: set[UUID] = set()
    while len(asked) < letters:
        waiting = [each for each in await proposals(admin, MOST_A_CONFIRMATION * 10) if each.case_id not in asked]
        by_confirmer: dict[str, list[Proposal]] = {}
        for each in waiting:
            by_confirmer.setdefault(each.confirmer_authority_id, []).append(each)
        batches = [
            rows[place : place + MOST_A_CONFIRMATION]
            for rows in by_confirmer.values()
            for place in range(0, len(rows), MOST_A_CONFIRMATION)
        ]
        await asyncio.gather(*(office.confirm(batch) for batch in batches))
        asked.update(each.case_id for each in waiting)
        await asyncio.sleep(every)


async def _missing_from_ledger(admin: asyncpg.Connection) -> int:
    sent = " union all ".join(f"select event_id from {service}.outbox" for service in SERVICES)
    query = f"select count(*) from ({sent}) as sent left join audit.entry using (event_id) where entry.event_id is null"
    return int(await admin.fetchval(query))


def _at(seconds: list[float], share: float) -> float:
    return round(seconds[min(len(seconds) - 1, int(share * len(seconds)))] * 1000, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--peers", action="store_true")
    given = parser.parse_args()
    print(json.dumps(asyncio.run(measure(given.letters, given.in_flight, peers=given.peers))))


if __name__ == "__main__":
    main()
