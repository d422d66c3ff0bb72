"""Officers at the console's JSON API, over real HTTP."""

import asyncio
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

DEMO_PASSWORD = "thu-nghiem"  # noqa: S105 - printed on the demo's sign-in page, refused in production
AT_ONCE = 8


class DoorRefused(Exception):
    """The console answered with a typed error."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body.get('code')} {body.get('field')}")
        self.status = status
        self.code = str(body.get("code"))
        self.body = body


class Door:
    """Signs officers in when they first act, and sends what they do."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._place = (parts.hostname or "", parts.port or 80)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="door")
        self._sessions: dict[str, str] = {}

    async def post(
        self, officer_id: str, path: str, body: dict[str, Any], *, key: UUID | None = None
    ) -> dict[str, Any]:
        """POST in the name of an officer.

        Raises:
            DoorRefused: with the typed error.
        """
        session = await self._session(officer_id)
        return await self._in_thread("POST", path, body, session, key or uuid4())

    async def get(self, officer_id: str, path: str) -> dict[str, Any]:
        """GET in the name of an officer."""
        return await self._in_thread("GET", path, None, await self._session(officer_id), None)

    async def _session(self, officer_id: str) -> str:
        if officer_id not in self._sessions:
            credentials = {"username": officer_id, "password": DEMO_PASSWORD}
            answer = await self._in_thread("POST", "/api/v1/sessions", credentials, "", None)
            self._sessions[officer_id] = answer["session"]
        return self._sessions[officer_id]

    async def _in_thread(
        self, method: str, path: str, body: dict[str, Any] | None, session: str, key: UUID | None
    ) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._call, method, path, body, session, key)

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None, session: str, key: UUID | None
    ) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if session:
            headers["Authorization"] = f"Bearer {session}"
        if key:
            headers["Idempotency-Key"] = str(key)
        connection = http.client.HTTPConnection(*self._place, timeout=60)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        result: dict[str, Any] = json.loads(data) if data else {}
        if answer.status >= 400:
            raise DoorRefused(answer.status, result)
        return result
