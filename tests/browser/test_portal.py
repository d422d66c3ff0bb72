"""The pages in Debian's Chromium: a complaint from desk to acceptance, by keyboard where it counts, with axe."""

import pytest

from tests.builders.chromium import COMPLAINT, PIN, People, register, reload_until

pytestmark = pytest.mark.browser


async def test_a_complaint_from_the_desk_to_acceptance(people: People) -> None:
    desk = await people.officer("dong-khe-03")
    await register(desk, COMPLAINT)
    code = await desk.inner_text(".code")
    await people.look(desk)
    assert "Khiếu nại" not in await desk.inner_text("article.paper")

    await reload_until(desk, "/confirm", lambda: desk.locator("tbody a").count())
    await people.look(desk)
    await desk.locator("tbody a").first.click()
    await people.look(desk)
    await desk.locator("#working-text button").click()
    assert "thu hồi đất" in await desk.inner_text(".letter-text")
    await people.look(desk)
    await desk.go_back()
    await desk.reload()
    await desk.locator("input:focus").wait_for()  # the browser gives the focus some time after loading
    await desk.keyboard.press("Space")
    await desk.keyboard.press("Enter")
    await desk.wait_for_url("**/cases/*")
    case = desk.url

    holder = await people.officer("dong-khe-04")
    await people.look(holder)
    await reload_until(holder, case, lambda: holder.locator("input[name=nothing_bars_me]").count())
    await people.look(holder)
    await holder.check("input[name=nothing_bars_me]")
    await holder.press("input[name=nothing_bars_me]", "Enter")
    await holder.wait_for_selector("text=Chuẩn bị thụ lý")

    head = await people.officer("dong-khe-01")
    await reload_until(head, case, lambda: head.locator("#accept-document_number").count())
    await head.fill("#accept-document_number", "15/TB-UBND")
    await head.press("#accept-document_number", "Enter")
    await head.wait_for_selector("text=Đã thụ lý")
    await people.look(head)
    await head.goto(f"{case}?awaiting=casework.99")
    async with head.expect_response(lambda answer: "hx-request" in answer.request.headers):
        await head.wait_for_selector("text=Đang cập nhật")

    citizen = await people.visitor()
    await citizen.goto("/track")
    await people.look(citizen)
    await citizen.fill("#code", code.lower())
    await citizen.fill("#pin", PIN)
    await citizen.press("#pin", "Enter")
    assert await citizen.inner_text("li[aria-current=step]") == "Đã thụ lý"
    await people.look(citizen)
    assert people.faults == []


async def test_without_scripts_the_desk_still_works_and_an_error_keeps_everything_but_the_pin(people: People) -> None:
    desk = await people.officer("dong-khe-03", scripts=False)
    await register(desk, COMPLAINT, pin="123456")
    assert await desk.input_value("#text") == COMPLAINT
    assert await desk.input_value("#sender_name") == "Nguyễn Văn Bình"
    assert await desk.input_value("#pin") == ""
    assert await desk.get_attribute("#pin", "aria-invalid") == "true"
    await desk.fill("#pin", PIN)
    await desk.fill("#pin_again", PIN)
    await desk.click("form.sheet button")
    assert len((await desk.inner_text(".code")).strip()) == len("XXXXX-XXXXX-XXXXX")
    assert people.faults == []


async def test_every_page_is_accessible_and_speaks_two_languages(people: People) -> None:
    steward = await people.officer("thach-an-07")
    for path in ("/", "/cases", "/alerts", "/operations", "/demo", "/cases?view=all", "/nothing"):
        await steward.goto(path)
        await people.look(steward)
    await steward.goto("/")
    await steward.click("text=English")
    assert await steward.get_attribute("html", "lang") == "en"
    assert await steward.inner_text("h1") == "What to do today"
    assert people.faults == []


MIXED = "Kính gửi Ủy ban nhân dân. Tôi khiếu nại quyết định thu hồi đất. Tôi tố cáo ông Bế Ngọc Sơn nhận hối lộ."


async def test_a_mixed_letter_is_separated_without_scripts_and_two_receipts_are_printed(people: People) -> None:
    desk = await people.officer("dong-khe-03", scripts=False)
    await register(desk, MIXED)
    await reload_until(desk, "/confirm", lambda: desk.locator("tbody a").count())
    await desk.locator("tbody a").first.click()
    await desk.goto(f"{desk.url}/split")
    await desk.click("section.card button")
    for number, mark in enumerate(("*", "A", "B")):
        await desk.locator(".units select").nth(number).select_option(mark)
    await desk.select_option("#kind-A", "complaint")
    await desk.select_option("#kind-B", "denunciation")
    await desk.click(".act button")
    assert await desk.locator("article.paper").count() == 2
    assert await desk.locator("article.paper .code").count() == 4
    assert people.faults == []


CHANNELS = ("counter", "post", "box", "hotline", "hamlet", "reception", "forwarded")


async def test_the_pages_of_registries_leaders_and_inspectors_are_accessible_and_fit_a_phone(people: People) -> None:
    table = {
        "dong-khe-03": [f"/register?channel={channel}" for channel in CHANNELS] + ["/boxes", "/confirm"],
        "dong-khe-01": ["/leader", "/cases?view=sign", "/cases?view=ended"],
        "thach-an-03": ["/monitoring", "/monitoring/dong-khe/overdue"],
        "thach-an-04": ["/slips", "/register"],
    }
    for officer, paths in table.items():
        page = await people.officer(officer)
        for path in paths:
            await page.goto(path)
            await people.look(page)
    assert people.faults == []


async def test_a_postal_letter_gets_a_drawn_pin_for_the_absent_sender(people: People) -> None:
    desk = await people.officer("dong-khe-03", scripts=False)
    await desk.goto("/register?channel=post")
    await desk.fill("#postmark_on", "03/01/2025")
    await desk.fill("#text", COMPLAINT)
    await desk.click("form.sheet button")
    code, pin = await desk.locator(".code").all_inner_texts()
    await desk.goto("/track")
    await desk.fill("#code", code)
    await desk.fill("#pin", pin)
    await desk.click("main form button")
    assert await desk.locator("li[aria-current=step]").count() == 1
    assert people.faults == []
