"""What a client of NATS says of an outage: each error once, and that the line is back.

nats-py tells of every failed dial, by default with a traceback on the terminal.
"""

from collections.abc import Awaitable, Callable
from typing import TypedDict

from shared.messaging.failures import code_of
from shared.telemetry.logs import get_logger

log = get_logger()


class Callbacks(TypedDict):
    """Options of `nats.connect`."""

    error_cb: Callable[[Exception], Awaitable[None]]
    reconnected_cb: Callable[[], Awaitable[None]]


def said_once() -> Callbacks:
    """Callbacks for one connection: each error is said once until the line is back."""
    said: set[str] = set()

    async def failed(error: Exception) -> None:
        code = code_of(error)
        if code not in said:
            log.warning("nats.error", error_code=code)
        said.add(code)

    async def back() -> None:
        log.info("nats.back")
        said.clear()

    return {"error_cb": failed, "reconnected_cb": back}
