"""What is said of an outage: by a client of NATS each error once and that the line is back, by a loop that waits less
and less often.

nats-py tells of every failed dial, by default with a traceback on the terminal.
"""

from collections.abc import Awaitable, Callable
from typing import TypedDict

from shared.messaging.connection.failures import code_of
from shared.telemetry.logs import get_logger

log = get_logger()


class Callbacks(TypedDict):
    """Options of `nats.connect`."""

    error_cb: Callable[[Exception], Awaitable[None]]
    reconnected_cb: Callable[[], Awaitable[None]]


def said_once(of: Callable[[Exception], None] = lambda _: None) -> Callbacks:
    """Callbacks for one connection: each error is said once until the line is back; `of` is told of all."""
    said: set[str] = set()

    async def failed(error: Exception) -> None:
        code = code_of(error)
        if code not in said:
            log.warning("nats.error", error_code=code)
        said.add(code)
        of(error)

    async def back() -> None:
        log.info("nats.back")
        said.clear()

    return {"error_cb": failed, "reconnected_cb": back}


def waiting(event: str, error: Exception, attempt: int) -> None:
    """Say that a loop waits for its infrastructure: at attempts 1, 2, 4, 8 and so on."""
    if attempt & (attempt - 1) == 0:
        log.warning(event, error_code=code_of(error), attempt=attempt)
