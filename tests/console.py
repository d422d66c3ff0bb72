"""A person at the console's JSON API, over real HTTP, for journeys and load."""

import asyncio
import http.client
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from deploy.demo.door import DEMO_PASSWORD

PIN = "274913"


class Refusal(Exception):
    """The console answered with a typed error."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body.get('code')} {body.get('field')}")
        self.status = status
        self.code = body.get("code")
        self.body = body


@dataclass
class Person:
    """A signed-in officer, or nobody when `token` is empty."""

    url: str
    officer_id: str = ""
    token: str = ""
    opened: list[http.client.HTTPConnection] = field(default_factory=list)

    async def sign_in(self) -> "Person":
        """Start a session."""
        answer = await self.post("/api/v1/sessions", {"username": self.officer_id, "password": DEMO_PASSWORD})
        self.token = answer["session"]
        return self

    async def post(self, path: str, body: dict[str, Any], *, key: UUID | None = None) -> dict[str, Any]:
        """POST JSON."""
        return await asyncio.to_thread(self._call, "POST", path, body, key)

    async def get(self, path: str) -> dict[str, Any]:
        """GET JSON."""
        return await asyncio.to_thread(self._call, "GET", path, None, None)

    def _call(self, method: str, path: str, body: dict[str, Any] | None, key: UUID | None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if method == "POST":
            headers["Idempotency-Key"] = str(key or uuid4())
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        result: dict[str, Any] = json.loads(data) if data else {}
        if answer.status >= 400:
            raise Refusal(answer.status, result)
        return result

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
        "against": ["le-lai"],
        "letter": letter,
    }
    return {**body, **over}
