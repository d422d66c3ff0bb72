"""Failures of others behind one address never shut out whoever is right."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from uuid import uuid4

import pytest

from services.portal.entry.accounts import DEMO_PASSWORD
from shared.security.codes import CodeRefused, derive_code, parse_code
from tests.builders.door import COMPLAINT, PIN, Browser
from tests.builders.keyboards import Keyboard
from tests.component.portal_stories import free_port
from tests.world import World

PEOPLE = [f"203.0.113.{number}" for number in range(1, 17)]
OF_SOURCE = 300


async def open_house(world: World, proxies: str) -> Browser:
    await world.start("intake")
    port = free_port()
    await world.start("portal", port=port, demo_accounts=True, trusted_proxies=proxies)
    return Browser(f"http://127.0.0.1:{port}")


def unknown() -> dict[str, str]:
    """A well-formed code that nobody was given."""
    return {"code": derive_code(b"another house", uuid4()), "pin": PIN}


async def track(door: Browser, source: str, form: dict[str, str]) -> int:
    answer = await door.ask("POST", "/track", data=form, headers={"X-Forwarded-For": source})
    return answer.status_code


async def fail(door: Browser, sources: Iterable[str]) -> Counter[int]:
    """Every source tries a code that does not exist; twenty at a time."""
    gate, counted = asyncio.Semaphore(20), Counter[int]()

    async def one(source: str) -> None:
        async with gate:
            counted[await track(door, source, unknown())] += 1

    await asyncio.gather(*(one(source) for source in sources))
    return counted


@pytest.fixture
async def behind_proxy(world: World) -> Browser:
    return await open_house(world, "127.0.0.1")


async def test_a_right_code_is_shown_after_hundreds_of_failures_from_its_source(behind_proxy: Browser) -> None:
    desk = await behind_proxy.sign_in("dong-khe-03")
    right = {"code": (await desk.register(COMPLAINT)).json()["receipt_code"], "pin": PIN}
    assert await fail(behind_proxy, [PEOPLE[0]] * (OF_SOURCE + 10)) == {403: OF_SOURCE, 429: 10}
    assert await track(behind_proxy, PEOPLE[0], unknown()) == 429
    assert await track(behind_proxy, PEOPLE[0], right) == 200
    assert await fail(behind_proxy, PEOPLE[1:]) == {403: 15}, "neighbours behind the same proxy"
    wrong_pins = [await track(behind_proxy, source, right | {"pin": "739146"}) for source in PEOPLE[1:7]]
    assert wrong_pins == [403] * 5 + [429]
    assert await track(behind_proxy, PEOPLE[3], right) == 429, "intake's own lock of the receipt"


async def test_sixteen_people_mistype_and_nobody_is_shut_out(behind_proxy: Browser) -> None:
    desk = await behind_proxy.sign_in("dong-khe-03")
    code = (await desk.register(COMPLAINT)).json()["receipt_code"]
    mistyped = {"code": code[:-1] + ("0" if code[-1] != "0" else "1"), "pin": PIN}
    for source in PEOPLE:
        assert [await track(behind_proxy, source, mistyped) for _ in range(2)] == [403, 403]
    assert await track(behind_proxy, PEOPLE[0], {"code": code, "pin": PIN}) == 200


async def test_a_code_that_a_vietnamese_keyboard_mangled_is_found(behind_proxy: Browser) -> None:
    desk = await behind_proxy.sign_in("dong-khe-03")
    for _ in range(40):
        code = (await desk.register(COMPLAINT)).json()["receipt_code"]
        shown = Keyboard("telex", free=False).type(code)
        if shown != code and _readable(shown):
            break
    assert await track(behind_proxy, PEOPLE[0], {"code": shown.lower(), "pin": PIN}) == 200


def _readable(shown: str) -> bool:
    try:
        return bool(parse_code(shown))
    except CodeRefused:
        return False


async def test_a_spoofed_header_of_no_proxy_of_ours_does_not_help(world: World) -> None:
    door = await open_house(world, "10.0.0.1")
    spoofed = [f"198.51.{number // 250}.{number % 250}" for number in range(OF_SOURCE + 5)]
    assert await fail(door, spoofed) == {403: OF_SOURCE, 429: 5}


async def test_a_right_password_is_taken_after_the_failures_of_others(behind_proxy: Browser) -> None:
    for number in range(45):
        wrong = {"username": f"nobody-{number}", "password": "khong-phai"}
        assert (await behind_proxy.ask("POST", "/sign-in", data=wrong)).status_code == 403
    await behind_proxy.sign_in("dong-khe-03")
    for source in PEOPLE[:8]:
        body = {"username": " dong-khe-04", "password": "khong-phai"}
        answer = await behind_proxy.ask("POST", "/api/v1/sessions", json=body, headers={"X-Forwarded-For": source})
        assert answer.status_code == 403
    right = {"username": "dong-khe-04", "password": DEMO_PASSWORD}
    assert (await behind_proxy.ask("POST", "/sign-in", data=right)).status_code == 429, "a name is guarded everywhere"
