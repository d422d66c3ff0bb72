"""Thạch An, looked up by date."""

from datetime import date

import pytest

from shared.directory import Absence, Level, Role, UnknownAuthority, UnknownDirectory, UnknownOfficer, load
from shared.directory.check import ID_PATTERN

ON = date(2025, 1, 6)
DIRECTORY = load("thach_an")
COMMUNES = {
    "thị trấn Đông Khê",
    "xã Canh Tân",
    "xã Đức Long",
    "xã Đức Thông",
    "xã Đức Xuân",
    "xã Kim Đồng",
    "xã Lê Lai",
    "xã Lê Lợi",
    "xã Minh Khai",
    "xã Quang Trọng",
    "xã Thái Cường",
    "xã Thụy Hùng",
    "xã Trọng Con",
    "xã Vân Trình",
}


def test_the_district_has_its_fourteen_communes_under_it_and_the_province_above() -> None:
    communes = [each for each in DIRECTORY.authorities(ON) if each.level is Level.COMMUNE]
    assert {each.name for each in communes} == COMMUNES
    assert all(each.remote and DIRECTORY.superior_of(each.id, ON) == "thach-an" for each in communes)
    assert list(DIRECTORY.superiors_of("le-lai", ON)) == ["thach-an", "cao-bang"]
    assert DIRECTORY.superior_of("cao-bang", ON) is None


@pytest.mark.parametrize(
    ("authority_id", "roles"),
    [
        ("cao-bang", {Role.HEAD: 1, Role.ADVISER: 1, Role.HANDLER: 1, Role.STEWARD: 1}),
        (
            "thach-an",
            {Role.HEAD: 1, Role.DEPUTY: 1, Role.ADVISER: 1, Role.HANDLER: 1, Role.OFFICER: 2, Role.STEWARD: 1},
        ),
        *(
            (each.id, {Role.HEAD: 1, Role.DEPUTY: 1, Role.HANDLER: 1, Role.OFFICER: 2})
            for each in DIRECTORY.authorities(ON)
            if each.level is Level.COMMUNE
        ),
    ],
)
def test_every_post_is_filled(authority_id: str, roles: dict[Role, int]) -> None:
    assert {role: len(DIRECTORY.holders_of(authority_id, role, ON)) for role in Role} == dict.fromkeys(Role, 0) | roles
    assert DIRECTORY.head_of(authority_id, ON) == f"{authority_id}-01"


def test_people_have_distinct_names_and_addresses_and_ids_that_name_nobody() -> None:
    people = DIRECTORY.officers()
    assert len(people) == 81
    assert len({each.name for each in people}) == len({each.email for each in people}) == len(people)
    assert all(each.email.endswith("@thach-an.example") and each.email.isascii() for each in people)
    assert all(ID_PATTERN.fullmatch(each.id) and each.id[-2:].isdigit() for each in people)


def test_nothing_is_wrong_with_the_district_while_it_stands() -> None:
    assert DIRECTORY.problems(date(2020, 1, 1)) == ()
    assert DIRECTORY.problems(date(2025, 6, 30)) == ()


def test_the_district_and_its_posts_end_with_the_three_tiers() -> None:
    after = date(2025, 7, 1)
    assert [each.id for each in DIRECTORY.authorities(after)] == ["cao-bang"]
    assert DIRECTORY.head_of("le-lai", after) is None
    assert DIRECTORY.superior_of("le-lai", after) is None
    assert DIRECTORY.posts_of("le-lai-01", after) == ()
    assert not DIRECTORY.is_present("le-lai-01", after)


def test_an_absent_officer_is_not_present_from_the_first_to_the_last_day() -> None:
    away = DIRECTORY.with_absences(Absence("le-lai-01", date(2025, 1, 6), date(2025, 1, 10), None))
    assert [away.is_present("le-lai-01", date(2025, 1, day)) for day in (5, 6, 10, 11)] == [True, False, False, True]
    assert DIRECTORY.is_present("le-lai-01", ON)  # the directory it came from is untouched


def test_the_line_of_a_commune_head_is_the_commune() -> None:
    commune = {f"le-lai-{n:02d}" for n in range(1, 6)}
    assert DIRECTORY.line_of("le-lai-01", ON) == commune
    assert DIRECTORY.line_of("le-lai-02", ON) == commune  # a deputy's too
    assert DIRECTORY.line_of("le-lai", ON) == commune


def test_the_line_of_the_district_head_is_the_district_and_every_commune_but_not_the_province() -> None:
    line = DIRECTORY.line_of("thach-an-01", ON)
    assert len(line) == 77
    assert not any(each.startswith("cao-bang") for each in line)


@pytest.mark.parametrize("ordinary", ["le-lai-03", "le-lai-04", "thach-an-03", "cao-bang-04"])
def test_an_ordinary_officer_manages_nobody(ordinary: str) -> None:
    assert DIRECTORY.line_of(ordinary, ON) == {ordinary}


@pytest.mark.parametrize("name", ["nowhere", "", "..", "../data/thach_an", "thach_an/posts.toml", "Thach_An"])
def test_an_unknown_directory_is_refused(name: str) -> None:
    with pytest.raises(UnknownDirectory):
        load(name)


def test_unknown_ids_are_refused() -> None:
    for lookup in (
        DIRECTORY.officer,
        lambda each: DIRECTORY.posts_of(each, ON),
        lambda each: DIRECTORY.line_of(each, ON),
    ):
        with pytest.raises(UnknownOfficer):
            lookup("nobody")
    for place in (DIRECTORY.authority, lambda each: DIRECTORY.head_of(each, ON)):
        with pytest.raises(UnknownAuthority):
            place("nowhere")
    with pytest.raises(UnknownAuthority):
        DIRECTORY.authority("le-lai", date(2025, 7, 1))
