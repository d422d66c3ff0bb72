"""Who is away in Thạch An in the first quarter of 2025, and who is about to leave."""

from datetime import date
from typing import Any

import pytest

from shared.directory import Recipient, Role, UnknownOfficer, Via, load, parse

DIRECTORY = load("thach_an")
FIRST, LAST, NEXT = date(2020, 1, 1), date(2025, 6, 30), date(2025, 7, 1)
AT_DESK = frozenset({"le-lai-01", "le-lai-03", "le-lai-04", "canh-tan-03", "thach-an-04", "thach-an-05"})


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 2, 7), ("quang-trong-01", "quang-trong", Via.POST)),
        (date(2025, 2, 10), ("quang-trong-02", "quang-trong", Via.ACTING)),
        (date(2025, 2, 21), ("quang-trong-02", "quang-trong", Via.ACTING)),
        (date(2025, 2, 24), ("quang-trong-01", "quang-trong", Via.POST)),
    ],
)
def test_for_ten_working_days_the_deputy_of_quang_trong_acts_for_the_head(
    on: date, expected: tuple[str, str, Via]
) -> None:
    assert DIRECTORY.resolve("quang-trong", Role.HEAD, on) == Recipient(*expected)
    acting = [post.officer_id for post in DIRECTORY.acts_for("quang-trong-02", on)]
    assert acting == (["quang-trong-01"] if expected[2] is Via.ACTING else [])


def test_the_desk_of_van_trinh_is_nobodys_for_a_week_and_its_tasks_climb() -> None:
    on = date(2025, 3, 4)
    assert DIRECTORY.resolve("van-trinh", Role.HANDLER, on) == Recipient("thach-an-04", "thach-an", Via.NEXT_LEVEL)
    assert [(each.code, each.authority_id) for each in DIRECTORY.problems(on)] == [
        ("handler_absent_nobody_acting", "van-trinh")
    ]
    assert DIRECTORY.problems(date(2025, 3, 10)) == ()


def test_those_who_carry_the_letter_journey_are_at_their_desks() -> None:
    days = [date(2025, 1, 1).toordinal() + n for n in range(90)]
    assert all(DIRECTORY.is_present(each, date.fromordinal(day)) for each in AT_DESK for day in days)


def rows(*posts: tuple[str, str, date, date | None]) -> dict[str, list[dict[str, Any]]]:
    return {
        "authorities": [{"id": each, "name": "xã", "level": "commune", "from": FIRST} for each in ("here", "there")],
        "officers": [{"id": "p-01", "name": "A", "email": "a@x.example"}],
        "posts": [
            {"officer": "p-01", "authority": place, "role": role, "title": "t", "from": first}
            | ({"to": last} if last else {})
            for place, role, first, last in posts
        ],
    }


@pytest.mark.parametrize(
    ("posts", "ends"),
    [
        ([("here", "officer", FIRST, None)], []),
        ([("here", "officer", FIRST, LAST)], [("here", "officer")]),
        ([("here", "officer", FIRST, LAST), ("here", "officer", NEXT, None)], []),  # stays in the same place
        ([("here", "officer", FIRST, LAST), ("here", "handler", NEXT, None)], [("here", "officer")]),
        ([("here", "officer", FIRST, LAST), ("there", "officer", NEXT, None)], [("here", "officer")]),
        ([("here", "officer", FIRST, LAST), ("here", "officer", date(2025, 8, 1), None)], [("here", "officer")]),
        (
            [("here", "officer", FIRST, LAST), ("there", "handler", FIRST, date(2025, 3, 31))],
            [("there", "handler"), ("here", "officer")],  # soonest first
        ),
        ([("here", "officer", FIRST, date(2024, 12, 31))], []),  # has left already
        ([("here", "officer", FIRST, date.max)], [("here", "officer")]),
    ],
)
def test_posts_that_end_with_nothing_after_them_show_who_leaves(
    posts: list[tuple[str, str, date, date | None]], ends: list[tuple[str, str]]
) -> None:
    directory = parse(rows(*posts))
    found = directory.open_ends("p-01", date(2025, 1, 6))
    assert [(each.authority_id, each.role.value) for each in found] == ends


def test_everybody_of_the_district_leaves_with_it_and_nobody_of_the_province() -> None:
    leaving = {each.id for each in DIRECTORY.officers() if DIRECTORY.open_ends(each.id, LAST)}
    assert len(leaving) == 77
    assert not any(each.startswith("cao-bang") for each in leaving)
    assert all(DIRECTORY.open_ends(each, NEXT) == () for each in leaving)


def test_an_unknown_officer_has_no_ends() -> None:
    with pytest.raises(UnknownOfficer):
        DIRECTORY.open_ends("nobody", LAST)
