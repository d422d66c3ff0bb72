"""After a command: wait until the read model has what the service decided, told by the projection at its commit."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from services.portal.projection.store import CHANNEL
from shared.postgres.pool import connect

PATIENCE_SECONDS = 2.0
CHECK_SECONDS = 5.0


class Moved:
    """Wakes waiting pages whenever a projection of any replica has committed."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._moved = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled.

        Raises:
            Exception: the connection was lost, an infrastructure failure; the caller starts again.
        """
        lost = asyncio.Event()
        connection = await connect(self._dsn, application="portal-moved")
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, lambda *_: self.wake())
            while True:
                await connection.execute("select 1", timeout=CHECK_SECONDS)  # a deaf line is as silent as a calm one
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), CHECK_SECONDS)
        finally:
            connection.terminate()

    def wake(self) -> None:
        """Let everybody who waits look again."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def until(self, reached: Callable[[], Awaitable[bool]], patience: float = PATIENCE_SECONDS) -> bool:
        """Wait, at most `patience` seconds of machine time, until `reached`; False when it was not."""
        try:
            async with asyncio.timeout(patience):
                while True:
                    moved = self._moved
                    if await reached():
                        return True
                    await moved.wait()
        except TimeoutError:
            return False
