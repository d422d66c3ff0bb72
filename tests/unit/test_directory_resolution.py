"""Who takes a task when its natural holder cannot (law 5)."""

from datetime import date

import pytest

from shared.directory import Absence, Directory, NobodyLawful, Recipient, Role, UnknownAuthority, Via, load

ON = date(2023, 5, 8)
FULL = load("thach_an")


def away(*pairs: tuple[str, str | None]) -> Directory:
    return FULL.with_absences(*(Absence(who, ON, date(2023, 6, 30), acting) for who, acting in pairs))


@pytest.mark.parametrize(
    ("absent", "role", "excluded", "expected"),
    [
        ([], Role.HEAD, [], ("le-lai-01", "le-lai", Via.POST)),
        ([], Role.OFFICER, ["le-lai-04"], ("le-lai-05", "le-lai", Via.POST)),
        ([("le-lai-01", "le-lai-02")], Role.HEAD, [], ("le-lai-02", "le-lai", Via.ACTING)),
        ([("le-lai-01", None)], Role.HEAD, [], ("thach-an-01", "thach-an", Via.NEXT_LEVEL)),
        (
            [("le-lai-01", "le-lai-02"), ("le-lai-02", "le-lai-04")],
            Role.HEAD,
            [],
            ("le-lai-04", "le-lai", Via.ACTING),
        ),
        (
            [("le-lai-01", "le-lai-02"), ("le-lai-02", "le-lai-01")],
            Role.HEAD,
            [],
            ("thach-an-01", "thach-an", Via.NEXT_LEVEL),
        ),
        ([("le-lai-01", "le-lai-02")], Role.HEAD, ["le-lai-02"], ("thach-an-01", "thach-an", Via.NEXT_LEVEL)),
        ([], Role.ADVISER, [], ("thach-an-03", "thach-an", Via.NEXT_LEVEL)),
        ([("thach-an-03", None)], Role.ADVISER, [], ("cao-bang-02", "cao-bang", Via.NEXT_LEVEL)),
        (
            [("le-lai-01", None), ("thach-an-01", "thach-an-02")],
            Role.HEAD,
            [],
            ("thach-an-02", "thach-an", Via.NEXT_LEVEL),
        ),
        ([], Role.HEAD, ["le-lai-01", "thach-an-01"], ("cao-bang-01", "cao-bang", Via.NEXT_LEVEL)),
        (
            [("le-lai-01", None), ("thach-an-01", None), ("cao-bang-01", None)],
            Role.HEAD,
            [],
            ("thach-an-07", "thach-an", Via.STEWARD),
        ),
        # the district's steward is under its head: the province's steward takes it
        (
            [("cao-bang-01", None)],
            Role.HEAD,
            ["le-lai-01", "thach-an-01"],
            ("cao-bang-04", "cao-bang", Via.STEWARD),
        ),
        # the only lawful steward is away and nobody acts: still named, never nobody
        (
            [("cao-bang-01", None), ("cao-bang-04", None)],
            Role.HEAD,
            ["le-lai-01", "thach-an-01"],
            ("cao-bang-04", "cao-bang", Via.STEWARD),
        ),
        (
            [("cao-bang-01", None), ("cao-bang-04", "cao-bang-03")],
            Role.HEAD,
            ["le-lai-01", "thach-an-01"],
            ("cao-bang-03", "cao-bang", Via.STEWARD),
        ),
    ],
)
def test_a_task_of_le_lai_finds_its_lawful_recipient(
    absent: list[tuple[str, str | None]], role: Role, excluded: list[str], expected: tuple[str, str, Via]
) -> None:
    assert away(*absent).resolve("le-lai", role, ON, frozenset(excluded)) == Recipient(*expected)


def test_a_denunciation_of_the_commune_chair_goes_to_the_handler_of_the_district() -> None:
    line = FULL.line_of("le-lai-01", ON)
    assert FULL.resolve("le-lai", Role.HANDLER, ON, line).officer_id == "thach-an-04"


def test_a_denunciation_of_the_district_chair_leaves_the_district_altogether() -> None:
    line = FULL.line_of("thach-an-01", ON)
    for role in Role:
        assert FULL.resolve("le-lai", role, ON, line).authority_id == "cao-bang"


def test_a_case_of_a_body_that_exclusion_emptied_never_goes_to_the_steward_inside_it() -> None:
    found = FULL.resolve("thach-an", Role.OFFICER, ON, frozenset({"thach-an-05", "thach-an-06"}))
    assert found == Recipient("cao-bang-04", "cao-bang", Via.STEWARD)


def test_at_the_top_the_steward_inside_is_better_than_one_below() -> None:
    found = FULL.resolve("cao-bang", Role.HANDLER, ON, frozenset({"cao-bang-03"}))
    assert found == Recipient("cao-bang-04", "cao-bang", Via.STEWARD)


def test_without_exclusion_the_steward_of_the_body_itself_comes_first() -> None:
    directory = away(("thach-an-05", None), ("thach-an-06", None))
    assert directory.resolve("thach-an", Role.OFFICER, ON) == Recipient("thach-an-07", "thach-an", Via.STEWARD)


def test_an_unlinked_commune_falls_to_a_steward_above_the_old_district() -> None:
    found = FULL.resolve("le-lai", Role.HEAD, date(2025, 7, 1))
    assert found == Recipient("cao-bang-04", "cao-bang", Via.STEWARD)


def test_somebody_unknown_to_the_directory_excludes_nobody_else() -> None:
    directory = away(("le-lai-01", None), ("thach-an-01", None), ("cao-bang-01", None))
    found = directory.resolve("le-lai", Role.HEAD, ON, frozenset({"retired-17"}))
    assert found == Recipient("thach-an-07", "thach-an", Via.STEWARD)


def test_nobody_is_lawful_only_when_every_steward_is_in_the_line() -> None:
    everybody = frozenset(each.id for each in FULL.officers())
    with pytest.raises(NobodyLawful) as refused:
        FULL.resolve("le-lai", Role.HEAD, ON, everybody)
    assert (refused.value.code, str(refused.value)) == ("nobody_lawful", "nobody_lawful")


def test_an_unknown_authority_is_refused() -> None:
    with pytest.raises(UnknownAuthority):
        FULL.resolve("nowhere", Role.HEAD, ON)


def test_gaps_are_listed_by_day() -> None:
    directory = away(("le-lai-01", None), ("kim-dong-03", "kim-dong-02"), ("minh-khai-03", None))
    assert {(each.code, each.authority_id) for each in directory.problems(ON)} == {
        ("head_absent_nobody_acting", "le-lai"),
        ("handler_absent_nobody_acting", "minh-khai"),
    }
    assert directory.problems(date(2023, 7, 1)) == ()
