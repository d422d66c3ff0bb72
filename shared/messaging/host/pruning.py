"""What is kept thirty days only: marks of events that were read, answers to commands."""

import asyncio

import asyncpg

from shared.postgres.casetime import CaseClock

EVERY_SECONDS = 3600
PRUNE = (
    "delete from inbox where received_at < now() - interval '30 days'",
    "delete from command_log where answered_at < now() - interval '30 days'",
)


async def prune(pool: asyncpg.Pool, clock: CaseClock) -> None:
    """Delete what is older, every hour, until cancelled; the case clock is read again on the way."""
    while True:
        for statement in PRUNE:
            await pool.execute(statement)
        await clock.reload()
        await asyncio.sleep(EVERY_SECONDS)
