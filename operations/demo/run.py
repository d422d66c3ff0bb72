"""The demo district played on a stack: headless for `donthu demo`, or as the beginning of `donthu up`."""

import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
from nats.aio.client import Client

from operations.demo.report import report
from operations.embedded.datadir import DataDir
from operations.house.clockwork import DEMO_START, Clockwork
from operations.house.stack import Stack
from operations.ledger.facts import Facts
from operations.ledger.house_counters import ask_all
from operations.ledger.rest import collect_at_rest
from operations.steward import connect_steward
from shared.contracts.house import SERVICES
from shared.directory import load as load_directory
from shared.security.secrets import PublicKeys
from simulation.corpus.corpus import load_corpus
from simulation.door import Door
from simulation.play import Play, Played

DIRECTORY = "thach_an"
FIRST_DAYS = 14
"""Days of case time that the district lives before a console opens."""
OnJump = Callable[[datetime, Played], None]


def _silent(now: datetime, played: Played) -> None:
    """Nobody watches."""


async def play_district(
    console: str,
    database_url: str,
    bus: Client,
    clock: Clockwork,
    days: int,
    *,
    petitions: int | None = None,
    on_jump: OnJump = _silent,
) -> Played:
    """Play the first `days` days of the corpus; the clock must stand still at the demo's beginning."""
    async with asyncpg.create_pool(database_url, min_size=1, max_size=8) as admin:
        letters = load_corpus()[:petitions]
        play = Play(Door(console), admin, bus, clock, load_directory(DIRECTORY), letters, on_jump)
        return await play.run(DEMO_START, days)


async def demo(days: int, petitions: int | None) -> dict[str, Any]:
    """Play the district in a temporary folder and report; services are quiet when the figures are taken."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="donthu-demo-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        with DataDir.open(Path(name) / "data") as data:
            async with Stack(data) as stack:
                return await _played_and_reported(stack, days, petitions, started)


async def _played_and_reported(stack: Stack, days: int, petitions: int | None, started: float) -> dict[str, Any]:
    bus = await connect_steward(stack.nats_url, stack.data.secrets)
    try:
        clock = Clockwork(stack.database_url, bus, SERVICES)
        await clock.start(running=False)
        played = await play_district(stack.url, stack.database_url, bus, clock, days, petitions=petitions)
        admin = await asyncpg.connect(stack.database_url)
        try:
            facts = await facts_of(stack, admin, bus, played)
            return await report(admin, facts, played, await ask_all(bus), time.perf_counter() - started)
        finally:
            await admin.close()
    finally:
        await bus.close()


async def facts_of(stack: Stack, admin: asyncpg.Connection, bus: Client, played: Played) -> Facts:
    """The facts of every store, with the sender's own list of receipts."""
    receipts = {case_id for each in played.receipts.values() for case_id in each}
    key = PublicKeys.load(stack.data.secrets).audit or b""
    return await collect_at_rest(admin, bus, key, mails=stack.data.mails, receipts_given=receipts)
