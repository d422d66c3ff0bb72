"""No room for the stream, in the two ways there are, and what brings it back."""

import asyncio
from typing import Protocol

from shared.contracts.bus.subjects import STREAM
from shared.contracts.house import SERVICES
from tests.chaos.storm import Stormy
from tests.house import RunningHouse
from tests.world import until

BY_ITSELF, AFTER_RESTART = "by themselves", "after nats-server was started again"
ALONE_SECONDS = 4.0
"""In so long a relay has tried several times."""
BACK_SECONDS = 40.0
_UNSENT = " + ".join(f"(select count(*) from {name}.outbox_unsent)" for name in SERVICES)


class Full(Protocol):
    """A way of having no room."""

    name: str
    remedy: str
    """How events flow again once there is room."""

    async def fill(self) -> None:
        """No room from here on."""
        ...

    async def make_room(self) -> None:
        """What the operator does about it."""
        ...

    async def restart(self) -> None:
        """Start nats-server again."""
        ...


class FullDisk:
    """The disk below the stream has no byte left."""

    name = "disk (tmpfs)"
    remedy = AFTER_RESTART

    def __init__(self, stormy: Stormy) -> None:
        self._stormy = stormy

    async def fill(self) -> None:
        """Fill it."""
        self._stormy.disk.fill()

    async def make_room(self) -> None:
        """Delete what filled it."""
        self._stormy.disk.make_room()

    async def restart(self) -> None:
        """As an operator would; the embedded run starts it again by itself when it has ended."""
        server = self._stormy.house.stack.nats
        assert server is not None
        await server.kill()
        await asyncio.wait_for(server.running(), BACK_SECONDS)


class FullStream(FullDisk):
    """The stream has reached its `max_bytes`; the steward lowers it to what is there, and raises it again."""

    name = "max_bytes"
    remedy = BY_ITSELF

    async def fill(self) -> None:
        """Allow not a byte more than there is."""
        self._before = await self._bound(None)

    async def make_room(self) -> None:
        """Allow as much as before."""
        await self._bound(self._before)

    async def _bound(self, most: int | None) -> int:
        manager = self._stormy.house.bus.jsm()
        info = await manager.stream_info(STREAM)
        before = info.config.max_bytes
        assert before is not None
        info.config.max_bytes = info.state.bytes if most is None else most
        await manager.update_stream(info.config)
        return before


async def unsent(house: RunningHouse) -> int:
    """Events that wait in outboxes."""
    return int((await house.rows(f"select {_UNSENT} as n"))[0]["n"])


async def flows_again(house: RunningHouse, full: Full) -> str:
    """What it took, once there was room, until no event waited."""

    async def sent() -> bool:
        return await unsent(house) == 0

    try:
        await until(sent, seconds=ALONE_SECONDS)
    except AssertionError:
        await full.restart()
        await until(sent, seconds=BACK_SECONDS)
        return AFTER_RESTART
    return BY_ITSELF
