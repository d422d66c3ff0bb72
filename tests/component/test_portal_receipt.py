"""A received day is corrected through the door: page and API, every kind alike, and the adviser above hears of it."""

import re
from typing import Any

import pytest
import requests

from shared.contracts.vocabulary import Kind
from tests.builders.door import COMPLAINT, DENUNCIATION, Browser
from tests.builders.worlds import cookie_of
from tests.component.portal_stories import DESK, HEAD, OFFICER, Story, open_door, publish_all
from tests.world import World, until

ADVISER = "thach-an-03"
WRONG, RIGHT, SHOWN = "2024-01-06", "2025-01-06", "06/01/2025"
PAPER = {"document_number": "15/BC-UBND", "document_on": SHOWN}
WHY = "Văn thư gõ nhầm năm."
ACT = 'action="/cases/{}/correct-receipt"'


@pytest.fixture
async def base(world: World) -> str:
    for name in ("intake", "routing", "casework", "escalation"):
        await world.start(name)
    await world.start("notify", smtp_url="smtp://127.0.0.1:9", mail_from="a@b.example", public_url="http://a.example")
    return await open_door(world)


async def proposed(base: str, text: str = COMPLAINT, kind: str = "complaint") -> tuple[Browser, dict[str, Any]]:
    """The desk, and a letter whose year it mistyped."""
    desk = await Browser(base).sign_in(DESK)
    case_id = (await desk.register(text, kind_ticked=kind, received_on=WRONG, far_back=True)).json()["case_id"]
    row = await desk.case(case_id, "proposed")
    assert row["due_on"] < "2025"
    return desk, row


