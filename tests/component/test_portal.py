"""The door over real HTTP, with the services behind it on a real PostgreSQL and a real stream."""

import socket
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.portal.entry.accounts import DEMO_PASSWORD
from services.portal.store import Q
from tests.builders.door import COMPLAINT, DENUNCIATION, PIN, Browser
from tests.world import World


@pytest.fixture
async def door(world: World) -> Browser:
    for name in ("intake", "routing", "casework", "escalation"):
        await world.start(name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    await world.start("portal", port=port, demo_accounts=True)
    return Browser(f"http://127.0.0.1:{port}")


async def test_a_letter_goes_from_the_desk_to_acceptance_through_the_door(door: Browser) -> None:
    desk = await door.sign_in("dong-khe-03")
    case_id = (await desk.register(COMPLAINT, kind_ticked="complaint")).json()["case_id"]
    proposed = await desk.case(case_id, "proposed")
    confirmed = await desk.ask(
        "POST",
        f"/api/v1/cases/{case_id}/confirm",
        json={"version": proposed["versions"]["routing"], "nobody_denounced": True},
    )
    assert confirmed.status_code == 200, confirmed.text
    opened = await desk.case(case_id, "open")
    holder = await door.sign_in(opened["holder_id"])
    body = {"version": opened["versions"]["casework"], "nothing_bars_me": True}
    taken = await holder.ask("POST", f"/api/v1/cases/{case_id}/take-over", json=body)
    assert taken.status_code == 200, taken.text
    row = await holder.case(case_id, "taken")
    head = await door.sign_in("dong-khe-01")
    act = {"version": row["versions"]["casework"], "document_number": "15/TB-UBND", "accepted_on": "2025-01-06"}
    assert (await head.ask("POST", f"/api/v1/cases/{case_id}/accept", json=act)).status_code == 200
    accepted = await head.case(case_id, "accepted")
    assert accepted["document_number"] == "15/TB-UBND"
    assert not {"audience", "excluded", "alerted"} & accepted.keys()


async def test_the_same_key_registers_once_and_another_payload_under_it_is_refused(door: Browser) -> None:
    desk, key = await door.sign_in("dong-khe-03"), uuid4()
    first, second = await desk.register(COMPLAINT, key), await desk.register(COMPLAINT, key)
    assert first.json() == second.json()
    other = await desk.register(COMPLAINT + " Thêm.", key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


async def test_for_the_denounced_every_page_and_count_is_as_if_the_case_did_not_exist(door: Browser) -> None:
    desk, denounced = await door.sign_in("dong-khe-03"), await door.sign_in("dong-khe-04")
    case_id = (await desk.register(DENUNCIATION, kind_ticked="denunciation", against=["dong-khe-04"])).json()["case_id"]
    await desk.case(case_id, "proposed")
    there = await denounced.ask("GET", f"/api/v1/cases/{case_id}")
    nowhere = await denounced.ask("GET", f"/api/v1/cases/{uuid4()}")
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content) == (404, nowhere.content)
    assert (await denounced.ask("GET", "/api/v1/cases?view=all")).json() == {"cases": [], "next": None}


async def test_tracking_says_the_stage_and_nothing_else(door: Browser) -> None:
    desk = await door.sign_in("dong-khe-03")
    done = (await desk.register(COMPLAINT)).json()
    await desk.case(done["case_id"], "proposed")
    right = await door.ask("POST", "/track", data={"code": done["receipt_code"], "pin": PIN})
    assert "Đơn đang được xem xét" in right.text
    assert not [word for word in ("Khiếu nại", "Triệu Thị Mai", "Đông Khê", done["case_id"]) if word in right.text]
    wrong_pin = await door.ask("POST", "/track", data={"code": done["receipt_code"], "pin": "739146"})
    wrong_code = await door.ask("POST", "/track", data={"code": "00000-00000-00001", "pin": PIN})
    assert (wrong_pin.status_code, wrong_pin.text) == (wrong_code.status_code, wrong_code.text)


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/api/v1/cases", {}, 401, "not_signed_in"),
        ("GET", "/api/v1/nothing", {}, 404, "not_found"),
        ("POST", "/api/v1/sessions", {"data": "username=a"}, 422, "invalid"),
        ("POST", "/api/v1/sessions", {"json": {"username": "a", "password": "b"}}, 403, "not_allowed"),
        ("POST", "/api/v1/sessions", {"json": {}, "headers": {"Sec-Fetch-Site": "cross-site"}}, 403, "not_allowed"),
    ],
)
async def test_the_api_refuses_in_typed_words(
    door: Browser, method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    answer = await door.ask(method, path, **options)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]


async def test_bad_letters_get_a_field_and_a_place_and_lose_nothing(door: Browser) -> None:
    desk = await door.sign_in("dong-khe-03")
    table = [
        ({"text": "có ký tự \u202e lạ"}, "text_has_direction_marks", "text"),
        ({"text": " "}, "text_empty", "text"),
        ({"text": COMPLAINT, "received_on": "2025-02-01"}, "date_in_future", "received_on"),
    ]
    for change, code, name in table:
        answer = await desk.register(str(change.pop("text")), **change)
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, name)
    huge = await desk.register("ạ" * 3_000_000)
    assert (huge.status_code, huge.json()["code"]) == (413, "too_large")


