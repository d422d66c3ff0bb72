"""One process of an engine: `python -m benchmarks.peers.roles MODULE ROLE`.

The first line of standard input is one JSON object, what the role is given. It prints `ready` when the measurement may
go on, and ends when standard input ends, so that none outlives the measurement.
"""

import asyncio
import importlib
import json
import sys
from collections.abc import AsyncIterator


def ready() -> None:
    """Tell the measuring process to go on."""
    print("ready", flush=True)


async def until_told() -> None:
    """Wait for the end of standard input."""
    await asyncio.to_thread(sys.stdin.read)


async def paced(first: int, count: int, per_second: float) -> AsyncIterator[int]:
    """Yield letter numbers at an even pace."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    for index in range(count):
        await asyncio.sleep(max(0.0, started + index / per_second - loop.time()))
        yield first + index


def _play(module: str, role: str) -> None:
    given = json.loads(sys.stdin.readline())
    asyncio.run(importlib.import_module(module).ROLES[role](**given))


if __name__ == "__main__":
    _play(*sys.argv[1:])
