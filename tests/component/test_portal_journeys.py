"""Whole lives of letters through the JSON API, every service real."""

from typing import Any
from uuid import uuid4

import pytest

from tests.builders.door import COMPLAINT, PIN, Browser
from tests.component.portal_stories import DESK, HEAD, OFFICER, open_door
from tests.world import World, until

FEEDBACK = "Tôi kiến nghị xã sửa đoạn đường thôn bị sạt lở, đi lại rất khó khăn, đề nghị Ủy ban nhân dân xem xét."
DAY = "2025-01-06"


@pytest.fixture
async def door(world: World) -> Browser:
    for name in ("intake", "routing", "casework", "escalation"):
        await world.start(name)
    return Browser(await open_door(world))


async def act(person: Browser, row: dict[str, Any], name: str, service: str = "casework", **fields: Any) -> None:
    body = {"version": row["versions"].get(service, 0)} | fields
    answer = await person.ask("POST", f"/api/v1/cases/{row['case_id']}/{name}", json=body)
    assert answer.status_code == 200, f"{name}: {answer.text}"


async def opened(door: Browser, text: str, kind: str) -> tuple[Browser, Browser, dict[str, Any]]:
    """The holder, the head and the case they have just been given."""
    desk = await door.sign_in(DESK)
    case_id = (await desk.register(text, kind_ticked=kind)).json()["case_id"]
    row = await desk.case(case_id, "proposed")
    await act(
        desk, row, "confirm", "routing", kind=kind, competent_authority_id="dong-khe", holder_id=OFFICER,
        nobody_denounced=True,
    )  # fmt: skip
    holder = await door.sign_in(OFFICER)
    await act(holder, await holder.case(case_id, "open"), "take-over", nothing_bars_me=True)
    return holder, await door.sign_in(HEAD), await holder.case(case_id, "taken")


async def told_and_closed(holder: Browser, row: dict[str, Any], number: str) -> dict[str, Any]:
    """Prove every notice that is owed, then close."""
    owed = row["owed"]
    for place, notice in enumerate(owed):
        row = await settled(holder, row, owed=owed[place:])
        proof = {"document_number": number, "sent_on": DAY, "proof": "signed_for"}
        await act(holder, row, "notice", notice=notice, **proof)
    row = await settled(holder, row, owed=[])
    await act(holder, row, "close", closed_on=DAY)
    return await holder.case(row["case_id"], "closed")


async def settled(person: Browser, row: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    """The case as casework has it now."""

    async def there() -> dict[str, Any] | None:
        found: dict[str, Any] = (await person.ask("GET", f"/api/v1/cases/{row['case_id']}")).json()
        return found if all(found[name] == value for name, value in wanted.items()) else None

    result: dict[str, Any] = await until(there)
    return result


async def test_a_complaint_is_accepted_decided_told_and_closed(door: Browser) -> None:
    holder, head, row = await opened(door, COMPLAINT, "complaint")
    await act(head, row, "accept", document_number="15/TB-UBND", accepted_on=DAY)
    accepted = await holder.case(row["case_id"], "accepted")
    assert accepted["owed"] == ["acceptance"]
    await act(
        holder, accepted, "notice", notice="acceptance", document_number="15/TB-UBND", sent_on=DAY, proof="posted"
    )
    accepted = await settled(holder, row, owed=[])
    await act(head, accepted, "decide", document_number="20/QĐ-UBND", decided_on=DAY, outcome="partly_upheld")
    decided = await holder.case(row["case_id"], "decided")
    early = {"version": decided["versions"]["casework"], "closed_on": DAY}
    refused = await holder.ask("POST", f"/api/v1/cases/{row['case_id']}/close", json=early)
    assert refused.json()["code"] == "notice_owed"
    closed = await told_and_closed(holder, decided, "20/QĐ-UBND")
    assert (closed["outcome"], closed["closed_on"]) == ("partly_upheld", DAY)
    assert closed["documents"] == {"acceptance": "15/TB-UBND", "decision": "20/QĐ-UBND"}
    listed = (await holder.ask("GET", "/api/v1/cases?view=ended")).json()["cases"]
    assert [each["case_id"] for each in listed] == [row["case_id"]]
    assert (await holder.ask("GET", "/api/v1/cases?view=mine")).json()["cases"] == []


async def test_a_complaint_that_is_complicated_is_withdrawn_by_its_sender(door: Browser) -> None:
    holder, head, row = await opened(door, COMPLAINT, "complaint")
    await act(head, row, "accept", document_number="15/TB-UBND", accepted_on=DAY)
    accepted = await holder.case(row["case_id"], "accepted")
    paper = {"document_number": "16/QĐ-UBND", "acted_on": DAY}
    version = accepted["versions"]["casework"]
    body = {"version": version, "ground": "obstacle", **paper}
    refused = await head.ask("POST", f"/api/v1/cases/{row['case_id']}/suspend", json=body)
    assert (refused.json()["code"], refused.json()["rule"]) == ("law_refuses", "KN-38")
    assert "KN-38" in refused.json()["message"]
    await act(head, accepted, "complicate", criteria=["several_places"], **paper)
    longer = await settled(holder, row, marks=["complicated"])
    terms = {clock["duty"]: clock for clock in await clocks(holder, row, moved=True)}
    assert (terms["resolve"]["moved_reason"], terms["resolve"]["moved_by"]) == ("complicated", "16/QĐ-UBND")
    assert terms["resolve"]["amount"] == 60
    paper = {"document_number": "17/QĐ-UBND", "acted_on": DAY}
    await act(head, longer, "terminate", ground="withdrawn", withdrawn_by="sender", **paper)
    ended = await settled(holder, row, outcome="terminated")
    assert (ended["stage"], ended["ground"], ended["owed"]) == ("decided", "withdrawn", ["acceptance", "decision"])
    await told_and_closed(holder, ended, "17/QĐ-UBND")


async def clocks(person: Browser, row: dict[str, Any], *, moved: bool) -> list[dict[str, Any]]:
    """The case's clocks, once one has moved."""

    async def there() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await person.ask("GET", f"/api/v1/cases/{row['case_id']}")).json()["clocks"]
        return found if any(clock["moved_reason"] for clock in found) is moved else []

    result: list[dict[str, Any]] = await until(there)
    return result


