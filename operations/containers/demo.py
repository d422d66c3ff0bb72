"""The demo's operator in a container: owns the virtual clock, lets the district live its first days; not in production.

`python -m operations.containers.demo URL` reads DATABASE_URL, NATS_URL and SECRETS_DIR; `URL` is the console's address.
"""

import asyncio
import os
import sys
from pathlib import Path

from operations.demo.run import FIRST_DAYS, play_district
from operations.embedded.supervisor import stop_requested
from operations.house.clockwork import Clockwork
from operations.steward import connect_steward
from shared.contracts.house import SERVICES


async def run(console: str) -> None:
    """Take up the clock where it stood, or play the first days; keep the clock until told."""
    with stop_requested() as stop:
        bus = await connect_steward(os.environ["NATS_URL"], Path(os.environ["SECRETS_DIR"]))
        clock = Clockwork(os.environ["DATABASE_URL"], bus, SERVICES)
        if await clock.start():
            played = await play_district(console, os.environ["DATABASE_URL"], bus, clock, FIRST_DAYS)
            print(f"letters={len(played.receipts)}", flush=True)
            await clock.let_run()
        keeping = asyncio.create_task(clock.keep())
        try:
            await stop.wait()
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await bus.close()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
