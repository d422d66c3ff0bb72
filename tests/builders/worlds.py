"""Signing in as a browser does it."""

from services.portal.entry.accounts import DEMO_PASSWORD
from tests.builders.door import Browser


async def cookie_of(base: str, officer_id: str) -> Browser:
    answer = await Browser(base).ask("POST", "/sign-in", data={"username": officer_id, "password": DEMO_PASSWORD})
    return Browser(base, {"Cookie": answer.headers["set-cookie"].partition(";")[0]})
