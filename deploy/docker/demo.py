"""The demo's operator in a container: owns the virtual clock and brings in the sample letters; never in production.

`python -m deploy.docker.demo URL` reads DATABASE_URL, NATS_URL and SECRETS_DIR; `URL` is the console's address.
"""

import asyncio
import os
import sys
import urllib.error
from pathlib import Path

from deploy.clockwork import Clockwork
from deploy.demo.letters import load_letters
from deploy.local.supervisor import stop_requested
from deploy.migrate import connect_steward
from shared.contracts.house import SERVICES


async def run(console: str) -> None:
    """Take up the clock where it stood, load the letters (a repeat loads nothing twice), keep the clock until told."""
    with stop_requested() as stop:
        bus = await connect_steward(os.environ["NATS_URL"], Path(os.environ["SECRETS_DIR"]))
        clock = Clockwork(os.environ["DATABASE_URL"], bus, SERVICES)
        await clock.start()
        keeping = asyncio.create_task(clock.keep())
        try:
            print(f"letters={await load_letters(console)}", flush=True)
            await stop.wait()
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await bus.close()


if __name__ == "__main__":
    try:
        asyncio.run(run(sys.argv[1]))
    except urllib.error.HTTPError as refused:
        sys.exit(f"the console answered {refused.code}")
