"""What officials have before them: deeds at instants of case time, the earliest first."""

import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Case time, which whoever plays moves."""

    def now(self) -> datetime:
        """The instant it is."""
        ...

    async def move(self, to: datetime) -> object:
        """Let it be that instant."""
        ...


Deed = Callable[[], Awaitable[None]]


class Agenda:
    """Deeds in the order of their instants; of one instant, in the order in which they were planned."""

    def __init__(self) -> None:
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._order = itertools.count()

    def plan(self, instant: datetime, deed: Deed) -> None:
        """Do this then."""
        heapq.heappush(self._deeds, (instant, next(self._order), deed))

    @property
    def next(self) -> datetime | None:
        """The instant of the next deed; None when nobody plans anything."""
        return self._deeds[0][0] if self._deeds else None

    def due(self, instant: datetime) -> list[Deed]:
        """Deeds whose instant has come; they are off the agenda then."""
        found = []
        while self._deeds and self._deeds[0][0] <= instant:
            found.append(heapq.heappop(self._deeds)[2])
        return found
