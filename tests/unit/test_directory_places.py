"""Abolition and succession, units and hamlets, on small directories and on Thạch An."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest

from shared.directory import (
    Abolished,
    DirectoryError,
    Heir,
    Recipient,
    Role,
    UnknownAuthority,
    UnknownHamlet,
    UnknownUnit,
    Via,
    load,
    parse,
)

FIRST, SPLIT, CHANGE = date(2020, 1, 1), date(2022, 1, 1), date(2025, 7, 1)
DAY = timedelta(days=1)
THACH_AN = load("thach_an")
ON = date(2025, 1, 6)


def commune(authority_id: str, first: date, last: date | None = None, successor: str | None = None) -> dict[str, Any]:
    row = {"id": authority_id, "name": "xã", "level": "commune", "superior": "province", "from": first}
    return row | ({"to": last} if last else {}) | ({"successor": successor} if successor else {})


GOOD: dict[str, list[dict[str, Any]]] = {
    "authorities": [
        {"id": "province", "name": "tỉnh", "level": "province", "from": FIRST},
        commune("small", FIRST, SPLIT - DAY, "middle"),
        commune("middle", FIRST, CHANGE - DAY, "large"),
        commune("large", CHANGE),
        commune("lost", FIRST, SPLIT - DAY),
    ],
    "officers": [{"id": "p-01", "name": "A", "email": "a@x.example"}],
    "posts": [
        {"officer": "p-01", "authority": "large", "role": "head", "title": "t", "from": CHANGE, "unit": "large-office"}
    ],
    "units": [
        {"id": "large-office", "authority": "large", "name": "Văn phòng", "from": CHANGE},
        {"id": "middle-office", "authority": "middle", "name": "Văn phòng", "from": FIRST, "to": CHANGE - DAY},
    ],
    "hamlets": [
        {"id": "hill", "authority": "small", "name": "xóm Đồi", "from": FIRST, "to": SPLIT - DAY},
        {"id": "hill", "authority": "middle", "name": "xóm Đồi Mới", "from": SPLIT},
    ],
}
SMALL = parse(GOOD)


@pytest.mark.parametrize(
    ("authority_id", "on", "successor"),
    [
        ("small", SPLIT - DAY, None),  # still stands
        ("small", SPLIT, "middle"),
        ("small", CHANGE - DAY, "middle"),
        ("small", CHANGE, "large"),  # the successor's successor
        ("middle", CHANGE, "large"),
        ("large", FIRST, None),  # has not begun
        ("lost", CHANGE, None),  # nothing followed
        ("province", CHANGE, None),
    ],
)
def test_the_successor_is_whoever_stands_in_its_place_on_that_day(
    authority_id: str, on: date, successor: str | None
) -> None:
    assert SMALL.successor_of(authority_id, on) == successor


def test_an_abolished_authority_is_refused_with_its_successor_and_without_its_name() -> None:
    with pytest.raises(Abolished) as refused:
        SMALL.authority("small", CHANGE)
    assert (refused.value.successor_id, refused.value.code, str(refused.value)) == ("large", "abolished", "abolished")
    assert refused.value.advice
    with pytest.raises(Abolished) as refused:
        SMALL.authority("lost", CHANGE)
    assert refused.value.successor_id is None


DIVIDED = parse(
    {
        "authorities": [
            {"id": "province", "name": "tỉnh", "level": "province", "from": FIRST},
            {**commune("whole", FIRST, SPLIT - DAY), "successor": ["east", "west"]},
            commune("east", SPLIT),
            commune("west", SPLIT, CHANGE - DAY, "far-west"),
            commune("far-west", CHANGE),
            commune("part", FIRST, SPLIT - DAY, "whole-again"),
            {**commune("whole-again", SPLIT, CHANGE - DAY), "successor": ["far-west", "east"]},
        ],
        "hamlets": [
            {"id": "one", "authority": "whole", "name": "thôn 1", "from": FIRST, "to": SPLIT - DAY},
            {"id": "one", "authority": "east", "name": "thôn 1", "from": SPLIT},
            {"id": "two", "authority": "whole", "name": "thôn 2", "from": FIRST, "to": SPLIT - DAY},
            {"id": "two", "authority": "west", "name": "thôn 2", "from": SPLIT, "to": CHANGE - DAY},
            {"id": "two", "authority": "far-west", "name": "thôn 2 mới", "from": CHANGE},
            {"id": "three", "authority": "whole", "name": "thôn 3", "from": FIRST, "to": SPLIT - DAY},
        ],
    }
)


@pytest.mark.parametrize(
    ("authority_id", "on", "heirs"),
    [
        ("whole", SPLIT - DAY, []),  # still stands
        ("whole", SPLIT, [("east", ("one",)), ("west", ("two",))]),  # nobody knows where the third went
        ("whole", CHANGE, [("east", ("one",)), ("far-west", ("two",))]),  # an heir's successor
        ("part", CHANGE, [("far-west", ()), ("east", ())]),  # a successor that was divided
        ("part", SPLIT, [("whole-again", ())]),
        ("east", CHANGE, []),
    ],
)
def test_a_divided_authority_is_refused_with_its_heirs_by_hamlet(
    authority_id: str, on: date, heirs: list[tuple[str, tuple[str, ...]]]
) -> None:
    expected = tuple(Heir(*each) for each in heirs)
    assert DIVIDED.heirs_of(authority_id, on) == expected
    successor = expected[0].authority_id if len(expected) == 1 else None
    assert DIVIDED.successor_of(authority_id, on) == successor
    if expected:
        with pytest.raises(Abolished) as refused:
            DIVIDED.authority(authority_id, on)
        assert (refused.value.heirs, refused.value.successor_id) == (expected, successor)
        assert str(refused.value) == "abolished"


def test_what_is_no_more_is_listed() -> None:
    assert {each.id for each in DIVIDED.abolished(SPLIT)} == {"whole", "part"}
    assert {each.id for each in DIVIDED.abolished(CHANGE)} == {"whole", "west", "part", "whole-again"}
    assert DIVIDED.abolished(FIRST) == ()


def test_without_a_day_the_last_version_of_an_abolished_authority_is_still_found() -> None:
    assert SMALL.authority("small").valid_to == SPLIT - DAY


def test_what_has_not_begun_or_never_was_is_unknown_and_not_abolished() -> None:
    for authority_id in ("large", "nowhere"):
        with pytest.raises(UnknownAuthority) as refused:
            SMALL.authority(authority_id, FIRST)
        assert refused.value.code == "unknown_authority"
    with pytest.raises(UnknownAuthority):
        SMALL.successor_of("nowhere", FIRST)


def test_a_task_of_an_abolished_commune_is_its_successors() -> None:
    assert SMALL.resolve("small", Role.HEAD, CHANGE) == Recipient("p-01", "large", Via.POST)


def test_the_districts_communes_end_without_a_successor_of_their_own() -> None:
    with pytest.raises(Abolished) as refused:
        THACH_AN.authority("le-lai", CHANGE)
    assert refused.value.successor_id is None


def test_a_hamlet_is_found_by_day_with_the_commune_and_name_it_then_had() -> None:
    assert (SMALL.hamlet("hill", FIRST).authority_id, SMALL.hamlet("hill", FIRST).name) == ("small", "xóm Đồi")
    assert SMALL.hamlet("hill").name == SMALL.hamlet("hill", SPLIT).name == "xóm Đồi Mới"
    assert [each.id for each in SMALL.hamlets_of("middle", SPLIT)] == ["hill"]
    assert SMALL.hamlets_of("small", SPLIT) == SMALL.hamlets_of("middle", FIRST) == ()
    with pytest.raises(UnknownHamlet):
        SMALL.hamlet("hill", FIRST - DAY)


def test_a_unit_is_found_by_day_with_its_members() -> None:
    assert SMALL.unit("large-office").authority_id == "large"
    assert SMALL.members_of("large-office", CHANGE) == ("p-01",)
    assert SMALL.members_of("large-office", FIRST) == SMALL.members_of("middle-office", FIRST) == ()
    assert [each.id for each in SMALL.units_of("middle", FIRST)] == ["middle-office"]
    assert SMALL.units_of("middle", CHANGE) == ()
    with pytest.raises(UnknownUnit):
        SMALL.unit("large-office", FIRST)


def test_unknown_units_and_hamlets_and_their_authorities_are_refused() -> None:
    for lookup in (SMALL.unit, lambda each: SMALL.members_of(each, ON)):
        with pytest.raises(UnknownUnit):
            lookup("nothing")
    with pytest.raises(UnknownHamlet):
        SMALL.hamlet("nothing")
    for place in (SMALL.units_of, SMALL.hamlets_of):
        with pytest.raises(UnknownAuthority):
            place("nowhere", ON)


def test_every_commune_of_thach_an_has_hamlets_of_its_own_names() -> None:
    for each in THACH_AN.authorities(ON):
        hamlets = THACH_AN.hamlets_of(each.id, ON)
        assert (len(hamlets) >= 3) == (each.level == "commune")
        assert len({hamlet.name for hamlet in hamlets}) == len(hamlets)


def test_the_inspectorate_of_the_district_is_a_unit_and_its_chief_the_adviser() -> None:
    assert THACH_AN.members_of("thach-an-thanh-tra", ON) == THACH_AN.holders_of("thach-an", Role.ADVISER, ON)
    assert THACH_AN.unit("thach-an-thanh-tra", ON).name == "Thanh tra huyện"


@pytest.mark.parametrize(
    ("table", "row", "changes", "code"),
    [
        ("authorities", 1, {"successor": "nowhere"}, "dangling_id"),
        ("authorities", 1, {"successor": "small"}, "bad_successor"),  # itself
        ("authorities", 1, {"successor": "lost"}, "bad_successor"),  # ends on the same day
        ("authorities", 1, {"successor": "large"}, "bad_successor"),  # begins years later
        ("authorities", 3, {"successor": "middle"}, "bad_successor"),  # nothing has ended
        ("authorities", 1, {"successor": 7}, "bad_row"),
        ("authorities", 1, {"successor": []}, "bad_row"),
        ("authorities", 1, {"successor": ["middle"]}, "bad_row"),
        ("authorities", 1, {"successor": ["middle", "middle"]}, "bad_row"),
        ("authorities", 1, {"successor": ["middle", "nowhere"]}, "dangling_id"),
        ("authorities", 1, {"successor": ["middle", "large"]}, "bad_successor"),
        ("units", 0, {"id": "Văn phòng"}, "bad_id"),
        ("units", 0, {"id": "p-01"}, "duplicate_id"),
        ("units", 0, {"id": "large"}, "duplicate_id"),
        ("units", 0, {"authority": "nowhere"}, "dangling_id"),
        ("units", 0, {"to": FIRST}, "dates_out_of_order"),
        ("units", 0, {"head": "p-01"}, "bad_row"),
        ("units", 1, {"id": "large-office", "to": CHANGE}, "overlap"),
        ("posts", 0, {"unit": "nothing"}, "dangling_id"),
        ("posts", 0, {"unit": "middle-office"}, "unit_elsewhere"),
        ("posts", 0, {"unit": ""}, "bad_row"),
        ("hamlets", 0, {"id": "x"}, "bad_id"),
        ("hamlets", 0, {"id": "large-office"}, "duplicate_id"),
        ("hamlets", 0, {"authority": "nowhere"}, "dangling_id"),
        ("hamlets", 0, {"authority": "province"}, "not_a_commune"),
        ("hamlets", 0, {"to": date(2019, 1, 1)}, "dates_out_of_order"),
        ("hamlets", 0, {"to": SPLIT}, "overlap"),
        ("hamlets", 0, {"name": None}, "bad_row"),
    ],
)
def test_one_bad_row_is_named_by_its_place(table: str, row: int, changes: dict[str, Any], code: str) -> None:
    rows = deepcopy(GOOD)
    rows[table][row].update(changes)
    with pytest.raises(DirectoryError) as refused:
        parse(rows)
    assert refused.value.code == code
    assert refused.value.place.split("[")[0] in GOOD
    assert str(refused.value) == f"{code} {refused.value.place}"
    assert refused.value.advice
