"""One request as a browser or a program sends it, once, with the time its answer took."""

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

from tests.console import Person, a_letter

GIVE_UP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    body: bytes
    seconds: float


Ask = Callable[[], Answer]


def register(desk: Person) -> Ask:
    """A letter through the JSON API."""
    headers = {"Authorization": f"Bearer {desk.token}", "Content-Type": "application/json"}
    body = json.dumps(a_letter())
    return lambda: _ask(desk.url, "POST", "/api/v1/petitions", headers | {"Idempotency-Key": str(uuid4())}, body)


def page(desk: Person) -> Ask:
    """The list of cases as a page."""
    return lambda: _ask(desk.url, "GET", "/cases", {"Cookie": f"session={desk.token}"}, None)


def _ask(url: str, method: str, path: str, headers: dict[str, str], body: str | None) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=GIVE_UP_SECONDS)
    began = time.monotonic()
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        return Answer(answer.status, answer.headers.get("content-type", ""), data, time.monotonic() - began)
    finally:
        connection.close()
