"""Somebody who names a commune that is no more is told what to choose instead."""

from datetime import date

import pytest

from services.portal.asking.heirs import Gone, told
from services.portal.web.base.sentences import advice
from services.portal.web.base.texts import texts
from services.portal.web.desk.targets import picked
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.directory import load, parse

FIRST, LAST, CHANGE = date(2020, 1, 1), date(2025, 6, 30), date(2025, 7, 1)
OLD, NEW = {"level": "commune", "from": FIRST, "to": LAST}, {"level": "commune", "from": CHANGE}
DIVIDED = parse(
    {
        "authorities": [
            {"id": "xa-x", "name": "xã X", "successor": ["xa-a", "xa-b"], **OLD},
            {"id": "xa-y", "name": "xã Y", "successor": ["xa-a", "xa-b", "xa-c"], **OLD},
            {"id": "xa-z", "name": "xã Z", "successor": "xa-c", **OLD},
            {"id": "lost", "name": "xã Mất", **OLD},
            {"id": "xa-a", "name": "xã A", **NEW},
            {"id": "xa-b", "name": "xã B", **NEW},
            {"id": "xa-c", "name": "xã C", **NEW},
        ],
        "hamlets": [
            {"id": f"thon-{n}", "authority": place, "name": f"thôn {n}", "from": first, **last}
            for n, now in ((1, "xa-a"), (2, "xa-a"), (3, "xa-b"))
            for place, first, last in (("xa-x", FIRST, {"to": LAST}), (now, CHANGE, {}))
        ],
    }
)
GENERAL = texts("vi").label("error", "abolished_authority")


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("xa-x", "UBND xã X đã chia: chọn UBND xã A (thôn 1, thôn 2) hoặc UBND xã B (thôn 3)."),
        ("xa-y", "UBND xã Y đã chia: chọn UBND xã A, UBND xã B hoặc UBND xã C."),
        ("xa-z", "UBND xã Z không còn: chọn UBND xã C."),
        ("lost", GENERAL),
    ],
)
def test_the_heirs_are_named_by_hamlet_where_it_is_known(target: str, sentence: str) -> None:
    assert advice(DIVIDED, texts("vi"), Gone(target, CHANGE, "against")) == sentence


def test_in_english_too() -> None:
    sentence = advice(DIVIDED, texts("en"), Gone("xa-y", CHANGE, "against"))
    assert sentence == "UBND xã Y was divided: choose UBND xã A, UBND xã B or UBND xã C."


@pytest.mark.parametrize(
    ("typed", "target"), [("UBND xã X", "xa-x"), ("xa x", "xa-x"), ("xa-z", "xa-z"), ("xã mất", "lost")]
)
def test_who_names_what_is_no_more_is_not_told_that_it_never_was(typed: str, target: str) -> None:
    with pytest.raises(Gone) as refused:
        picked(DIVIDED, CHANGE, [typed])
    assert (refused.value.target, refused.value.error.code, refused.value.error.field) == (
        target,
        ErrorCode.ABOLISHED_AUTHORITY,
        "against",
    )
    assert target not in str(refused.value).split()


def test_what_stands_is_found_first_and_the_rest_is_unknown() -> None:
    assert picked(DIVIDED, CHANGE, ["xã A", "xa-c"]) == ("xa-a", "xa-c")
    assert picked(DIVIDED, LAST, ["xã X"]) == ("xa-x",)
    for typed in ("xã Không", "xã"):
        with pytest.raises(Denied) as refused:
            picked(DIVIDED, CHANGE, [typed])
        assert refused.value.error.code is ErrorCode.UNKNOWN_OFFICER


def test_a_refusal_of_intake_is_told_with_the_one_it_is_about() -> None:
    refusal = Denied(ErrorCode.ABOLISHED_AUTHORITY, field="against")
    reason = told(DIVIDED, refusal, ["somebody", "xa-a", "xa-x"], CHANGE)
    assert isinstance(reason, Gone)
    assert (reason.target, reason.on, reason.error) == ("xa-x", CHANGE, refusal.error)
    other = Denied(ErrorCode.INVALID, field="against")
    assert told(DIVIDED, other, ["xa-x"], CHANGE) is other
    assert told(DIVIDED, refusal, ["xa-a"], CHANGE) is refusal


def test_every_commune_that_ended_in_tien_yen_has_somebody_to_choose() -> None:
    directory = load("tien_yen_two_tier")
    for each in directory.abolished(CHANGE):
        assert advice(directory, texts("vi"), Gone(each.id, CHANGE, "against")) != GENERAL
