"""Loops of a service: kept running for as long as the process lives, and ended with it."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Collection

from shared.messaging.connection import outages
from shared.messaging.connection.failures import code_of, growing, is_infrastructure
from shared.telemetry.logs import get_logger

log = get_logger()

Background = Callable[[], Awaitable[None]]
"""A loop of a service's own (ticker, mail sender); runs until cancelled and waits out infrastructure failures."""


async def guarded(loop: Background) -> None:
    """Run a loop, waiting for what infrastructure it lacks; any other failure ends the process."""
    attempt = 0
    while True:
        try:
            await loop()
            return
        except Exception as error:
            if is_infrastructure(error):
                attempt += 1
                outages.waiting("loop.waiting", error, attempt)
                await asyncio.sleep(growing(min(attempt, 5)))
                continue
            log.error("loop.stopped", error_code=code_of(error))
            os.kill(os.getpid(), signal.SIGTERM)
            raise


async def end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel until all are done: `asyncio.wait_for` (before Python 3.12) and nats-py may swallow a cancellation."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1)
