"""A directory that contradicts itself is refused before anyone relies on it."""

from copy import deepcopy
from datetime import date, datetime
from typing import Any

import pytest

from shared.directory import Directory, DirectoryError, Role, parse

FIRST, LAST = date(2020, 1, 1), date(2025, 6, 30)
GOOD: dict[str, list[dict[str, Any]]] = {
    "authorities": [
        {"id": "province", "name": "tỉnh", "level": "province", "from": FIRST},
        {"id": "commune", "name": "xã", "level": "commune", "superior": "province", "from": FIRST, "to": LAST},
    ],
    "officers": [
        {"id": "p-01", "name": "A", "email": "a@x.example"},
        {"id": "p-02", "name": "B", "email": "b@x.example"},
    ],
    "posts": [
        {"officer": "p-01", "authority": "commune", "role": "head", "title": "t", "from": FIRST, "to": LAST},
        {"officer": "p-02", "authority": "commune", "role": "deputy", "title": "t", "from": FIRST, "to": LAST},
    ],
    "absences": [{"officer": "p-01", "from": FIRST, "to": LAST, "acting": "p-02"}],
}
MISSING = object()


def test_a_sound_directory_is_accepted() -> None:
    assert isinstance(parse(GOOD), Directory)


@pytest.mark.parametrize(
    ("table", "row", "changes", "code"),
    [
        ("authorities", 1, {"id": "Xã Lê Lai"}, "bad_id"),
        ("authorities", 1, {"id": "x"}, "bad_id"),
        ("officers", 1, {"id": "p-02\n"}, "bad_id"),
        ("officers", 1, {"id": "p" * 42}, "bad_id"),
        ("officers", 1, {"id": "p-01"}, "duplicate_id"),
        ("officers", 1, {"id": "commune"}, "duplicate_id"),
        ("authorities", 1, {"superior": "district"}, "dangling_id"),
        ("posts", 1, {"officer": "p-03"}, "dangling_id"),
        ("posts", 1, {"authority": "district"}, "dangling_id"),
        ("absences", 0, {"officer": "p-03"}, "dangling_id"),
        ("absences", 0, {"acting": "p-03"}, "dangling_id"),
        ("absences", 0, {"acting": "p-01"}, "acting_for_oneself"),
        ("authorities", 0, {"superior": "commune"}, "superior_cycle"),
        ("authorities", 1, {"superior": "commune"}, "superior_cycle"),
        ("authorities", 1, {"level": "province"}, "superior_cycle"),
        ("authorities", 1, {"to": date(2019, 12, 31)}, "dates_out_of_order"),
        ("posts", 0, {"to": date(2019, 12, 31)}, "dates_out_of_order"),
        ("absences", 0, {"to": date(2019, 12, 31)}, "dates_out_of_order"),
        ("posts", 1, {"role": "head"}, "overlap"),  # two heads at once
        ("posts", 1, {"role": "king"}, "bad_row"),
        ("posts", 1, {"title": MISSING}, "bad_row"),
        ("posts", 1, {"from": "2020-01-01"}, "bad_row"),
        ("posts", 1, {"from": datetime(2020, 1, 1)}, "bad_row"),  # noqa: DTZ001
        ("posts", 1, {"salary": 1}, "bad_row"),
        ("officers", 1, {"name": " "}, "bad_row"),
        ("officers", 1, {"email": 7}, "bad_row"),
        ("authorities", 1, {"level": "district council"}, "bad_row"),
        ("authorities", 1, {"remote": "no"}, "bad_row"),
    ],
)
def test_one_bad_row_is_named_by_its_place_and_not_by_its_values(
    table: str, row: int, changes: dict[str, Any], code: str
) -> None:
    rows = deepcopy(GOOD)
    rows[table][row].update(changes)
    rows[table][row] = {key: value for key, value in rows[table][row].items() if value is not MISSING}
    with pytest.raises(DirectoryError) as refused:
        parse(rows)
    assert refused.value.code == code
    assert refused.value.place.split("[")[0] in GOOD
    assert str(refused.value) == f"{code} {refused.value.place}"
    assert refused.value.advice


@pytest.mark.parametrize("table", ["authorities", "posts", "absences"])
def test_two_rows_for_the_same_thing_at_the_same_time_are_refused(table: str) -> None:
    rows = deepcopy(GOOD)
    again = dict(rows[table][-1])
    again["from"], again["to"] = LAST, date(2026, 1, 1)
    rows[table].append(again)
    with pytest.raises(DirectoryError, match="overlap"):
        parse(rows)


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(DirectoryError, match="bad_row"):
        parse(GOOD | {"secrets": []})


def test_versions_of_an_authority_follow_each_other() -> None:
    rows = deepcopy(GOOD)
    rows["authorities"].append(
        {"id": "commune", "name": "xã mới", "level": "commune", "superior": "province", "from": date(2025, 7, 1)}
    )
    rows["posts"].append(
        {"officer": "p-02", "authority": "commune", "role": "head", "title": "t", "from": date(2025, 7, 1)}
    )
    directory = parse(rows)
    assert directory.authority("commune", LAST).name == "xã"
    assert directory.authority("commune").name == directory.authority("commune", date(2025, 7, 1)).name == "xã mới"
    assert directory.head_of("commune", LAST) == "p-01"
    assert directory.head_of("commune", date(2025, 7, 1)) == "p-02"
    assert directory.holders_of("commune", Role.DEPUTY, date(2025, 7, 1)) == ()


def test_a_directory_without_head_handler_or_steward_says_so() -> None:
    rows = deepcopy(GOOD)
    rows["posts"], rows["absences"] = [], []
    rows["authorities"][1].pop("superior")
    assert {(each.code, each.authority_id) for each in parse(rows).problems(FIRST)} == {
        ("head_vacant", "province"),
        ("handler_vacant", "province"),
        ("head_vacant", "commune"),
        ("handler_vacant", "commune"),
        ("superior_missing", "commune"),
        ("steward_missing", "province"),
    }
