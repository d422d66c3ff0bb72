"""The registration sheet in a browser: what is unsure is asked, an idle sheet is warned, typing keeps a session."""

import pytest
from playwright.async_api import Page

from tests.builders.chromium import PIN, People

pytestmark = pytest.mark.browser
TEXT = "Tôi là Hòa, điện thoại 0912 345 678. Nhờ UBND xã hòa giải với ông Hòa bên cạnh."


async def fill(page: Page, text: str = TEXT) -> None:
    await page.fill("#sender_name", "Hòa")
    await page.fill("#phone", "0912345678")
    await page.fill("#text", text)


async def pins(page: Page) -> None:
    await page.fill("#pin", PIN)
    await page.fill("#pin_again", PIN)


async def test_the_working_copy_appears_while_typing_and_asks_once(people: People) -> None:
    desk = await people.officer("dong-khe-03")
    await desk.goto("/register")
    await fill(desk)
    await desk.press("#text", "Tab")
    await desk.wait_for_selector("#copy mark")
    copy = await desk.inner_text("#copy .letter-text")
    assert "0912" not in copy
    assert "hòa giải" in copy
    await people.look(desk)
    await desk.check("#copy input[value=others]")
    await pins(desk)
    await desk.press("#pin_again", "Enter")
    await desk.wait_for_selector(".code")
    assert people.faults == []


async def test_without_scripts_the_sheet_comes_back_with_the_question(people: People) -> None:
    desk = await people.officer("dong-khe-03", scripts=False)
    await desk.goto("/register")
    await fill(desk)
    await pins(desk)
    await desk.click("form.sheet button.btn-primary")
    assert "Hãy trả lời" in await desk.inner_text(".notice-late >> nth=0")
    await desk.check("input[value=own]")
    await pins(desk)
    await desk.click("form.sheet button.btn-primary")
    await desk.wait_for_selector(".code")
    assert people.faults == []


async def test_an_idle_sheet_is_warned_and_typing_keeps_the_session(people: People) -> None:
    desk = await people.officer("dong-khe-03")
    await desk.clock.install()
    await desk.goto("/register")
    warning = desk.locator("#session-warning .notice")
    assert await warning.count() == 0
    await desk.clock.fast_forward("51:00")
    await warning.wait_for(state="visible")
    await people.look(desk)
    async with desk.expect_response("**/alive") as answered:
        await desk.fill("#text", "Đèn đường hỏng.")
    assert (await answered.value).status == 204
    await warning.wait_for(state="detached")
    assert people.faults == []


async def test_a_session_that_ends_whatever_is_typed_is_warned_of_too(people: People) -> None:
    desk = await people.officer("dong-khe-03")
    await desk.clock.install()
    await desk.goto("/register")
    hours = round(int(await desk.get_attribute("form.sheet", "data-seconds-left") or 0) / 3600)
    for half in range(2 * hours - 1):
        await desk.clock.fast_forward("30:00")
        async with desk.expect_response("**/alive"):
            await desk.fill("#text", f"Đèn đường hỏng, trang {half}.")
    await desk.clock.fast_forward("25:00")
    warning = desk.locator("#session-warning .notice")
    await warning.wait_for()
    assert "sắp đủ giờ" in await warning.inner_text()


async def test_a_line_that_is_away_while_typing_is_tried_again(people: People) -> None:
    desk = await people.officer("dong-khe-03")
    await desk.clock.install()
    await desk.goto("/register")
    await desk.context.set_offline(True)
    await desk.clock.fast_forward("51:00")
    await desk.locator("#session-warning .notice").wait_for()
    await desk.fill("#text", "Đèn đường")
    await desk.context.set_offline(False)
    await desk.clock.fast_forward("01:00")
    async with desk.expect_response("**/alive") as answered:
        await desk.fill("#text", "Đèn đường hỏng.")
    assert (await answered.value).status == 204
    await desk.locator("#session-warning .notice").wait_for(state="detached")
