"""What a desk sends through the console, for journeys and load."""

from datetime import date
from typing import Any
from uuid import UUID

from simulation import door

PIN = "274913"


class Person(door.Person):
    """Somebody at the console."""

    async def register(self, letter: dict[str, Any], *, key: UUID | None = None) -> dict[str, Any]:
        """Register a letter."""
        return await self.post("/api/v1/petitions", letter, key=key)


def a_letter(**over: Any) -> dict[str, Any]:
    """A plain complaint about a commune's decision, received on the first day of case time."""
    letter = {
        "sender_name": "Nông Văn Bảo",
        "sender_address": "Thôn Nà Lình, xã Lê Lai",
        "text": "Tôi khiếu nại quyết định thu hồi đất vườn của Ủy ban nhân dân xã, tôi không đồng ý.",
        "pin": PIN,
    }
    letter.update({name: over.pop(name) for name in list(over) if name in ("sender_name", "text", "pin", "phone")})
    body = {
        "received_on": date(2025, 1, 6).isoformat(),
        "kind_ticked": "complaint",
        "against": [],
        "far_back": True,
        "letter": letter,
    }
    return {**body, **over}
