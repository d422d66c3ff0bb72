"""Chromium, and the people who sit at it."""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from services.portal.entry.accounts import DEMO_PASSWORD

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
COMPLAINT = "Tôi khiếu nại Quyết định số 15/QĐ-UBND về thu hồi đất. Tôi không đồng ý và đề nghị xem xét lại."
PIN = "482913"
ADVICE = "Cần Chromium để chạy thử giao diện: apt-get install -y chromium"


@dataclass
class People:
    """Opens pages for persons and notes what pages must not do."""

    browser: Browser
    base: str
    faults: list[str] = field(default_factory=list)

    async def visitor(self, *, scripts: bool = True) -> Page:
        context = await self.browser.new_context(viewport=DESK, java_script_enabled=scripts, base_url=self.base)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", lambda note: self.faults.append(note.text) if "Content Security" in note.text else None)
        page.on("request", lambda sent: self._watch(sent.url))
        return page

    async def officer(self, username: str, *, scripts: bool = True) -> Page:
        page = await self.visitor(scripts=scripts)
        await page.goto("/sign-in")
        await page.fill("#username", username)
        await page.fill("#password", DEMO_PASSWORD)
        await page.press("#password", "Enter")
        await page.wait_for_url("**/")
        return page

    async def look(self, page: Page) -> None:
        """No accessibility violation, and nothing sticks out at 360 px."""
        violations = (await Axe().run(page)).response["violations"]
        self.faults += [f"{page.url} {each['id']} {each['nodes'][0]['target']}" for each in violations]
        await page.set_viewport_size(PHONE)
        width = await page.evaluate("document.documentElement.scrollWidth")
        self.faults += [f"{page.url} is {width} px wide"] if width > PHONE["width"] else []
        await page.set_viewport_size(DESK)

    def _watch(self, url: str) -> None:
        if not url.startswith((self.base, "data:")):
            self.faults.append(f"external: {url}")


async def register(page: Page, text: str, *, pin: str = PIN) -> None:
    await page.goto("/register")
    await page.fill("#sender_name", "Nguyễn Văn Bình")
    await page.fill("#text", text)
    await page.fill("#pin", pin)
    await page.fill("#pin_again", pin)
    await page.click("form.sheet button")


async def reload_until(page: Page, path: str, there: Callable[[], Awaitable[int]]) -> None:
    """Open a page until what other services do has arrived there."""
    for _ in range(100):
        await page.goto(path)
        if await there():
            return
    raise AssertionError(f"not there: {path}")
