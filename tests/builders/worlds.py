"""Two worlds that may differ in nothing that is shown."""

from services.portal.accounts import DEMO_PASSWORD
from tests.component.test_portal import Browser


async def cookie_of(base: str, officer_id: str) -> Browser:
    answer = await Browser(base).ask("POST", "/sign-in", data={"username": officer_id, "password": DEMO_PASSWORD})
    return Browser(base, {"Cookie": answer.headers["set-cookie"].partition(";")[0]})
