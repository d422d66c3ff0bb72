"""What a district's desks get wrong: dates, boxes, slips, forwarded letters, channels, papers given twice."""

from collections.abc import Awaitable
from typing import Any

import pytest

from simulation.door import Refusal
from tests.console import Person, a_letter
from tests.house import RunningHouse

MONDAY, SUNDAY, EVE = "2025-01-06", "2025-01-05", "2025-01-03"
ROAD = "Đường vào xóm hỏng nặng, đề nghị xã sửa."
BRIBE = "Tôi tố cáo cán bộ xã nhận hối lộ khi làm giấy tờ đất."
FRONT = {"channel": "forwarded", "forwarded_by": "front"}
DATES: list[tuple[str, dict[str, Any], str]] = [
    ("post", {"channel": "post", "received_on": SUNDAY, "postmark_on": MONDAY}, "postmark_on"),
    ("post", {"channel": "post", "received_on": MONDAY, "postmark_on": EVE, "letter_on": SUNDAY}, "letter_on"),
    ("post", {"channel": "post", "received_on": EVE, "letter_on": SUNDAY}, "letter_on"),
    ("forwarded", {**FRONT, "forwarding_number": "71/MTTQ", "received_on": EVE, "postmark_on": MONDAY}, "postmark_on"),
    ("forwarded", {**FRONT, "forwarding_number": "72/MTTQ", "received_on": EVE, "letter_on": MONDAY}, "letter_on"),
    *[
        (channel, {"channel": channel, "received_on": EVE, "letter_on": SUNDAY}, "letter_on")
        for channel in ("counter", "hotline", "hamlet", "reception", "web")
    ],
]


@pytest.fixture
async def desk(house: RunningHouse) -> Person:
    """The reception desk of Lê Lai."""
    return await house.person("le-lai-03")


@pytest.fixture
async def above(house: RunningHouse) -> Person:
    """The reception desk of the district."""
    return await house.person("thach-an-04")


async def refused(sending: Awaitable[Any]) -> tuple[str | None, str | None]:
    """Code and field; the person is told in Vietnamese what to do."""
    with pytest.raises(Refusal) as caught:
        await sending
    message = caught.value.body["message"]
    assert "Hãy" in message, message
    return caught.value.code, caught.value.body["field"]


async def kept(house: RunningHouse) -> list[int]:
    """How many petitions, capsules, receipts and events of intake there are."""
    counts = ("petition", "capsule", "receipt", "outbox where subject not like '%.command.refused'")
    query = " union all ".join(
        f"(select {place} as place, count(*) as n from intake.{name})" for place, name in enumerate(counts)
    )
    return [row["n"] for row in await house.rows(f"{query} order by place")]


async def box(desk: Person, letters: int, number: str, **changes: Any) -> str:
    minutes = {"opened_on": MONDAY, "letters": letters, "minutes_number": number, "second_person_id": "le-lai-02"}
    found: str = (await desk.post("/api/v1/boxes", minutes | changes))["box_id"]
    return found


def from_box(box_id: str, **changes: Any) -> dict[str, Any]:
    return a_letter(channel="box", box_id=box_id, **changes)


async def proposed(house: RunningHouse, desk: Person, **letter: Any) -> tuple[str, int]:
    """A registered letter and the version of its proposal."""
    case_id = (await desk.register(a_letter(**letter)))["case_id"]
    case = await house.case(desk, case_id, stage="proposed")
    return case_id, case["versions"]["routing"]


@pytest.mark.parametrize(("channel", "over", "field"), DATES, ids=[f"{row[0]}-{row[2]}" for row in DATES])
async def test_dates_that_contradict_each_other_are_refused_by_every_channel(
    house: RunningHouse, desk: Person, channel: str, over: dict[str, Any], field: str
) -> None:
    before = await kept(house)
    assert await refused(desk.register(a_letter(**over))) == ("dates_contradict", field)
    assert await kept(house) == before


async def test_a_paper_is_not_older_than_the_letter(house: RunningHouse, desk: Person) -> None:
    case_id, version = await proposed(house, desk)
    early = {"version": version, "kind": "complaint", "document_number": "501/HD-UBND", "proof": "posted"}
    act = desk.post(f"/api/v1/cases/{case_id}/guide", early | {"guided_on": EVE})
    assert await refused(act) == ("dates_contradict", "guided_on")


async def test_a_box_gives_no_more_letters_than_its_minutes_say(house: RunningHouse, desk: Person) -> None:
    short = (await house.counters()).gauges["boxes_short"]
    box_id = await box(desk, 2, "81/BB-UBND")
    wrong_day = from_box(box_id, received_on=EVE)
    assert await refused(desk.register(wrong_day)) == ("dates_contradict", "received_on")
    assert await refused(desk.register(a_letter(channel="box"))) == ("invalid", "box_id")
    await desk.register(from_box(box_id))
    assert (await house.counters()).gauges["boxes_short"] == short + 1
    await desk.register(from_box(box_id))
    assert (await house.counters()).gauges["boxes_short"] == short
    before = await kept(house)
    assert await refused(desk.register(from_box(box_id))) == ("box_count_differs", "box_id")
    assert await kept(house) == before
    assert set((await house.counters()).counters.values()) == {0}


