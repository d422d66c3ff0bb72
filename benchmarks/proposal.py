"""From registration answered to the proposal standing in the confirmer's list, over HTTP on the whole house.

usage: python -m benchmarks.proposal [--letters 300] [--per-second 10]
Prints p50, p95, p99 and max in ms. One process registers and asks, the house runs as seven others on the same machine.
"""

import argparse
import asyncio
import json
import os
import time

from benchmarks.house import measured_house, temporary_data
from shared.contracts.vocabulary import Stage
from simulation.door import Door, Person, Refusal

LETTER = {
    "received_on": "2025-01-06", "kind_ticked": "complaint", "against": [], "far_back": True,
    "letter": {
        "sender_name": "Nông Văn Bảo", "sender_address": "Thôn Nà Lình, xã Lê Lai", "pin": "274913",
        "text": "Tôi khiếu nại quyết định thu hồi đất vườn của Ủy ban nhân dân xã, tôi không đồng ý.",
    },
}  # fmt: skip


async def _one(desk: Person, confirmer: Person, seconds: list[float]) -> None:
    registered = await desk.post("/api/v1/petitions", LETTER)
    answered = time.perf_counter()
    while True:
        try:
            case = await confirmer.get(f"/api/v1/cases/{registered['case_id']}")
        except Refusal:
            case = {}
        if case.get("stage") == Stage.PROPOSED:
            seconds.append(time.perf_counter() - answered)
            return
        await asyncio.sleep(0.005)


async def measure(letters: int, per_second: float) -> dict[str, object]:
    """Send letters at an even pace and time each."""
    async with temporary_data() as data, measured_house(data) as stack:
        desk = await Door(stack.url).officer("le-lai-03")
        for _ in range(5):
            await _one(desk, desk, [])
        seconds: list[float] = []
        tasks = []
        for _ in range(letters):
            tasks.append(asyncio.create_task(_one(desk, desk, seconds)))
            await asyncio.sleep(1 / per_second)
        await asyncio.gather(*tasks)
    seconds.sort()
    return {
        "letters": letters,
        "per_second": per_second,
        "p50_ms": _at(seconds, 0.50),
        "p95_ms": _at(seconds, 0.95),
        "p99_ms": _at(seconds, 0.99),
        "max_ms": round(seconds[-1] * 1000, 1),
        "cores": os.cpu_count(),
        "durability": "fsync on, synchronous_commit on, sync_interval always",
    }


def _at(seconds: list[float], share: float) -> float:
    return round(seconds[min(len(seconds) - 1, int(share * len(seconds)))] * 1000, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=300)
    parser.add_argument("--per-second", type=float, default=10)
    given = parser.parse_args()
    print(json.dumps(asyncio.run(measure(given.letters, given.per_second))))


if __name__ == "__main__":
    main()
