"""A TCP proxy that breaks what passes through it, each direction on its own, switchable while it runs.

A connection that loses bytes once is *deaf* in that direction for good, like one that a router on the way forgot:
nothing more arrives, not even the news that the other end has closed. Only a time-out of the ends themselves helps.
"""

import asyncio
import contextlib
import math
import random
import socket
import struct
from dataclasses import dataclass, field
from typing import cast

from operations.embedded.ports import LOOPBACK, HeldPort

CHUNK = 16384
FORGOTTEN_SECONDS = 15.0
"""After so long the server's end of a deaf connection is cut, as keepalive does (shared/postgres/pool.py)."""
_RST = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Way:
    """What happens to bytes in one direction. Delays in seconds per chunk; `share` of the connections lose bytes."""

    delay: float = 0.0
    jitter: float = 0.0
    lost: bool = False
    share: float = 1.0
    bytes_per_second: int | None = None
    judged: set[object] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class _Link:
    writers: list[asyncio.StreamWriter]  # the client's end, then the server's
    deaf: set[str] = field(default_factory=set)

    def reset(self) -> None:
        for writer in self.writers:
            _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    found: socket.socket = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
    writer.transport.abort()


class Proxy:
    """Between a client and `port` on the loopback; `up` is towards the server."""

    def __init__(self, port: int, *, seed: int = 0, forgotten_after: float = FORGOTTEN_SECONDS) -> None:
        self._target = port
        self._random = random.Random(seed)
        self._forgotten_after = forgotten_after
        self._links: dict[_Link, asyncio.Task[None]] = {}
        self._server: asyncio.Server | None = None
        self._hold = HeldPort()  # keeps the number while nobody listens
        self.port = self._hold.number
        self.ways = {"up": Way(), "down": Way()}
        self.connections = self.cuts = self.swallowed = 0

    async def accept(self) -> None:
        """Take connections, from the start or again after `refuse`."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port, reuse_address=True)

    def refuse(self) -> None:
        """Refuse new connections; those that are open go on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def cut(self) -> int:
        """Reset every connection; return how many."""
        links = list(self._links)
        for link in links:
            link.reset()
        self.cuts += len(links)
        return len(links)

    def say(self, words: bytes) -> None:
        """Let every client hear this from its server; only while nothing else is under way."""
        for link in self._links:
            link.writers[0].write(words)

    async def calm(self) -> None:
        """No fault from here on; what is deaf stays so."""
        self.ways = {"up": Way(), "down": Way()}
        await self.accept()

    async def close(self) -> None:
        """End everything."""
        self.refuse()
        self.cut()
        for task in self._links.values():
            task.cancel()
        await asyncio.gather(*self._links.values(), return_exceptions=True)
        self._hold.release()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link([writer])
        self._links[link] = cast("asyncio.Task[None]", asyncio.current_task())
        self.connections += 1
        try:
            there, back = await asyncio.open_connection(LOOPBACK, self._target)
            link.writers.append(back)
            await self._both_ways(link, reader, there)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            link.reset()
            del self._links[link]

    async def _both_ways(self, link: _Link, reader: asyncio.StreamReader, there: asyncio.StreamReader) -> None:
        """Until one end closes; on a deaf connection until both have, since neither hears of the other."""
        client, server = link.writers
        tasks = {
            asyncio.create_task(self._pump(link, "up", reader, server)),
            asyncio.create_task(self._pump(link, "down", there, client)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if link.deaf:
                link.deaf |= {"up", "down"}
                await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pump(self, link: _Link, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK):
                way = self.ways[name]
                rate = way.bytes_per_second or math.inf
                await asyncio.sleep(way.delay + self._random.uniform(0, way.jitter) + len(chunk) / rate)
                self._judge(link, name)
                if name in link.deaf:
                    self.swallowed += len(chunk)
                    continue
                writer.write(chunk)
                await writer.drain()

    def _judge(self, link: _Link, name: str) -> None:
        way = self.ways[name]
        if way.lost and not {link, name} & {*way.judged, *link.deaf}:
            way.judged.add(link)
            if self._random.random() < way.share:
                link.deaf.add(name)
                asyncio.get_running_loop().call_later(self._forgotten_after, _reset, link.writers[1])
