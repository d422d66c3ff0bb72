"""A sender of many letters that keeps its own list: what got a receipt, under which key."""

import asyncio
import http.client
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from simulation.door import Refusal
from tests.console import Person, a_letter
from tests.world import until

AT_ONCE = 8


@dataclass
class Sender:
    """Sends letters through the console's API and repeats, under the same key, whatever got no answer."""

    desk: Person
    patience_seconds: float = 120.0
    receipts: dict[UUID, str] = field(default_factory=dict)
    """Case id of the receipt, by the sender's own key."""
    repeats: int = 0

    def has_sent(self, count: int) -> bool:
        """Whether so many letters got a receipt."""
        return len(self.receipts) >= count

    async def send(self, count: int) -> None:
        """Send letters, a few at once."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with gate:
                await self._until_receipted(uuid4(), number)

        await asyncio.gather(*(one(number) for number in range(count)))

    async def _until_receipted(self, key: UUID, number: int) -> None:
        letter = a_letter(sender_name=f"Người gửi số {number}")

        async def receipted() -> str | None:
            try:
                return str((await self.desk.register(letter, key=key))["case_id"])
            except (OSError, http.client.HTTPException):
                pass
            except Refusal as refusal:
                if refusal.status < 500:
                    raise
            self.repeats += 1
            return None

        self.receipts[key] = await until(receipted, seconds=self.patience_seconds, every=0.2)
