"""Loads the sample letters once, as the desks would: signed in, through the console's API, with idempotency keys."""

import asyncio
import json
import tomllib
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from shared.directory import Role
from shared.directory import load as load_directory

DEMO_PASSWORD = "thu-nghiem"  # noqa: S105 - printed on the demo's sign-in page, refused in production
DIRECTORY = "thach_an"
_NAMESPACE = UUID("c0a7f6de-7f2b-5d8a-8a0e-90d6f1d1b2a3")
_DAY = "2025-01-06"


def read_letters() -> list[dict[str, Any]]:
    """The sample letters."""
    data = tomllib.loads((Path(__file__).parent / "letters.toml").read_text(encoding="utf-8"))
    letters: list[dict[str, Any]] = data["letter"]
    return letters


async def load_letters(url: str) -> int:
    """Register every sample letter that is not there yet; return how many are. A repeat registers nothing twice."""
    return await asyncio.to_thread(_load, url)


def _load(url: str) -> int:
    directory = load_directory(DIRECTORY)
    sessions: dict[str, str] = {}
    for number, letter in enumerate(read_letters()):
        desk = letter["desk"]
        if desk not in sessions:
            officer = directory.holders_of(desk, Role.HANDLER, date.fromisoformat(_DAY))[0]
            credentials = {"username": officer, "password": DEMO_PASSWORD}
            sessions[desk] = _post(url, "/api/v1/sessions", credentials)["session"]
        body = {
            "received_on": _DAY,
            "kind_ticked": letter["kind"],
            "against": letter["against"],
            "letter": {
                "sender_name": letter["sender_name"],
                "sender_address": letter["sender_address"],
                "text": letter["text"].strip(),
                "pin": "274913",
            },
        }
        _post(url, "/api/v1/petitions", body, token=sessions[desk], key=str(uuid5(_NAMESPACE, str(number))))
    return len(read_letters())


def _post(url: str, path: str, body: dict[str, Any], *, token: str = "", key: str = "") -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if key:
        headers["Idempotency-Key"] = key
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers)  # noqa: S310 - our own console
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        result: dict[str, Any] = json.loads(answer.read())
        return result