async def test_minutes_need_two_people_of_the_place_and_a_number_of_their_own(desk: Person) -> None:
    await box(desk, 0, "82/BB-UBND")
    assert await refused(box(desk, 1, "82/BB-UBND")) == ("document_number_taken", "minutes_number")
    alone = box(desk, 1, "83/BB-UBND", second_person_id="le-lai-03")
    assert await refused(alone) == ("invalid", "second_person_id")
    stranger = box(desk, 1, "83/BB-UBND", second_person_id="dong-khe-02")
    assert await refused(stranger) == ("unknown_officer", "second_person_id")


async def test_a_covering_paper_without_a_number_is_refused(house: RunningHouse, desk: Person) -> None:
    before = await kept(house)
    assert await refused(desk.register(a_letter(**FRONT))) == ("invalid", "forwarding_number")
    assert await refused(desk.register(a_letter(**FRONT, forwarding_number="CV"))) == ("invalid", "forwarding_number")
    assert await kept(house) == before
    assert (await desk.register(a_letter(**FRONT, forwarding_number="211-CV/ĐU")))["case_id"]


@pytest.mark.parametrize("channel", ["web", "hotline"])
async def test_what_comes_without_a_signature_on_paper_is_information_and_no_denunciation(
    house: RunningHouse, desk: Person, channel: str
) -> None:
    case_id, version = await proposed(
        house, desk, channel=channel, text=BRIBE, kind_ticked="denunciation", against=["le-lai-05"]
    )
    said = {"version": version, "competent_authority_id": "le-lai", "holder_id": "le-lai-04"}
    path = f"/api/v1/cases/{case_id}/confirm"
    assert await refused(desk.post(path, said | {"kind": "denunciation"})) == ("channel_cannot", "kind")
    assert (await house.case(desk, case_id))["stage"] == "proposed"
    assert (await desk.post(path, said | {"kind": "information"}))["version"] == version + 1


async def test_a_letter_is_transferred_once(house: RunningHouse, desk: Person) -> None:
    case_id, version = await proposed(house, desk, text=ROAD, kind_ticked="feedback", against=[])
    act = {
        "kind": "feedback",
        "to_authority_id": "dong-khe",
        "document_number": "511/PC-UBND",
        "dispatched_on": MONDAY,
        "proof": "posted",
        "nobody_denounced": True,
    }
    path = f"/api/v1/cases/{case_id}/transfer"
    early = act | {"version": version, "dispatched_on": EVE}
    assert await refused(desk.post(path, early)) == ("dates_contradict", "dispatched_on")
    done = await desk.post(path, act | {"version": version})
    await house.case(desk, case_id, stage="transferred")
    again = act | {"version": done["version"], "document_number": "512/PC-UBND"}
    assert await refused(desk.post(path, again)) == ("only_once", None)


async def test_a_denunciation_by_letter_is_never_guided(house: RunningHouse, desk: Person) -> None:
    case_id, version = await proposed(
        house, desk, channel="post", text=BRIBE, kind_ticked="denunciation", against=["le-lai-05"]
    )
    act = {"kind": "denunciation", "document_number": "521/HD-UBND", "guided_on": MONDAY, "proof": "posted"}
    guiding = desk.post(f"/api/v1/cases/{case_id}/guide", act | {"version": version})
    assert await refused(guiding) == ("law_refuses", "kind")


async def test_a_document_number_stands_on_one_paper_of_an_authority(house: RunningHouse, desk: Person) -> None:
    letters = [await proposed(house, desk) for _ in range(2)]
    act = {"kind": "complaint", "document_number": "531/HD-UBND", "guided_on": MONDAY, "proof": "posted"}
    (first, version), (second, other) = letters
    await desk.post(f"/api/v1/cases/{first}/guide", act | {"version": version})
    again = desk.post(f"/api/v1/cases/{second}/guide", act | {"version": other})
    assert (await refused(again))[0] == "document_number_taken"
    assert (await house.case(desk, second))["stage"] == "proposed"


async def test_a_slip_is_known_where_it_was_issued_and_used_once(
    house: RunningHouse, desk: Person, above: Person
) -> None:
    first, second = (await above.post("/api/v1/slips", {"count": 2}))["slips"]
    await above.register(a_letter(slip=first))
    before = await kept(house)
    assert await refused(above.register(a_letter(slip=first))) == ("slip_used", "slip")
    assert await refused(desk.register(a_letter(slip=second))) == ("slip_unknown", "slip")
    mistyped = second[:-1] + ("0" if second[-1] != "0" else "1")
    assert await refused(above.register(a_letter(slip=mistyped))) == ("code_check_failed", "slip")
    assert await kept(house) == before
    assert (await above.register(a_letter(slip=second)))["case_id"]
