"""Officers at the console's JSON API, over real HTTP."""

import asyncio
import http.client
import json
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID, uuid4

DEMO_PASSWORD = "thu-nghiem"  # noqa: S105 - printed on the demo's sign-in page, refused in production
AT_ONCE = 8


class Refusal(Exception):
    """The console answered with a typed error."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body.get('code')} {body.get('field')}")
        self.status = status
        self.code = str(body.get("code"))
        self.body = body


@dataclass
class Person:
    """A signed-in officer, or nobody when `token` is empty."""

    url: str
    officer_id: str = ""
    token: str = ""
    timeout_seconds: float = 30.0
    threads: Executor | None = None
    """Where requests wait for their answers; by default the loop's own threads."""

    async def sign_in(self) -> Self:
        """Start a session."""
        answer = await self.post("/api/v1/sessions", {"username": self.officer_id, "password": DEMO_PASSWORD})
        self.token = answer["session"]
        return self

    async def post(self, path: str, body: dict[str, Any], *, key: UUID | None = None) -> dict[str, Any]:
        """POST JSON, under a fresh key unless one is given.

        Raises:
            Refusal: with the typed error.
        """
        return await self._in_thread("POST", path, body, {"Idempotency-Key": str(key or uuid4())})

    async def get(self, path: str) -> dict[str, Any]:
        """GET JSON.

        Raises:
            Refusal: with the typed error.
        """
        return await self._in_thread("GET", path, None, {})

    async def _in_thread(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, self._call, method, path, body, headers)

    def _call(self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", **headers}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self.timeout_seconds)
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


class Door:
    """Signs officers in when they first act; a few of them are served at the same time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="door")
        self._officers: dict[str, Person] = {}

    async def officer(self, officer_id: str) -> Person:
        """An officer with a session."""
        if officer_id not in self._officers:
            person = Person(self._url, officer_id, timeout_seconds=60.0, threads=self._threads)
            self._officers[officer_id] = await person.sign_in()
        return self._officers[officer_id]

    async def post(
        self, officer_id: str, path: str, body: dict[str, Any], *, key: UUID | None = None
    ) -> dict[str, Any]:
        """POST in the name of an officer.

        Raises:
            Refusal: with the typed error.
        """
        return await (await self.officer(officer_id)).post(path, body, key=key)
