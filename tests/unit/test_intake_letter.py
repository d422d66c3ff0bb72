"""What may be registered, and how a mixed letter may be cut."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.intake.domain.letter import check_registration, is_named
from services.intake.domain.people import check_opening, may_issue_slips, may_register
from services.intake.domain.separation import check_separation, cut
from shared.contracts.base import Sealed
from shared.contracts.denial import Denied
from shared.contracts.intake import Letter, OpenBox, Register
from shared.contracts.vocabulary import Body, Channel
from tests.escalation_events import MONDAY
from tests.routing_letters import COMMUNE, DESK, DISTRICT, DISTRICT_DESK, HOLDER, PROVINCE, PROVINCE_DESK, THACH_AN

LETTER = Letter(text="Đèn đường hỏng.", pin="274913")
FORWARDED = {"channel_of_arrival": Channel.FORWARDED, "forwarded_by": Body.FRONT}
COVERED = LETTER.model_copy(update={"forwarding_number": "12/MTTQ"})


def registering(**changes: Any) -> Register:
    values = {
        "channel_of_arrival": Channel.COUNTER,
        "authority_id": COMMUNE,
        "received_on": MONDAY,
        "signed": True,
        "letter": Sealed("x"),
    }
    return Register(**(values | changes))


def refusal(check: Callable[..., Any], *arguments: Any) -> tuple[str, str | None]:
    with pytest.raises(Denied) as caught:
        check(*arguments)
    return caught.value.code, caught.value.error.field


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"letter_on": date(2025, 1, 2), "postmark_on": date(2025, 1, 3)},
        {"signed": False},
        {"received_on": date(2024, 10, 1), "far_back": True},
        {"received_on": date(2024, 12, 7)},
        *({"channel_of_arrival": channel} for channel in Channel if channel not in (Channel.BOX, Channel.FORWARDED)),
        {"channel_of_arrival": Channel.BOX, "box_id": uuid4()},
        FORWARDED,
    ],
)
def test_every_channel_and_unsigned_and_late_letters_are_registered(changes: dict[str, Any]) -> None:
    letter = COVERED if "forwarded_by" in changes else LETTER
    assert check_registration(THACH_AN, registering(**changes), letter, MONDAY).letter == letter


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"received_on": date(2025, 1, 7)}, "date_in_future", "received_on"),
        ({"received_on": date(2024, 12, 6)}, "date_far_back", "received_on"),
        ({"received_on": date(1899, 1, 7)}, "date_too_old", "received_on"),
        ({"letter_on": date(2025, 1, 7)}, "date_in_future", "letter_on"),
        ({"received_on": date(2025, 1, 2), "letter_on": date(2025, 1, 3)}, "dates_contradict", "letter_on"),
        ({"received_on": date(2025, 1, 2), "postmark_on": date(2025, 1, 3)}, "dates_contradict", "postmark_on"),
        ({"letter_on": date(2025, 1, 4), "postmark_on": date(2025, 1, 3)}, "dates_contradict", "letter_on"),
        ({"against": ["nobody"]}, "unknown_authority", "against"),
        ({"channel_of_arrival": Channel.BOX}, "invalid", "box_id"),
        ({"box_id": uuid4()}, "invalid", "box_id"),
        (FORWARDED, "invalid", "forwarding_number"),
        ({"forwarding_on": MONDAY}, "invalid", "forwarding_on"),
        ({**FORWARDED, "forwarded_by": None}, "invalid", "forwarded_by"),
        ({**FORWARDED, "channel_of_arrival": Channel.POST}, "invalid", "forwarded_by"),
    ],
)
def test_what_contradicts_itself_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    assert refusal(check_registration, THACH_AN, registering(**changes), LETTER, MONDAY) == (code, field)


@pytest.mark.parametrize(
    ("letter", "code", "field"),
    [
        ({"text": "  "}, "text_empty", "text"),
        ({"pin": "123456"}, "pin_too_simple", "pin"),
        ({"sender_name": "A\nB"}, "text_not_one_line", "sender_name"),
    ],
)
def test_a_text_name_or_pin_that_cannot_be(letter: dict[str, str], code: str, field: str) -> None:
    content = LETTER.model_copy(update=letter)
    assert refusal(check_registration, THACH_AN, registering(), content, MONDAY) == (code, field)


@pytest.mark.parametrize(
    ("officer", "authority", "code"),
    [(HOLDER, COMMUNE, "not_allowed"), (DESK, DISTRICT, "not_allowed"), (DESK, "nowhere", "unknown_authority")],
)
def test_only_the_desk_of_the_authority_registers(officer: str, authority: str, code: str) -> None:
    assert refusal(may_register, THACH_AN, officer, authority, MONDAY)[0] == code


def test_only_a_superiors_registry_issues_slips() -> None:
    may_issue_slips(THACH_AN, DISTRICT_DESK, DISTRICT, MONDAY)
    may_issue_slips(THACH_AN, PROVINCE_DESK, PROVINCE, MONDAY)
    assert refusal(may_issue_slips, THACH_AN, DESK, COMMUNE, MONDAY)[0] == "not_allowed"
    assert refusal(may_issue_slips, THACH_AN, DESK, DISTRICT, MONDAY)[0] == "not_allowed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"second_person_id": DESK}, "invalid"),
        ({"second_person_id": DISTRICT_DESK}, "unknown_officer"),
        ({"second_person_id": "nobody"}, "unknown_officer"),
        ({"opened_on": date(2025, 1, 7)}, "date_in_future"),
    ],
)
def test_a_box_is_opened_by_two_of_the_authority(changes: dict[str, Any], code: str) -> None:
    values = {
        "authority_id": COMMUNE,
        "opened_on": MONDAY,
        "letters": 2,
        "minutes_number": "3/BB-UBND",
        "second_person_id": HOLDER,
    }
    check_opening(THACH_AN, OpenBox(**values), DESK, MONDAY)
    assert refusal(check_opening, THACH_AN, OpenBox(**(values | changes)), DESK, MONDAY)[0] == code


@pytest.mark.parametrize(
    ("parts", "code", "position"),
    [
        ([[(0, 4)], [(5, 8)]], None, None),
        ([[(0, 6)], [(3, 8)]], None, None),
        ([[(0, 2), (5, 8)], [(2, 4)]], None, None),
        ([[(0, 4)], [(5, 7)]], "split_incomplete", 7),
        ([[(0, 4)], [(5, 9)]], "invalid", None),
        ([[(0, 8)], [(3, 3)]], "invalid", None),
        ([[(-1, 8)], [(3, 5)]], "invalid", None),
        ([[(0, 8)], [(4, 5)]], "invalid", None),
    ],
)
def test_how_a_letter_may_be_cut(parts: list[list[tuple[int, int]]], code: str | None, position: int | None) -> None:
    if code is None:
        check_separation("abcd efg", parts)
        return
    with pytest.raises(Denied) as caught:
        check_separation("abcd efg", parts)
    assert (caught.value.code, caught.value.error.position) == (code, position)


def test_a_part_has_its_stretches_in_the_order_of_the_text() -> None:
    assert cut("abcd efg", [(5, 8), (0, 2), (1, 3)]) == "abc\nefg"


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("Nông Văn Bảo", True), ("Hòa", True), ("Ông Ba", True), ("\u200b", False), (".", False),
        ("", False), ("---", False),
        ("không rõ", False), ("Không  Rõ", False), ("Nặc danh", False), ("NẶC DANH", False), ("nac danh", False),
        ("Ẩn danh", False), ("x", False), ("(không ghi tên)", False),
    ],
)  # fmt: skip
def test_what_names_nobody_is_no_name(name: str, named: bool) -> None:
    assert is_named(name) is named


@pytest.mark.parametrize(
    ("number", "taken"),
    [
        ("123-CV/HU", True), ("211-CV/ĐU", True), ("2503/VPCP-V.I", True), ("345/CSĐT(KT)", True), ("12a–CV/TU", True),
        ("", False), ("CV/HU", False), ("1" * 61, False),
    ],
)  # fmt: skip
def test_the_number_of_a_covering_paper_is_taken_as_it_is_written(number: str, taken: bool) -> None:
    letter = LETTER.model_copy(update={"forwarding_number": number})
    if taken:
        kept = check_registration(THACH_AN, registering(**FORWARDED), letter, MONDAY).letter
        assert kept.forwarding_number == number
    else:
        found = refusal(check_registration, THACH_AN, registering(**FORWARDED), letter, MONDAY)
        assert found == ("invalid", "forwarding_number")
