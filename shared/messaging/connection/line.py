"""The line to NATS under a question: when it was cut before the answer came, nobody knows whether we were heard.

nats-py writes to a line that is gone and waits for the whole timeout; who may ask again needs to know sooner.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import nats.errors
from nats.aio.client import Client

T = TypeVar("T")

LOOK_SECONDS = 0.25


class LineCut(nats.errors.Error):
    """Another line has taken the place of the one that we spoke on."""

    code = "line_cut"


async def unless_cut(connection: Client, answer: Coroutine[Any, Any, T]) -> T:
    """Speak and wait for the answer.

    Raises:
        LineCut: at most `LOOK_SECONDS` after the next line stands.
    """
    line = _number(connection)
    waiting = asyncio.ensure_future(answer)
    try:
        while not (await asyncio.wait([waiting], timeout=LOOK_SECONDS))[0]:
            if _number(connection) > line:
                raise LineCut
        return waiting.result()
    finally:
        waiting.cancel()


def _number(connection: Client) -> int:
    """Which line carries what is published now; while there is none, the next one."""
    return connection.stats["reconnects"] + (0 if connection.is_connected else 1)
