"""The process's one connection to NATS: when it is lost for good although NATS is there, the process ends.

nats-py closes it for ever on most errors that the server names, and leaves a connection only after it has written what
is left: on a line where nobody reads any more, when the kernel gives up, a quarter of an hour later. Whoever keeps the
process running starts it anew in a second.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from nats.aio.client import Client

from shared.messaging.failures import code_of
from shared.telemetry.logs import get_logger

LOOK_SECONDS = 2.0
STUCK_SECONDS = 15.0
"""NATS greets others for so long and is not reached by us: longer than a new connection takes."""
NATS_PORT = 4222
LEAVE_SECONDS = 15.0
"""For a stop in good order."""

log = get_logger()


async def watch(connection: Client, servers: Sequence[str]) -> None:
    """Return when the connection is lost for good: closed, or not ours although a server greets whoever knocks."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if connection.is_closed:
            return
        if connection.is_connected or not await _anybody_greets(servers):
            since = loop.time()
        elif loop.time() - since > STUCK_SECONDS:
            return


async def greets(server: str) -> bool:
    """Whether a NATS server at this URL says who it is, as the first line of every connection does."""
    parts = urlsplit(server)
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port or NATS_PORT)
            try:
                return (await reader.readline()).startswith(b"INFO ")
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError, ValueError):
        return False


def keep(connection: Client, servers: Sequence[str]) -> Callable[[], Awaitable[None]]:
    """The loop of a service: ends the process when its connection is lost for good."""

    async def run() -> None:
        await watch(connection, servers)
        why = connection.last_error
        log.critical("nats.lost_for_good", error_code=code_of(why) if why else "none")
        end = threading.Timer(LEAVE_SECONDS, os._exit, (1,))  # a stop in good order may wait for the same line
        end.daemon = True
        end.start()
        os.kill(os.getpid(), signal.SIGTERM)

    return run


async def _anybody_greets(servers: Sequence[str]) -> bool:
    return any(await asyncio.gather(*(greets(server) for server in servers)))
