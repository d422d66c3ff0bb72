"""A sender of many letters that keeps its own list: what got a receipt, under which key."""

import asyncio
import http.client
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from tests.console import Person, Refusal, a_letter

AT_ONCE = 8


@dataclass
class Sender:
    """Sends letters through the console's API and repeats, under the same key, whatever got no answer."""

    desk: Person
    patience_seconds: float = 120.0
    receipts: dict[UUID, str] = field(default_factory=dict)
    """Case id of the receipt, by the sender's own key."""
    repeats: int = 0

    async def send(self, count: int) -> None:
        """Send letters, a few at once."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with gate:
                await self._until_receipted(uuid4(), number)

        await asyncio.gather(*(one(number) for number in range(count)))

    async def _until_receipted(self, key: UUID, number: int) -> None:
        letter = a_letter(sender_name=f"Người gửi số {number}")
        deadline = asyncio.get_running_loop().time() + self.patience_seconds
        while asyncio.get_running_loop().time() < deadline:
            try:
                answer = await self.desk.register(letter, key=key)
            except (OSError, http.client.HTTPException):
                self.repeats += 1
            except Refusal as refusal:
                if refusal.status < 500:
                    raise
                self.repeats += 1
            else:
                self.receipts[key] = answer["case_id"]
                return
            await asyncio.sleep(0.2)
        raise AssertionError("a letter got no receipt in time")
