"""Tiên Yên in three tiers and, since 1 July 2025, in two."""

from datetime import date

import pytest

from shared.directory import Abolished, Authority, Directory, Level, Recipient, Role, UnknownAuthority, Via, load

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
THREE, TWO = load("tien_yen"), load("tien_yen_two_tier")
COMMUNES = {
    "thị trấn Tiên Yên",
    "xã Điền Xá",
    "xã Đông Hải",
    "xã Đông Ngũ",
    "xã Đại Dực",
    "xã Đồng Rui",
    "xã Hà Lâu",
    "xã Hải Lạng",
    "xã Phong Dụ",
    "xã Tiên Lãng",
    "xã Yên Than",
}
NEW_COMMUNES = {"xã Tiên Yên", "xã Điền Xá", "xã Đông Ngũ", "xã Hải Lạng"}


def communes(directory: Directory, on: date) -> list[Authority]:
    return [each for each in directory.authorities(on) if each.level is Level.COMMUNE]


def test_in_three_tiers_eleven_communes_stand_under_the_district_and_the_province() -> None:
    found = communes(THREE, BEFORE)
    assert {each.name for each in found} == COMMUNES
    assert all(list(THREE.superiors_of(each.id, BEFORE)) == ["tien-yen", "quang-ninh"] for each in found)
    assert len(THREE.authorities(BEFORE)) == 13


def test_in_two_tiers_four_communes_stand_under_the_province_and_there_is_no_district() -> None:
    found = communes(TWO, AFTER)
    assert {each.name for each in found} == NEW_COMMUNES
    assert all(list(TWO.superiors_of(each.id, AFTER)) == ["quang-ninh"] for each in found)
    assert {each.level for each in TWO.authorities(AFTER)} == {Level.COMMUNE, Level.PROVINCE}


@pytest.mark.parametrize(
    ("directory", "on", "authority_id", "roles"),
    [
        (THREE, BEFORE, "quang-ninh", {Role.HEAD: 1, Role.ADVISER: 1, Role.HANDLER: 1, Role.STEWARD: 1}),
        (
            THREE,
            BEFORE,
            "tien-yen",
            {Role.HEAD: 1, Role.DEPUTY: 1, Role.ADVISER: 1, Role.HANDLER: 1, Role.OFFICER: 2, Role.STEWARD: 1},
        ),
        (
            TWO,
            AFTER,
            "quang-ninh",
            {Role.HEAD: 1, Role.DEPUTY: 1, Role.ADVISER: 1, Role.HANDLER: 1, Role.OFFICER: 2, Role.STEWARD: 1},
        ),
        *(
            (directory, on, each.id, {Role.HEAD: 1, Role.DEPUTY: 1, Role.HANDLER: 1, Role.OFFICER: 2})
            for directory, on in ((THREE, BEFORE), (TWO, AFTER))
            for each in communes(directory, on)
        ),
    ],
)
def test_every_post_is_filled(directory: Directory, on: date, authority_id: str, roles: dict[Role, int]) -> None:
    found = {role: len(directory.holders_of(authority_id, role, on)) for role in Role}
    assert found == dict.fromkeys(Role, 0) | roles
    assert directory.head_of(authority_id, on) == f"{authority_id}-01"


@pytest.mark.parametrize(("directory", "people"), [(THREE, 66), (TWO, 27)])
def test_people_have_distinct_names_and_addresses_and_ids_that_name_nobody(directory: Directory, people: int) -> None:
    found = directory.officers()
    assert len(found) == people
    assert len({each.name for each in found}) == len({each.email for each in found}) == people
    assert all(each.email.endswith("@tien-yen.example") and each.email.isascii() for each in found)
    assert all(each.id[-2:].isdigit() for each in found)


def test_whoever_stays_keeps_id_name_and_address_across_the_change() -> None:
    before, after = ({each.id: each for each in directory.officers()} for directory in (THREE, TWO))
    stayed = before.keys() & after.keys()
    assert len(stayed) == 19
    assert all(before[each] == after[each] for each in stayed)


def test_nothing_is_wrong_in_either_while_it_is_in_use() -> None:
    assert THREE.problems(date(2020, 1, 1)) == THREE.problems(BEFORE) == ()
    assert TWO.problems(AFTER) == TWO.problems(date(2030, 1, 1)) == ()


def test_in_two_tiers_advice_comes_from_the_inspectorate_of_the_province() -> None:
    assert THREE.resolve("hai-lang", Role.ADVISER, BEFORE).authority_id == "tien-yen"
    found = TWO.resolve("hai-lang", Role.ADVISER, AFTER)
    assert found == Recipient("quang-ninh-02", "quang-ninh", Via.NEXT_LEVEL)
    assert TWO.posts_of(found.officer_id, AFTER)[0].unit_id == "quang-ninh-thanh-tra"


def test_in_two_tiers_a_denunciation_of_the_commune_chair_goes_to_the_province() -> None:
    line = TWO.line_of("hai-lang-01", AFTER)
    assert line == {f"hai-lang-{n:02d}" for n in range(1, 6)}
    assert TWO.resolve("hai-lang", Role.HANDLER, AFTER, line).officer_id == "quang-ninh-03"


@pytest.mark.parametrize(
    ("former", "successor"),
    [
        ("thi-tran-tien-yen", "xa-tien-yen"),
        ("phong-du", "xa-tien-yen"),
        ("tien-lang", "xa-tien-yen"),
        ("yen-than", "xa-tien-yen"),
        ("ha-lau", "dien-xa"),
        ("dong-hai", "dong-ngu"),
        ("dai-duc", "dong-ngu"),
        ("dong-rui", "hai-lang"),
    ],
)
def test_a_commune_abolished_yesterday_names_its_successor(former: str, successor: str) -> None:
    with pytest.raises(Abolished) as refused:
        TWO.authority(former, AFTER)
    assert refused.value.successor_id == TWO.successor_of(former, AFTER) == successor
    assert TWO.resolve(former, Role.HANDLER, AFTER) == Recipient(f"{successor}-03", successor, Via.POST)


def test_a_commune_merged_earlier_has_its_successor_in_three_tiers_too() -> None:
    assert THREE.authority("dai-thanh", date(2019, 12, 31)).name == "xã Đại Thành"
    with pytest.raises(Abolished) as refused:
        THREE.authority("dai-thanh", date(2020, 1, 1))
    assert refused.value.successor_id == "dai-duc"


def test_every_former_commune_of_the_district_still_leads_somewhere() -> None:
    for each in communes(THREE, BEFORE):
        standing = TWO.successor_of(each.id, AFTER) or each.id
        assert TWO.authority(standing, AFTER).level is Level.COMMUNE


def test_hamlets_keep_their_ids_under_their_new_commune() -> None:
    before = {each.id: each for commune in communes(THREE, BEFORE) for each in THREE.hamlets_of(commune.id, BEFORE)}
    after = {each.id: each for commune in communes(TWO, AFTER) for each in TWO.hamlets_of(commune.id, AFTER)}
    assert before.keys() == after.keys()
    for each in before.values():
        home = TWO.successor_of(each.authority_id, AFTER) or each.authority_id
        assert (after[each.id].name, after[each.id].authority_id) == (each.name, home)


def test_nobody_of_the_new_communes_stands_before_the_change() -> None:
    with pytest.raises(UnknownAuthority) as refused:
        TWO.authority("xa-tien-yen", BEFORE)
    assert refused.value.code == "unknown_authority"
