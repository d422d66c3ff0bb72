"""How long the door keeps anybody waiting: a request that nothing answers becomes a typed error, not an open end."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANSWER_SECONDS = 25.0
"""Longer than a command (10 s) and two queries may take that nobody answers."""
_LONG = ("/demo/",)
"""Jumping the virtual clock waits for every service."""


class Patience:
    """Gives up a request whose answer has not begun in time; a begun answer (live updates) may last."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            TimeoutError: nothing was answered in time.
        """
        if scope["type"] != "http" or scope["path"].startswith(_LONG):
            await self._app(scope, receive, send)
            return
        async with asyncio.timeout(ANSWER_SECONDS) as limit:

            async def begun(message: Message) -> None:
                limit.reschedule(None)
                await send(message)

            await self._app(scope, receive, begun)