async def test_every_answer_carries_the_security_headers(door: Browser) -> None:
    for path in ("/sign-in", "/track", "/nothing", "/api/v1/cases", "/assets/app.css"):
        headers = (await door.ask("GET", path)).headers
        assert "'unsafe" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers
        assert headers["cache-control"] == ("public, max-age=3600" if "assets" in path else "no-store")


async def test_a_session_ends_at_sign_out_and_its_token_is_nowhere_in_the_database(door: Browser, world: World) -> None:
    desk = await door.sign_in("dong-khe-03")
    token = desk.headers["Authorization"].removeprefix("Bearer ")
    async with world.database("portal") as connection:
        rows = await connection.fetch("select session::text as row from session")
        assert token.encode().hex() not in str(rows)
        assert token not in str(rows)
    assert (await desk.ask("DELETE", "/api/v1/sessions")).status_code == 204
    assert (await desk.ask("GET", "/api/v1/cases")).status_code == 401


@pytest.mark.parametrize("change", ["ends_at = now()", "seen_at = now() - interval '61 minutes'"])
async def test_a_session_is_over_at_its_end_or_when_idle(door: Browser, world: World, change: str) -> None:
    desk = await door.sign_in("dong-khe-03")
    assert (await desk.ask("GET", "/api/v1/cases")).status_code == 200
    async with world.database("portal") as connection:
        await connection.execute(f"update session set {change}")
    assert (await desk.ask("GET", "/api/v1/cases")).status_code == 401


async def test_the_session_cookie_is_closed_to_scripts_and_a_form_needs_its_token(door: Browser) -> None:
    answer = await door.ask("POST", "/sign-in", data={"username": "dong-khe-03", "password": DEMO_PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    person = Browser(door.base, {"Cookie": cookie.partition(";")[0]})
    assert (await person.ask("POST", "/sign-out", data={"form_token": "guessed"})).status_code == 403
    assert (await person.ask("GET", "/")).status_code == 200


async def test_guessing_a_password_is_slowed_down_for_that_name_only(door: Browser) -> None:
    wrong = {"username": "dong-khe-03", "password": "khong-phai"}
    answers = [(await door.ask("POST", "/sign-in", data=wrong)).status_code for _ in range(9)]
    assert answers == [403] * 8 + [429]
    await door.sign_in("dong-khe-04")


async def test_no_list_reads_the_whole_table(world: World) -> None:
    admin = await asyncpg.connect(world.database_url, server_settings={"search_path": "portal"})
    await admin.execute(f"{_MANY}; insert into case_tag select * from tagged; analyze case_view; analyze case_tag")
    place = [["dong-khe"]]
    extra: dict[str, list[Any]] = {
        "seen": [True], "mine": [], "unit": place, "confirm": place, "incoming": place,
        "sign": place, "number": ["KN-2025-0000"], "queue": ["dong-khe", "overdue", date(2025, 6, 1)],
    }  # fmt: skip
    for name, parameters in extra.items():
        await _explained(admin, f"cases_{name}", name, parameters)
    await admin.close()


async def _explained(admin: asyncpg.Connection, query: str, name: str, extra: list[Any]) -> None:
    scope = ["officer:dong-khe-04", "head:dong-khe", "confirm:dong-khe"], "dong-khe-04"
    prepared = await admin.prepare(f"explain {Q[query]}")
    values = ["" if name == "number" else date.min, UUID(int=0)]
    plan = "\n".join(row[0] for row in await prepared.fetch(*scope, *values, 51, *extra))
    assert "Seq Scan" not in plan, f"{name}\n{plan}"


_MANY = """
insert into case_view (
    case_id, stage, versions, channel, received_on, first_received_on, signed, receiving_authority_id, under_slip,
    register_number, flags, against, kind, level, competent_authority_id, holder_id, rules, reasons, alternatives,
    confidence, abstained, confirmer_authority_id, documents, owed, person_id, task, authority_id, due_on, due_rule,
    expected_result, hidden_from, barred, alerted, audience
)
select gen_random_uuid(), (array['proposed', 'open', 'taken', 'accepted', 'closed'])[1 + n % 5], '{}', 'counter',
    date '2025-01-06', date '2025-01-06', true, 'c' || n % 500, false, 'KN-2025-' || lpad(n::text, 5, '0'), '{}', '{}',
    'complaint', 1, 'c' || n % 500, 'o' || n % 2000, '{}', '{}', '{}', 0.9, false, 'c' || n % 500, '{}', '{}',
    'o' || n % 2000, 'take_over', 'c' || n % 500, date '2025-01-06' + n % 365, 'KN-12', 'decision', '{}', '{}',
    '{}', array['officer:o' || n % 2000, 'head:c' || n % 500]
from generate_series(1, 20000) as n
"""
