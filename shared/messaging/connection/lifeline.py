"""The process's one connection to NATS: when it is lost for good although NATS would take a new one, the process ends.

nats-py closes a connection for ever on most errors that the server names. It leaves a connection only after it has
written what is left; where nobody reads any more, that lasts until the kernel gives up, a quarter of an hour. In both
cases a new process is connected within a second.
"""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable

import nats.errors
from nats.aio.client import Client

from shared.messaging.connection.failures import code_of
from shared.telemetry.logs import get_logger

LOOK_SECONDS = 2.0
STUCK_LOOKS = 8
"""So often in a row NATS took a new connection while ours was away: longer than coming back takes."""
LEAVE_SECONDS = 15.0
"""For a stop in good order, which may wait for the same line."""

Knock = Callable[[], Awaitable[Client]]
"""Opens a second connection as the first was opened, and gives up at the first failure."""

log = get_logger()


class LostForGood(Exception):
    """Our connection to NATS does not come back, a new one would; the process must be started anew."""

    code = "nats_lost_for_good"


async def keep(connection: Client, knock: Knock) -> None:
    """The loop of a service that watches over its connection.

    Raises:
        LostForGood: the process ends; at the latest after `LEAVE_SECONDS`.
    """
    await lost(connection, knock)
    log.critical("nats.lost_for_good", error_code=code_of(connection.last_error) if connection.last_error else "none")
    end = threading.Timer(LEAVE_SECONDS, os._exit, (1,))
    end.daemon = True
    end.start()
    raise LostForGood


async def lost(connection: Client, knock: Knock) -> None:
    """Return when the connection is lost for good."""
    looks = 0
    while looks < STUCK_LOOKS:
        await asyncio.sleep(LOOK_SECONDS)
        if connection.is_connected:
            looks = 0
        elif await opens(knock):
            looks = STUCK_LOOKS if connection.is_closed else looks + 1
        else:
            looks = 0


async def opens(knock: Knock) -> bool:
    """Whether NATS takes a new connection of ours."""
    try:
        async with asyncio.timeout(2 * LOOK_SECONDS):
            second = await knock()
            await second.close()
    except (OSError, TimeoutError, nats.errors.Error):
        return False
    return True