async def form_of(page: requests.Response, case_id: str) -> dict[str, str]:
    [form] = re.findall(rf'<form method="post" {ACT.format(case_id)}.*?</form>', page.text, re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


async def corrected(person: Browser, case_id: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        row: dict[str, Any] = (await person.ask("GET", f"/api/v1/cases/{case_id}")).json()
        return row if row["received_on"] == RIGHT and row["due_on"] > RIGHT else None

    row: dict[str, Any] = await until(there)
    return row


@pytest.mark.parametrize(
    ("text", "kind"), [(COMPLAINT, "complaint"), (DENUNCIATION, "denunciation")], ids=["complaint", "denunciation"]
)
async def test_the_desk_corrects_on_the_confirm_page_whatever_the_letter_is(base: str, text: str, kind: str) -> None:
    desk, row = await proposed(base, text, kind)
    case_id, clerk = row["case_id"], await cookie_of(base, DESK)
    page = await clerk.ask("GET", f"/confirm/{case_id}")
    form = await form_of(page, case_id)
    assert form["was_on"] == WRONG
    typed = form | {"received_on": "06/01/2026", "reason": WHY} | PAPER
    future = await clerk.ask("POST", f"/cases/{case_id}/correct-receipt", data=typed)
    assert future.status_code == 409
    assert 'id="correct-receipt-received_on-error"' in future.text
    assert f">{WHY}</textarea>" in future.text
    done = await clerk.ask("POST", f"/cases/{case_id}/correct-receipt", data=typed | {"received_on": SHOWN})
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{case_id}")
    row = await corrected(desk, case_id)
    assert row["first_received_on"] == RIGHT
    assert f"Đơn nhận ngày {SHOWN}" in (await clerk.ask("GET", f"/confirm/{case_id}")).text
    assert f"nhận {SHOWN}" in (await clerk.ask("GET", "/confirm")).text


async def test_it_stands_in_the_story_and_the_adviser_acknowledges_it(base: str) -> None:
    desk, row = await proposed(base)
    body = {"was_on": WRONG, "received_on": RIGHT, "reason": WHY, "document_number": "15/BC-UBND", "document_on": RIGHT}
    path = f"/api/v1/cases/{row['case_id']}/correct-receipt"
    assert (await desk.ask("POST", path, json=body)).status_code == 200
    row = await corrected(desk, row["case_id"])
    [told] = [each["facts"] for each in row["timeline"] if each["type"] == "intake.receipt.corrected"]
    assert told == {"was_on": WRONG, "received_on": RIGHT, "document_number": "15/BC-UBND", "document_on": RIGHT}
    assert [clock["starts_on"] for clock in row["clocks"] if clock["ended_on"] is None] == [RIGHT]
    assert WHY not in str(row)
    adviser = await Browser(base).sign_in(ADVISER)

    async def alerted() -> list[dict[str, Any]]:
        alerts = (await adviser.ask("GET", "/api/v1/alerts")).json()["alerts"]
        return [each for each in alerts if each["rung"] == "receipt_corrected"]

    [alert] = await until(alerted)
    assert alert["case_id"] == row["case_id"]
    page = await (await cookie_of(base, ADVISER)).ask("GET", f"/cases/{row['case_id']}")
    assert f"Ngày nhận sửa từ 06/01/2024 thành {SHOWN}, theo văn bản số 15/BC-UBND ngày {SHOWN}" in page.text
    assert ACT.format(row["case_id"]) not in page.text
    assert (await adviser.ask("POST", f"/api/v1/alerts/{alert['alert_id']}/acknowledge")).status_code == 200


async def test_a_complaint_about_the_commune_is_its_desks_to_correct_once_it_is_no_denunciation(base: str) -> None:
    desk, above = [await Browser(base).sign_in(officer) for officer in (DESK, "thach-an-04")]
    answer = await desk.register(
        COMPLAINT, kind_ticked="complaint", received_on=WRONG, far_back=True, against=["dong-khe"]
    )
    case_id = answer.json()["case_id"]
    row = await above.case(case_id, "proposed")
    body = {"was_on": WRONG, "received_on": RIGHT, "reason": WHY, "document_number": "15/BC-UBND", "document_on": RIGHT}
    path = f"/api/v1/cases/{case_id}/correct-receipt"
    assert (await desk.ask("POST", path, json=body)).status_code == 404
    page = await (await cookie_of(base, "thach-an-04")).ask("GET", f"/confirm/{case_id}")
    assert ACT.format(case_id) in page.text
    answered = {"version": row["versions"]["routing"], "nobody_denounced": True}
    assert (await above.ask("POST", f"/api/v1/cases/{case_id}/confirm", json=answered)).status_code == 200
    await desk.case(case_id, "open")
    assert ACT.format(case_id) in (await (await cookie_of(base, DESK)).ask("GET", f"/cases/{case_id}")).text

    async def heard() -> bool:
        return (await desk.ask("POST", path, json=body)).status_code == 200

    await until(heard)
    row = await corrected(desk, case_id)
    assert [(each["rule"], each["starts_on"]) for each in row["clocks"] if not each["ended_on"]] == [("KN-12", RIGHT)]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"reason": " "}, "reason_missing", "reason"),
        ({"reason": 1}, "invalid", "reason"),
        ({"reason": "a" * 2001}, "reason_too_long", "reason"),
        ({"received_on": WRONG}, "date_unchanged", "received_on"),
        ({"received_on": "2024-12-01"}, "date_far_back", "received_on"),
        ({"was_on": RIGHT}, "version_conflict", None),
        ({"document_number": "không số"}, "invalid", "document_number"),
        ({"document_on": "2025-01-05"}, "paper_before_receipt", "document_on"),
        ({"remark": "x"}, "invalid", None),
    ],
)
async def test_the_api_says_what_is_wrong(world: World, changes: dict[str, Any], code: str, field: str | None) -> None:
    await world.start("intake")
    await world.start("routing")
    desk, row = await proposed(await open_door(world))
    body = {"was_on": WRONG, "received_on": RIGHT, "reason": WHY, "document_number": "15/BC-UBND", "document_on": RIGHT}
    answer = await desk.ask("POST", f"/api/v1/cases/{row['case_id']}/correct-receipt", json=body | changes)
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert answer.json()["message"]


async def test_a_day_long_ago_is_asked_about(base: str) -> None:
    _, row = await proposed(base)
    case_id, clerk = row["case_id"], await cookie_of(base, DESK)
    form = await form_of(await clerk.ask("GET", f"/confirm/{case_id}"), case_id)
    typed = form | {"received_on": "02/12/2024", "reason": WHY} | PAPER
    asked = await clerk.ask("POST", f"/cases/{case_id}/correct-receipt", data=typed)
    assert asked.status_code == 409
    assert 'name="far_back"' in asked.text
    done = await clerk.ask("POST", f"/cases/{case_id}/correct-receipt", data=typed | {"far_back": "yes"})
    assert done.status_code == 303


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.DENUNCIATION, Kind.FEEDBACK])
async def test_the_case_page_offers_it_to_whoever_answers_for_the_receipt(world: World, kind: Kind) -> None:
    base = await open_door(world)
    story = Story(world).registered().proposed(kind).confirmed(kind)
    await publish_all(world, [story])
    desk_sees, head_may = kind is not Kind.DENUNCIATION, kind is Kind.DENUNCIATION
    for officer, may in ((DESK, desk_sees), (HEAD, head_may), (OFFICER, False)):
        page = await (await cookie_of(base, officer)).ask("GET", f"/cases/{story.case_id}")
        assert page.status_code == (404 if officer == DESK and not desk_sees else 200)
        assert (ACT.format(story.case_id) in page.text) is may
