"""Windows of events into the stream, each acknowledged by the server: one reply subject, one wait for a whole window.

nats-py's `publish_async` starts a task per message and shows a refusal as a timeout (docs/adr/0024).
"""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import nats.js.errors
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.contracts.bus.subjects import STREAM
from shared.messaging.connection.line import LineCut, unless_cut


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event on its way; `number` is its place in the outbox."""

    number: int
    subject: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Window:
    """What became of a window: stream sequences by outbox number, and the first reason why one is missing."""

    name: str
    waiting: int
    sequences: dict[int, int] = field(default_factory=dict)
    failure: Exception | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Publisher:
    """Publishes for one service; one window at a time."""

    def __init__(self, connection: Client) -> None:
        self._connection = connection
        self._replies = ""
        self._windows = itertools.count(1)
        self._window = Window("", 0)

    async def publish(self, events: Sequence[Outgoing], seconds: float) -> Window:
        """Publish events in their order and wait for the server's word about each, at most so many seconds."""
        if not self._replies:
            await self._listen()
        # A name of its own, so that a late word about an earlier window is not taken for one about this.
        window = self._window = Window(str(next(self._windows)), len(events))
        try:
            async with asyncio.timeout(seconds):
                await unless_cut(self._connection, self._send(events, window))
        except (TimeoutError, LineCut) as error:
            window.failure = window.failure or error
        return window

    async def _send(self, events: Sequence[Outgoing], window: Window) -> None:
        replies = f"{self._replies}{window.name}."
        for event in events:
            await self._connection.publish(
                event.subject, event.body, reply=f"{replies}{event.number}", headers=event.headers
            )
        await window.done.wait()

    async def _listen(self) -> None:
        replies = f"{self._connection.new_inbox()}."
        await self._connection.subscribe(f"{replies}*.*", cb=self._take)
        self._replies = replies

    async def _take(self, message: Msg) -> None:
        *_, name, number = message.subject.split(".")
        window = self._window
        if name != window.name:
            return
        try:
            window.sequences[int(number)] = _sequence(message)
        except nats.js.errors.Error as error:
            window.failure = window.failure or error
        window.waiting -= 1
        if window.waiting == 0:
            window.done.set()


def _sequence(message: Msg) -> int:
    if not message.data:
        raise nats.js.errors.NoStreamResponseError
    said = orjson.loads(message.data)
    if error := said.get("error"):
        raise nats.js.errors.APIError(
            code=error.get("code"), err_code=error.get("err_code"), description=error.get("description")
        )
    if said["stream"] != STREAM:
        raise nats.js.errors.NoStreamResponseError
    return int(said["seq"])
