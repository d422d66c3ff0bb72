"""What was typed when a session was over: it comes back to whoever typed it, to nobody else, and then it is gone."""

import re
from collections.abc import Mapping
from uuid import uuid4

import pytest

from services.portal.entry.drafts import MOST
from tests.builders.door import PIN, Browser
from tests.builders.worlds import cookie_of
from tests.component.portal_stories import DESK, OFFICER, open_door
from tests.world import World, until

TYPED = {
    "channel": "counter", "received_on": "06/01/2025", "signed": "yes", "sender_name": "Nông Văn Bảo",
    "against": "UBND thị trấn Đông Khê", "text": "Đoạn mương đầu thôn hỏng đã hai tháng, đề nghị cho sửa.",
    "pin": PIN, "pin_again": PIN,
}  # fmt: skip


@pytest.fixture
async def base(world: World) -> str:
    await world.start("intake")
    return await open_door(world)


async def sheet(person: Browser) -> dict[str, str]:
    page = (await person.ask("GET", "/register")).text
    return dict(re.findall(r'name="(form_token|key)" value="([^"]+)"', page))


async def send(person: Browser, form: Mapping[str, str]) -> tuple[int, str]:
    answer = await person.ask("POST", "/register", data={**TYPED, **form})
    return answer.status_code, answer.headers.get("location", "")


async def wait(world: World, interval: str, what: str = "seen_at", table: str = "session") -> None:
    """Machine time goes by for all rows."""
    async with world.database("portal") as connection:
        await connection.execute(f"update {table} set {what} = {what} - interval '{interval}'")


async def lost(world: World, base: str) -> tuple[Browser, dict[str, str]]:
    """Somebody whose session was over before he sent his sheet."""
    desk = await cookie_of(base, DESK)
    form = await sheet(desk)
    await wait(world, "61 minutes")
    assert await send(desk, form) == (303, "/sign-in?kept=1")
    return desk, form


async def test_a_sheet_sent_after_the_session_comes_back_to_the_same_person(world: World, base: str) -> None:
    _, form = await lost(world, base)
    again = await cookie_of(base, DESK)
    page = (await again.ask("GET", "/register")).text
    for value in (TYPED["text"], TYPED["sender_name"], TYPED["against"], form["key"]):
        assert value in page
    assert PIN not in page
    fresh = await sheet(again)
    assert fresh["key"] == form["key"]
    answer = await again.ask("POST", "/register", data={**TYPED, **fresh})
    assert answer.status_code == 200
    assert 'class="code"' in answer.text
    assert TYPED["text"] not in (await again.ask("GET", "/register")).text


async def test_nobody_else_gets_it(world: World, base: str) -> None:
    await lost(world, base)
    for other in (OFFICER, "canh-tan-03", "thach-an-04"):
        answer = await (await cookie_of(base, other)).ask("GET", "/register")
        assert TYPED["text"] not in answer.text


async def test_signed_in_again_in_another_tab_the_old_sheet_is_shown_again(world: World, base: str) -> None:
    _, form = await lost(world, base)
    again = await cookie_of(base, DESK)
    newer = {**form, "text": "Đã gõ thêm ở tờ cũ."}
    assert await send(again, newer) == (303, "/register")
    assert "Đã gõ thêm ở tờ cũ." in (await again.ask("GET", "/register")).text


@pytest.mark.parametrize("cookie", ["", "session=nobody"])
async def test_it_comes_back_when_the_browser_has_forgotten_the_session(world: World, base: str, cookie: str) -> None:
    form = await sheet(await cookie_of(base, DESK))
    stranger = Browser(base, {"Cookie": cookie} if cookie else {})
    assert await send(stranger, form) == (303, "/sign-in?kept=1")
    assert "giữ kín cho người đã nhập" in (await stranger.ask("GET", "/sign-in?kept=1")).text
    assert TYPED["text"] in (await (await cookie_of(base, DESK)).ask("GET", "/register")).text


async def test_it_comes_back_after_signing_out_in_another_tab(world: World, base: str) -> None:
    desk = await cookie_of(base, DESK)
    form = await sheet(desk)
    await desk.ask("POST", "/sign-out", data={"form_token": form["form_token"]})
    assert await send(desk, form) == (303, "/sign-in?kept=1")
    assert TYPED["text"] in (await (await cookie_of(base, DESK)).ask("GET", "/register")).text


