"""What a sender entrusts to the vault leaves no trace in the clear: no table, stream, log, mail or other file."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from simulation.door import Refusal
from tests.console import a_letter
from tests.e2e.canary import traces
from tests.house import RunningHouse

WORDS = {
    "sender_name": "Chim Hoàng Yến Bảo Mật",
    "sender_id_number": "004199871234",
    "sender_address": "Bản Chim Yến Ẩn Danh",
    "phone": "0987612345",
    "email": "chim.hoang.yen@bi-mat.example",
}
TEXT = "Tố cáo việc canhbao-hoangyen-7731 khai khống tiền hỗ trợ chuồng trại"
PIN = "907316"


async def test_protected_words_stand_nowhere_in_the_clear(house: RunningHouse) -> None:
    desk = await house.person("le-lai-03")
    registered = await desk.register(
        a_letter(
            kind_ticked="feedback",
            against=["le-lai"],
            letter={**WORDS, "text": f"{TEXT}. Tôi là {WORDS['sender_name']}.", "pin": PIN},
        )
    )
    case_id = registered["case_id"]
    superior = await house.person("thach-an-04")
    proposed = await house.case(superior, case_id, stage="proposed")
    opened = await superior.post(f"/api/v1/cases/{case_id}/text", {})
    assert "canhbao-hoangyen-7731" in opened["text"]
    assert WORDS["sender_name"] not in opened["text"]
    await _bad_requests(desk)
    body = {
        "version": proposed["versions"]["routing"],
        "kind": "denunciation",
        "competent_authority_id": "thach-an",
        "holder_id": "thach-an-05",
    }
    await superior.post(f"/api/v1/cases/{case_id}/confirm", body)
    await house.clock.move(max(house.clock.now(), datetime(2025, 1, 20, 3, 0, tzinfo=UTC)))
    await house.quiet()

    protected = [
        *WORDS.values(),
        "canhbao-hoangyen-7731",
        registered["receipt_code"],
        registered["receipt_code"].replace("-", ""),
    ]
    assert await traces(house, protected) == []


async def test_the_search_finds_planted_words(house: RunningHouse) -> None:
    """A search that cannot find proves nothing: the same words, planted in a table and in a file, are found."""
    word = "chim-moi-cai-san-4402"
    planted = house.stack.data.logs / "planted.log"
    await asyncio.to_thread(planted.write_text, f"x {word} y", "utf-8")
    admin = await asyncpg.connect(house.stack.database_url)
    try:
        await admin.execute("create table house.planted (remark text)")
        await admin.execute("insert into house.planted values ($1)", word.upper())
        places = {trace.place for trace in await traces(house, [word])}
        assert "table house.planted" in places
        assert any(place.startswith("file logs/") for place in places)
    finally:
        await admin.execute("drop table house.planted")
        await admin.close()
        await asyncio.to_thread(planted.unlink)


async def _bad_requests(desk) -> None:  # type: ignore[no-untyped-def]
    """Refusals must not tell either."""
    too_long = a_letter(letter={**WORDS, "text": TEXT * 4000, "pin": PIN})
    control = a_letter(letter={**WORDS, "text": TEXT + "\x07", "pin": PIN})
    unknown = a_letter(against=["khong-co-that"], letter={**WORDS, "text": TEXT, "pin": PIN})
    for letter, code in (
        (too_long, "text_too_long"),
        (control, "text_has_control_characters"),
        (unknown, "unknown_authority"),
    ):
        with pytest.raises(Refusal) as refusal:
            await desk.register(letter)
        assert refusal.value.code == code
        assert "canhbao" not in str(refusal.value.body)
