"""The whole house in the browser: desk, confirmation, acceptance, breach by the clock, alert, mail, tracking."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

from tests.builders.chromium import ADVICE, ARGUMENTS, CHROMIUM, COMPLAINT, PIN, People, register, reload_until
from tests.house import RunningHouse, running_house

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
async def house() -> AsyncIterator[RunningHouse]:
    """A house of its own: the journey moves the clock."""
    if CHROMIUM is None:
        pytest.fail(ADVICE)
    async with running_house() as found:
        yield found


async def test_a_letter_runs_over_its_term_and_the_leader_acknowledges(house: RunningHouse) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        people = People(browser, house.url)
        desk, holder, head = [await people.officer(name) for name in ("le-lai-03", "le-lai-04", "le-lai-01")]
        await register(desk, COMPLAINT)
        code = await desk.inner_text(".code")
        case = await _confirmed(desk)
        await _taken(holder, case)
        await _accepted(head, case)
        await _past_the_term(head)
        await _acknowledged(people, head, case)
        await _decided(people, head, case)
        await _closed(people, holder, case)
        await reload_until(head, "/demo", lambda: head.locator(".mails li").count())
        await head.locator(".mails summary").first.click()
        mail = await head.inner_text(".mails pre >> nth=0")
        assert "/alerts" in mail
        assert "khiếu nại" not in mail.lower()
        citizen = await people.visitor()
        await citizen.goto("/track")
        await citizen.fill("#code", code)
        await citizen.fill("#pin", PIN)
        await citizen.press("#pin", "Enter")
        assert await citizen.inner_text("li[aria-current=step]") == "Đã xử lý xong"
        assert people.faults == []
        await browser.close()
    verified = await house.ledger()
    assert verified["verified"], verified["findings"]


async def _confirmed(desk: Page) -> str:
    await reload_until(desk, "/confirm", lambda: desk.locator("tbody a").count())
    await desk.locator("tbody a").first.click()
    await desk.wait_for_url("**/confirm/*")
    await desk.check("input[name=nobody_denounced][autofocus]")
    await desk.press("input[name=nobody_denounced][autofocus]", "Enter")
    await desk.wait_for_url("**/cases/*")
    return desk.url


async def _taken(holder: Page, case: str) -> None:
    await reload_until(holder, case, lambda: holder.locator("input[name=nothing_bars_me]").count())
    await holder.check("input[name=nothing_bars_me]")
    await holder.press("input[name=nothing_bars_me]", "Enter")
    await holder.wait_for_selector("text=Chuẩn bị thụ lý")


async def _accepted(head: Page, case: str) -> None:
    await reload_until(head, case, lambda: head.locator("#accept-document_number").count())
    await head.fill("#accept-document_number", "15/TB-UBND")
    await head.press("#accept-document_number", "Enter")
    await head.wait_for_selector("text=Đã thụ lý")


async def _decided(people: People, head: Page, case: str) -> None:
    await reload_until(head, case, lambda: head.locator("#decide-document_number").count())
    await head.fill("#decide-document_number", "16/QĐ-UBND")
    await head.select_option("#decide-outcome", "partly_upheld")
    await head.press("#decide-document_number", "Enter")
    await head.wait_for_selector("text=16/QĐ-UBND")
    await people.look(head)


async def _closed(people: People, holder: Page, case: str) -> None:
    """The notices owed to the sender and to the public are proven, then nothing keeps the file open."""
    for owed, number in ((3, "21/TB-UBND"), (2, "22/TB-UBND"), (1, "23/TB-UBND")):
        await reload_until(holder, case, lambda left=owed: _owes(holder, left))  # type: ignore[misc]
        await holder.select_option("#notice-notice", index=1)
        await holder.select_option("#notice-proof", "posted")
        await holder.fill("#notice-document_number", number)
        await holder.press("#notice-document_number", "Enter")
        await holder.wait_for_selector(f"text={number}")
    await reload_until(holder, case, lambda: holder.locator("#close-closed_on").count())
    await people.look(holder)
    await holder.press("#close-closed_on", "Enter")
    await holder.wait_for_load_state()


async def _owes(page: Page, count: int) -> int:
    return int(await page.locator("#notice-notice option:not([value=''])").count() == count)


async def _past_the_term(head: Page) -> None:
    """Seven weeks later, by the control of the demo console."""
    for _ in range(7):
        await head.goto("/demo")
        await head.click("text=Tới tuần sau")
        await head.wait_for_url("**/demo*")


async def _acknowledged(people: People, head: Page, case: str) -> None:
    await reload_until(head, "/alerts", lambda: head.locator("main form button").count())
    await people.look(head)
    await head.locator("main form button").first.click()
    await head.wait_for_url("**/alerts*")
    await head.goto(case)
    await people.look(head)
