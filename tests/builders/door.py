"""A browser at portal's door, without a screen."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import requests

from services.portal.entry.accounts import DEMO_PASSWORD
from tests.world import until

COMPLAINT = "Tôi khiếu nại Quyết định số 15/QĐ-UBND về thu hồi đất. Tôi không đồng ý và đề nghị xem xét lại."
DENUNCIATION = "Tôi tố cáo ông Bế Ngọc Sơn nhận hối lộ khi làm giấy tờ đất."
PIN = "482913"


@dataclass
class Browser:
    """One person at the JSON API, or nobody."""

    base: str
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = self.headers | options.pop("headers", {})
        return await asyncio.to_thread(
            requests.request, method, self.base + path, headers=headers, allow_redirects=False, timeout=30, **options
        )

    async def sign_in(self, username: str) -> "Browser":
        answer = await self.ask("POST", "/api/v1/sessions", json={"username": username, "password": DEMO_PASSWORD})
        assert answer.status_code == 201, answer.text
        return Browser(self.base, {"Authorization": f"Bearer {answer.json()['session']}"})

    async def register(self, text: str, key: UUID | None = None, **more: Any) -> requests.Response:
        letter = {"sender_name": "Nguyễn Văn Bình", "text": text, "pin": PIN}
        body = {"received_on": "2025-01-06", "letter": letter} | more
        return await self.ask("POST", "/api/v1/petitions", json=body, headers={"Idempotency-Key": str(key or uuid4())})

    async def case(self, case_id: str, stage: str) -> dict[str, Any]:
        async def there() -> dict[str, Any] | None:
            answer = await self.ask("GET", f"/api/v1/cases/{case_id}")
            return answer.json() if answer.status_code == 200 and answer.json()["stage"] == stage else None

        found: dict[str, Any] = await until(there)
        return found
