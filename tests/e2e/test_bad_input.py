"""Bad input gets a typed error that says what to do; nothing is lost and nothing half-done stays."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from simulation.door import Refusal
from tests.console import PIN, Person, a_letter
from tests.house import RunningHouse

LETTERS: list[tuple[str, dict[str, Any], str, str]] = [
    ("a text of 200,001 characters", {"text": "a" * 200_001}, "text_too_long", "text"),
    ("a control character", {"text": "Đơn có ký tự \x00 lạ"}, "text_has_control_characters", "text"),
    ("a bidi override", {"text": "Đơn có dấu \u202e đảo chiều"}, "text_has_direction_marks", "text"),
    ("an empty text", {"text": "   \n "}, "text_empty", "text"),
    ("a name of two lines", {"sender_name": "Nông\nBảo"}, "text_not_one_line", "sender_name"),
    ("a PIN of letters", {"pin": "abcdef"}, "pin_malformed", "pin"),
    ("a PIN anybody guesses", {"pin": "123456"}, "pin_too_simple", "pin"),
]
DESK: list[tuple[str, dict[str, Any], str, str]] = [
    ("received in the future", {"received_on": "2030-01-01"}, "date_in_future", "received_on"),
    ("received before 1900", {"received_on": "1899-12-31"}, "date_too_old", "received_on"),
    (
        "written after it was received",
        {"received_on": "2025-01-03", "letter_on": "2025-01-05"},
        "dates_contradict",
        "letter_on",
    ),
    ("an authority nobody knows", {"against": ["xa-khong-co"]}, "unknown_authority", "against"),
    ("a kind that does not exist", {"kind_ticked": "poem"}, "invalid", "kind_ticked"),
]


@pytest.fixture
async def desk(house: RunningHouse) -> Person:
    """The reception desk of Lê Lai."""
    return await house.person("le-lai-03")


async def _refused(desk: Person, letter: dict[str, Any]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await desk.register(letter)
    return caught.value


@pytest.mark.parametrize(("what", "over", "code", "field"), LETTERS, ids=[row[0] for row in LETTERS])
async def test_a_bad_letter_is_refused_with_its_field(
    desk: Person, what: str, over: dict[str, Any], code: str, field: str
) -> None:
    letter = {"text": "Tôi khiếu nại quyết định của xã.", "pin": PIN, **over}
    refusal = await _refused(desk, a_letter(letter=letter))
    assert (refusal.code, refusal.body["field"]) == (code, field)
    assert refusal.body["message"], "the person is told what to do"


@pytest.mark.parametrize(("what", "over", "code", "field"), DESK, ids=[row[0] for row in DESK])
async def test_a_bad_entry_of_the_desk_is_refused_with_its_field(
    desk: Person, what: str, over: dict[str, Any], code: str, field: str
) -> None:
    refusal = await _refused(desk, a_letter(**over))
    assert (refusal.code, refusal.body["field"]) == (code, field)


async def test_the_longest_letter_is_taken(house: RunningHouse, desk: Person) -> None:
    words = ("khiếu nại quyết định thu hồi đất, " * 6000)[:200_000]
    registered = await desk.register(a_letter(letter={"text": words, "pin": PIN}))
    await house.case(desk, registered["case_id"], stage="proposed")


async def test_the_same_key_with_another_letter_is_a_conflict_and_the_first_stays(desk: Person) -> None:
    key = uuid4()
    first = await desk.register(a_letter(), key=key)
    with pytest.raises(Refusal) as caught:
        await desk.register(a_letter(sender_name="Người khác"), key=key)
    assert caught.value.code == "idempotency_conflict"
    assert await desk.register(a_letter(), key=key) == first


async def test_the_same_key_of_another_desk_never_gets_the_first_answer(house: RunningHouse, desk: Person) -> None:
    key = uuid4()
    first = await desk.register(a_letter(), key=key)
    other = await house.person("canh-tan-03")
    assert (await other.register(a_letter(), key=key))["case_id"] != first["case_id"]


async def test_an_old_version_is_refused_and_changes_nothing(house: RunningHouse, desk: Person) -> None:
    case_id = (await desk.register(a_letter()))["case_id"]
    await house.case(desk, case_id, stage="proposed")
    with pytest.raises(Refusal) as caught:
        await desk.post(f"/api/v1/cases/{case_id}/confirm", {"version": 0})
    assert caught.value.code == "version_conflict"
    assert (await house.case(desk, case_id))["stage"] == "proposed"


async def test_a_full_disk_is_said_and_the_letter_goes_in_when_there_is_room(house: RunningHouse, desk: Person) -> None:
    """PostgreSQL answers `disk_full` (53100); the same key registers once there is room again."""
    key, admin = uuid4(), await asyncpg.connect(house.stack.database_url)
    try:
        await admin.execute(
            "create function intake.no_room() returns trigger language plpgsql as"
            " $$ begin raise exception using errcode = 'disk_full'; end $$"
        )
        await admin.execute("grant execute on function intake.no_room() to public")
        await admin.execute(
            "create trigger no_room before insert on intake.petition for each row execute function intake.no_room()"
        )
        with pytest.raises(Refusal) as caught:
            await desk.register(a_letter(), key=key)
        assert caught.value.code == "storage_full"
    finally:
        await admin.execute("drop function intake.no_room cascade")
        await admin.close()
    assert (await desk.register(a_letter(), key=key))["case_id"]
