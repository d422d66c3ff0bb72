"""What a pull consumer delivers, taken in one go: all that waits, or the first that comes.

A request with `no_wait` and `expires` (ADR-13 of NATS) brings everything that is there, and waits for the first message
only when nothing is. Messages delivered one by one, as they are stored, would wake server and reader for each;
nats-py's `fetch` starts a task for each (docs/adr/0024).
"""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

import nats.js.errors
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from shared.messaging.events.header_lines import read_quickly

REQUEST_SECONDS = 2.0
"""How long the server keeps a request; a lost one is noticed a second later."""
_STATUS, _EXPIRED, _NO_RESPONDERS = "Status", "408", "503"
_ALL_BROUGHT = ("404", _EXPIRED)
"""Servers before 2.12.2 end an answered request like one that ran out."""


class Pull:
    """Deliveries of one consumer, at most `most` at once."""

    def __init__(self, connection: Client, *, subject: str, most: int) -> None:
        """`subject` is the consumer's `$JS.API.CONSUMER.MSG.NEXT…`."""
        self._connection = connection
        self._subject = subject
        self._inbox = connection.new_inbox()
        self._most = most
        self._arrived: list[Msg] = []
        self._wanted = 0
        """Messages that the request may still bring."""
        self._asked_at = 0.0
        self._gone = False
        self._answered = asyncio.Event()
        self._subscription: Subscription | None = None

    async def __aenter__(self) -> Self:
        read_quickly(self._connection)
        self._subscription = await self._connection.subscribe(self._inbox, cb=self._take)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._subscription is not None and not self._connection.is_closed:
            await self._subscription.unsubscribe()

    async def take(self, seconds: float) -> list[Msg]:
        """Everything that waits, or what comes first; nothing after `seconds` of silence.

        Raises:
            NoStreamResponseError: the consumer is gone.
        """
        late = asyncio.get_running_loop().time() > self._asked_at + REQUEST_SECONDS + 1.0
        if not self._arrived and (self._wanted <= 0 or late):
            await self._ask()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._answered.wait()
        if self._gone:
            raise nats.js.errors.NoStreamResponseError
        arrived, self._arrived = self._arrived, []
        return arrived

    async def _ask(self) -> None:
        self._wanted, self._asked_at = self._most, asyncio.get_running_loop().time()
        self._answered.clear()
        request = {"batch": self._most, "expires": int(REQUEST_SECONDS * 1e9), "no_wait": True}
        await self._connection.publish(self._subject, orjson.dumps(request), reply=self._inbox)

    async def _take(self, message: Msg) -> None:
        status = message.headers.get(_STATUS) if message.headers and not message.data else None
        if status == _EXPIRED and not self._arrived:
            await self._ask()
            return
        if status is None:
            self._arrived.append(message)
            self._wanted -= 1
        else:
            self._wanted, self._gone = 0, status == _NO_RESPONDERS
        if self._gone or status in _ALL_BROUGHT or (status is None and self._wanted == 0):
            self._answered.set()  # after any other status the silence is waited out, then it is asked again