async def test_sent_by_the_next_person_at_the_machine_it_is_kept_for_whoever_typed_it(world: World, base: str) -> None:
    desk, other = await cookie_of(base, DESK), await cookie_of(base, "canh-tan-03")
    answer = await desk.ask("POST", "/register", data={**TYPED, **await sheet(other)})
    assert answer.status_code == 403
    assert "đã được giữ kín cho người đó" in answer.text
    assert TYPED["text"] not in (await desk.ask("GET", "/register")).text
    assert TYPED["text"] in (await other.ask("GET", "/register")).text
    async with world.database("intake") as connection:
        assert await connection.fetchval("select count(*) from petition") == 0


@pytest.mark.parametrize("forged", ["", "nonsense", "{session}-" + 64 * "0", str(uuid4()) + "-" + 64 * "0", "ơ" * 60])
async def test_a_token_that_is_none_of_ours_keeps_nothing(world: World, base: str, forged: str) -> None:
    desk = await cookie_of(base, DESK)
    form = await sheet(desk)
    form["form_token"] = forged.format(session=form["form_token"][:36])
    assert (await send(desk, form))[0] == 403
    assert await send(Browser(base, {}), form) == (303, "/sign-in")
    async with world.database("portal") as connection:
        assert await connection.fetchval("select count(*) from draft") == 0


async def test_two_sheets_in_hand_come_back_one_after_the_other(world: World, base: str) -> None:
    desk, form = await lost(world, base)
    second = {**form, "key": str(uuid4()), "text": "Tờ thứ hai, về đèn đường."}
    assert await send(desk, second) == (303, "/sign-in?kept=1")
    again = await cookie_of(base, DESK)
    page = (await again.ask("GET", "/register")).text
    assert TYPED["text"] in page
    assert "Còn tờ khác đang chờ" in page
    assert (await again.ask("POST", "/register", data={**TYPED, **await sheet(again)})).status_code == 200
    page = (await again.ask("GET", "/register")).text
    assert "Tờ thứ hai, về đèn đường." in page
    assert "Còn tờ khác đang chờ" not in page


async def test_of_very_many_sheets_of_one_person_the_latest_stay(world: World, base: str) -> None:
    desk, form = await lost(world, base)
    for number in range(MOST + 1):
        await send(desk, {**form, "key": str(uuid4()), "text": f"Tờ số {number}."})
    async with world.database("portal") as connection:
        assert await connection.fetchval("select count(*) from draft") == MOST
    assert "Tờ số 1." in (await (await cookie_of(base, DESK)).ask("GET", "/register")).text


async def test_sending_another_sheet_does_not_lose_it(world: World, base: str) -> None:
    _, form = await lost(world, base)
    again = await cookie_of(base, DESK)
    other = {**await sheet(again), "key": str(uuid4()), "text": "Một lá đơn khác, đề nghị xem xét."}
    assert (await send(again, other))[0] == 200
    page = (await again.ask("GET", "/register")).text
    assert TYPED["text"] in page
    assert form["key"] in page


async def test_what_is_too_old_is_deleted_by_itself(world: World, base: str) -> None:
    await lost(world, base)
    await wait(world, "12 hours 1 minute", "kept_at", "draft")
    await world.stop("portal")
    await open_door(world)
    async with world.database("portal") as connection:
        await until(lambda: connection.fetchval("select count(*) = 0 from draft"))


@pytest.mark.parametrize("how", ["discard", "sign out", "twelve hours"])
async def test_it_is_gone(world: World, base: str, how: str) -> None:
    await lost(world, base)
    again = await cookie_of(base, DESK)
    form = await sheet(again)
    if how == "twelve hours":
        await wait(world, "12 hours 1 minute", "kept_at", "draft")
    else:
        await again.ask("POST", "/register/discard" if how == "discard" else "/sign-out", data=form)
        again = await cookie_of(base, DESK)
    assert TYPED["text"] not in (await again.ask("GET", "/register")).text


async def test_the_table_says_neither_whose_nor_what(world: World, base: str) -> None:
    await lost(world, base)
    async with world.database("portal") as connection:
        rows = await connection.fetch("select * from draft")
    assert len(rows) == 1
    said = str([dict(row) for row in rows]).encode() + rows[0]["sealed"] + rows[0]["name"]
    for word in (DESK, "Nông", TYPED["text"][:10], PIN):
        assert word.encode() not in said


async def test_typing_keeps_the_session_alive(world: World, base: str) -> None:
    desk = await cookie_of(base, DESK)
    form = {"form_token": (await sheet(desk))["form_token"]}
    for _ in range(2):
        await wait(world, "59 minutes")
        assert (await desk.ask("POST", "/alive", data=form)).status_code == 204
