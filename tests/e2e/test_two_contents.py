"""A letter of two contents is separated at the door: no word is lost, the open part never leads to the sealed one."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from shared.law.day import legal_day
from simulation.door import Refusal
from tests.console import PIN, Person, a_letter
from tests.house import RunningHouse
from tests.world import until

DESK, HOLDER, HEAD, ABOVE, ABOVE_HOLDER = "le-lai-03", "le-lai-04", "le-lai-01", "thach-an-04", "thach-an-05"
ROAD = "Đường vào xóm hỏng nặng, đề nghị xã sửa."
BRIBE = "Tôi tố cáo ông chủ tịch xã nhận tiền của dân."
OWN_PIN = "580316"


@dataclass(frozen=True)
class Separated:
    """The envelope, and the answers for both parts."""

    envelope: str
    open: dict[str, Any]
    sealed: dict[str, Any]


async def code_of(sending: Any) -> tuple[str | None, int]:
    with pytest.raises(Refusal) as caught:
        await sending
    assert "Hãy" in caught.value.body["message"] or caught.value.status == 404
    return caught.value.code, caught.value.status


async def mixed(house: RunningHouse, desk: Person) -> tuple[str, str]:
    """A letter that waits at the desk, and its working text."""
    today = legal_day(house.clock.now())  # nobody has been alerted about a letter of today
    letter = a_letter(text=f"{ROAD} {BRIBE}", kind_ticked="mixed", against=[], received_on=today.isoformat())
    case_id = (await desk.register(letter))["case_id"]
    await house.case(desk, case_id, stage="proposed")
    return case_id, await text_of(desk, case_id)


async def text_of(person: Person, case_id: str) -> str:
    """The working text, once intake too has heard whose the letter is."""

    async def opened() -> str | None:
        try:
            return str((await person.post(f"/api/v1/cases/{case_id}/text", {}))["text"])
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            return None

    text: str = await until(opened)
    return text


def parts(text: str, *, until_: int | None = None) -> list[dict[str, Any]]:
    """The road for the desk, the bribe for the district."""
    cut = text.index(BRIBE)
    return [
        {"stretches": [[0, cut]], "kind": "feedback"},
        {"stretches": [[cut, until_ or len(text)]], "kind": "denunciation", "against": [HEAD]},
    ]


async def separated(house: RunningHouse, desk: Person) -> Separated:
    case_id, text = await mixed(house, desk)
    done = await desk.post(f"/api/v1/cases/{case_id}/split", {"parts": parts(text), "pin": OWN_PIN})
    return Separated(case_id, *done["parts"])


async def tracked(house: RunningHouse, code: str, pin: str) -> int:
    form = {"code": code, "pin": pin}
    answer = await asyncio.to_thread(requests.post, f"{house.url}/track", data=form, timeout=30)
    return answer.status_code


async def everything(person: Person) -> str:
    """All that the lists and the alerts of a person say."""
    paths = [f"/api/v1/cases?view={view}" for view in ("mine", "unit", "confirm", "incoming", "sign", "all", "ended")]
    return str([await person.get(path) for path in (*paths, "/api/v1/alerts")])


async def test_a_forgotten_sentence_stops_the_separation(house: RunningHouse) -> None:
    desk = await house.person(DESK)
    case_id, text = await mixed(house, desk)
    before = await house.rows("select count(*) as n from intake.petition")
    forgotten = {"parts": parts(text, until_=text.index("nhận tiền")), "pin": OWN_PIN}
    with pytest.raises(Refusal) as caught:
        await desk.post(f"/api/v1/cases/{case_id}/split", forgotten)
    body = caught.value.body
    assert (body["code"], body["field"], body["position"]) == ("split_incomplete", "parts", text.index("nhận tiền"))
    assert "Hãy chọn nội dung cho từng đoạn" in body["message"]
    assert await house.rows("select count(*) as n from intake.petition") == before
    assert (await house.case(desk, case_id))["stage"] == "proposed"
    assert (await desk.post(f"/api/v1/cases/{case_id}/text", {}))["text"] == text


async def test_each_receipt_opens_its_own_part_and_the_envelope_is_shut(house: RunningHouse) -> None:
    desk, above = await house.person(DESK), await house.person(ABOVE)
    done = await separated(house, desk)
    assert done.open["receipt_code"] != done.sealed["receipt_code"]
    for part in (done.open, done.sealed):
        assert await tracked(house, part["receipt_code"], OWN_PIN) == 200
        assert await tracked(house, part["receipt_code"], PIN) == 403
    await house.case(desk, done.envelope, stage="split")
    for person in (desk, above):
        assert await code_of(person.post(f"/api/v1/cases/{done.envelope}/text", {})) == ("not_found", 404)
    await house.case(desk, done.open["case_id"], stage="proposed")
    await house.case(above, done.sealed["case_id"], stage="proposed")
    text = await text_of(desk, done.open["case_id"])
    assert (ROAD in text, "nhận tiền" in text) == (True, False)
    text = await text_of(above, done.sealed["case_id"])
    assert (ROAD in text, BRIBE in text) == (False, True)


async def test_nobody_of_the_open_part_finds_the_sealed_one(house: RunningHouse) -> None:
    desk, above = await house.person(DESK), await house.person(ABOVE)
    done = await separated(house, desk)
    open_id, sealed_id = done.open["case_id"], done.sealed["case_id"]
    await _confirm(house, desk, open_id, "feedback", "le-lai", HOLDER)
    number = await _confirm(house, above, sealed_id, "denunciation", "thach-an", ABOVE_HOLDER)
    assert [each["case_id"] for each in (await above.get(f"/api/v1/cases?number={number}"))["cases"]] == []

    holder = await house.person(ABOVE_HOLDER)
    assert [each["case_id"] for each in (await holder.get(f"/api/v1/cases?number={number}"))["cases"]] == [sealed_id]
    for officer in (DESK, HOLDER, HEAD):
        reader = await house.person(officer)
        said = await everything(reader)
        assert sealed_id not in said
        assert number not in said
        assert (await reader.get(f"/api/v1/cases?number={number}"))["cases"] == []
        assert await code_of(reader.get(f"/api/v1/cases/{sealed_id}")) == ("not_found", 404)
        assert await code_of(reader.post(f"/api/v1/cases/{sealed_id}/text", {})) == ("not_found", 404)
        linked = str(await reader.get(f"/api/v1/cases/{open_id}"))
        assert sealed_id not in linked
        assert done.envelope not in linked
    await house.quiet()
    assert set((await house.counters()).counters.values()) == {0}


async def _confirm(house: RunningHouse, person: Person, case_id: str, kind: str, authority: str, holder_id: str) -> str:
    """The number in the register."""
    version = (await house.case(person, case_id, stage="proposed"))["versions"]["routing"]
    body = {
        "version": version,
        "kind": kind,
        "competent_authority_id": authority,
        "holder_id": holder_id,
        "nobody_denounced": kind != "denunciation",
    }
    await person.post(f"/api/v1/cases/{case_id}/confirm", body)

    async def numbered() -> str | None:
        rows = await house.rows("select register_number from intake.petition where case_id = $1::uuid", case_id)
        drawn: str | None = rows[0]["register_number"]
        return drawn

    number: str = await until(numbered)
    await house.case(await house.person(holder_id), case_id, stage="open", register_number=number)
    return number
