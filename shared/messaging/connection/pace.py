"""How often a loop works while there is always something to do: rarely enough that work comes in batches."""

import asyncio

SECONDS = 0.04
"""Between the beginnings of two batches. What comes after silence is taken at once; the whole chain stays below 1 s."""


class Pace:
    """Keeps the beginnings of a loop's batches apart."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._last = float("-inf")

    def began(self) -> None:
        """A batch begins now."""
        self._last = asyncio.get_running_loop().time()

    async def keep(self) -> None:
        """Wait until the next batch may begin."""
        left = self._last + self._seconds - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)