async def test_a_complaint_is_refused_with_a_ground_told_and_closed(door: Browser) -> None:
    holder, head, row = await opened(door, COMPLAINT, "complaint")
    await act(head, row, "refuse", document_number="16/TB-UBND", refused_on=DAY, ground="not_signed")
    refused = await holder.case(row["case_id"], "refused")
    assert (refused["ground"], refused["owed"]) == ("not_signed", ["refusal"])
    await told_and_closed(holder, refused, "16/TB-UBND")


async def test_feedback_is_answered_by_another_officer_and_closed(door: Browser) -> None:
    _, head, row = await opened(door, FEEDBACK, "feedback")
    await act(head, row, "reassign", holder_id="dong-khe-05")
    other = await door.sign_in("dong-khe-05")
    await act(other, await other.case(row["case_id"], "open"), "take-over", nothing_bars_me=True)
    row = await other.case(row["case_id"], "taken")
    await act(head, row, "decide", document_number="30/TL-UBND", decided_on=DAY, outcome="answered")
    await told_and_closed(other, await other.case(row["case_id"], "decided"), "30/TL-UBND")


async def test_a_letter_travels_to_another_commune_and_back_to_the_common_superior(door: Browser) -> None:
    desk, there = await door.sign_in(DESK), await door.sign_in("canh-tan-03")
    rows = []
    for number in (7, 8):
        case_id = (await desk.register(f"{FEEDBACK} ({number})", kind_ticked="feedback")).json()["case_id"]
        row = await desk.case(case_id, "proposed")
        paper = {
            "document_number": f"{number}/PC-UBND",
            "dispatched_on": DAY,
            "proof": "posted",
            "nobody_denounced": True,
        }
        await act(desk, row, "transfer", "routing", kind="feedback", to_authority_id="canh-tan", **paper)
        rows.append(await there.case(case_id, "transferred"))
    assert len((await there.ask("GET", "/api/v1/cases?view=incoming")).json()["cases"]) == 2
    await act(there, rows[0], "receive", "routing", received_on=DAY)
    await act(there, rows[1], "return", "routing", reason="not_competent")
    received = await there.case(rows[0]["case_id"], "proposed")
    assert (received["person_id"], received["receiving_authority_id"]) == ("canh-tan-03", "canh-tan")
    assert received["first_received_on"] == DAY
    superior = await door.sign_in("thach-an-04")
    assert (await superior.case(rows[1]["case_id"], "proposed"))["authority_id"] == "thach-an"


@pytest.mark.parametrize(
    ("name", "fields", "stage"),
    [
        ("guide", {"kind": "complaint", "document_number": "8/HD-UBND", "guided_on": DAY, "proof": "posted"}, "guided"),
        ("file", {"ground": "unreadable"}, "filed"),
        (
            "transfer",
            {"kind": "feedback", "to_body": "court", "document_number": "9/PC-UBND", "dispatched_on": DAY,
             "proof": "posted"},
            "dispatched",
        ),
    ],
)  # fmt: skip
async def test_a_letter_ends_at_the_desk(door: Browser, name: str, fields: dict[str, str], stage: str) -> None:
    desk = await door.sign_in(DESK)
    case_id = (await desk.register(COMPLAINT)).json()["case_id"]
    await act(desk, await desk.case(case_id, "proposed"), name, "routing", **fields)
    assert (await desk.case(case_id, stage))["closed_on"] == DAY


async def test_a_box_slips_and_a_split_through_the_api(door: Browser) -> None:
    desk, registry = await door.sign_in(DESK), await door.sign_in("thach-an-04")
    minutes = {"opened_on": DAY, "letters": 1, "minutes_number": "03/BB-UBND", "second_person_id": OFFICER}
    key = {"Idempotency-Key": str(uuid4())}
    box = (await desk.ask("POST", "/api/v1/boxes", json=minutes, headers=key)).json()["box_id"]
    text = "Tôi khiếu nại quyết định thu hồi đất. Tôi tố cáo cán bộ địa chính nhận hối lộ."
    letter = await desk.register(text, channel="box", box_id=box)
    assert letter.status_code == 201, letter.text
    second = await desk.register(text, channel="box", box_id=box)
    assert second.json()["code"] == "box_count_differs"
    case_id = letter.json()["case_id"]
    await desk.case(case_id, "proposed")
    half = text.index("Tôi tố")
    parts = [
        {"stretches": [[0, half]], "kind": "complaint"},
        {"stretches": [[half, len(text)]], "kind": "denunciation"},
    ]
    done = await desk.ask(
        "POST",
        f"/api/v1/cases/{case_id}/split",
        json={"parts": parts, "pin": PIN},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert done.status_code == 201, done.text
    assert len({part["receipt_code"] for part in done.json()["parts"]}) == 2
    await desk.case(case_id, "split")
    issued = await registry.ask("POST", "/api/v1/slips", json={"count": 3}, headers={"Idempotency-Key": str(uuid4())})
    [slip, *_] = issued.json()["slips"]
    assert (await registry.register(COMPLAINT, slip=slip)).status_code == 201
    assert (await registry.register(COMPLAINT, slip=slip)).json()["code"] == "slip_used"
    assert (await registry.register(COMPLAINT, slip="0")).json()["code"] == "code_malformed"
