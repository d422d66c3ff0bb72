"""The rule table says what the reference says, version by version."""

import re
from datetime import date, timedelta

import pytest

from shared.law import Kind, Profile, Rule, RuleNotInForce, StartEvent, Unit, UnknownRule, profiles, rule, rules

TODAY = date(2026, 11, 22)


def ids(group: str) -> set[str]:
    return {each.id for each in rules() if re.fullmatch(rf"{group}-\d\d", each.id)}


def numbered(group: str, *numbers: int) -> set[str]:
    return {f"{group}-{number:02d}" for number in numbers}


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("KN", numbered("KN", *range(1, 29), *range(30, 60))),
        ("TC", numbered("TC", *range(1, 52))),
        ("XL", numbered("XL", *range(1, 24), *range(25, 30))),  # XL-24 is not confirmed
        ("TD", numbered("TD", *range(1, 30))),
        ("DB", numbered("DB", *range(1, 12))),
        ("T", numbered("T", *range(1, 9), 12)),  # T-09..T-11 are calendar data
        ("HG", numbered("HG", *range(1, 12))),
        ("KL", numbered("KL", 1)),
    ],
)
def test_every_rule_of_the_reference_is_in_the_table(group: str, expected: set[str]) -> None:
    assert ids(group) == expected


@pytest.mark.parametrize(
    ("rule_id", "on", "unit", "normal", "start"),
    [
        ("KN-10", TODAY, "d", 90, "decision_known"),
        ("KN-12", date(2026, 6, 30), "d", 10, "receipt"),
        ("KN-12", date(2026, 7, 1), "wd", 7, "receipt"),
        ("KN-13", date(2026, 6, 30), "d", 10, "receipt"),
        ("KN-13", date(2026, 7, 1), "wd", 7, "receipt"),
        ("KN-20", TODAY, "wd", 3, "decision_issued"),
        ("KN-21", TODAY, "d", 7, "decision_issued"),
        ("KN-22", TODAY, "d", 15, "decision_issued"),
        ("KN-23", TODAY, "d", 15, "posting"),
        ("KN-24", TODAY, "wd", 3, "meeting"),
        ("KN-27", TODAY, "wd", 5, "effective"),
        ("KN-28", TODAY, "d", 15, "decision_received"),
        ("KN-28b", TODAY, "d", 10, "decision_received"),
        ("KN-28c", TODAY, "d", 30, "decision_received"),
        ("KN-40", TODAY, "wd", 3, "suspension_decision"),
        ("KN-50", TODAY, "d", 7, "information_request"),
        ("KN-51", TODAY, "d", 5, "dialogue"),
        ("KN-54", TODAY, "year", 1, "decision_known"),
        ("KN-58", TODAY, "d", 10, "receipt"),
        ("TC-07", TODAY, "wd", 7, "receipt"),
        ("TC-08", TODAY, "wd", 10, "receipt"),
        ("TC-10", TODAY, "wd", 5, "receipt"),
        ("TC-13", TODAY, "wd", 5, "acceptance"),
        ("TC-14", TODAY, "d", 30, "acceptance"),
        ("TC-15", TODAY, "d", 30, "prior_term_end"),
        ("TC-16", TODAY, "d", 30, "prior_term_end"),
        ("TC-22", TODAY, "wd", 5, "conclusion_issued"),
        ("TC-23", TODAY, "wd", 7, "conclusion_issued"),
        ("TC-24", TODAY, "wd", 7, "conclusion_issued"),
        ("TC-26", TODAY, "d", 15, "posting"),
        ("TC-29", TODAY, "wd", 5, "suspension_decision"),
        ("TC-30", TODAY, "d", 20, "receipt"),
        ("TC-31", TODAY, "wd", 5, "receipt"),
        ("TC-32", TODAY, "wd", 5, "demand_received"),
        ("TC-33", TODAY, "d", 30, "acceptance"),
        ("TC-38", TODAY, "d", 20, "receipt"),
        ("TC-47", TODAY, "wd", 5, "handling_result"),
        ("XL-02", TODAY, "wd", 5, "receipt"),
        ("XL-08", TODAY, "d", 10, "receipt"),
        ("XL-20", TODAY, "year", 1, "filed"),
        ("TD-10", TODAY, "wd", 10, "content_taken"),
        ("TD-19", TODAY, "wd", 5, "online_session"),
        ("TD-20", TODAY, "wd", 5, "reception_day"),
        ("TD-21", TODAY, "wd", 3, "refusal_ground"),
        ("TD-22", TODAY, "wd", 7, "settlement"),
        ("DB-05", TODAY, "month", 12, "entry_into_force"),
        ("DB-06", TODAY, "d", 15, "demand_received"),
        ("HG-02", TODAY, "wd", 3, "receipt"),
        ("HG-03", TODAY, "d", 30, "receipt"),
        ("HG-06", TODAY, "d", 10, "minutes"),
        ("HG-09", TODAY, "wd", 5, "receipt"),
        ("HG-10", TODAY, "d", 30, "decision_received"),
        ("HG-11", TODAY, "d", 3, "assignment"),
        ("KL-01", TODAY, "d", 45, "receipt"),
    ],
)
def test_a_term_has_the_number_unit_and_start_event_of_its_article(
    rule_id: str, on: date, unit: str, normal: int, start: str
) -> None:
    found = rule(rule_id, on)
    assert found.amounts is not None
    assert (found.unit, found.amounts.normal, found.start) == (Unit(unit), normal, StartEvent(start))


@pytest.mark.parametrize(
    ("rule_id", "normal", "complicated", "remote", "both"),
    [
        ("KN-14", 30, 45, 45, 60),
        ("KN-15", 45, 60, 45, 60),
        ("KN-16", 45, 60, 60, 70),
        ("KN-17", 60, 70, 60, 70),
        ("KN-18", 30, None, 45, None),
        ("KN-25", 30, None, 45, None),
        ("KN-26", 30, None, 45, None),
        ("KN-55", 30, 45, None, None),
        ("HG-09b", 45, None, 55, None),
        ("HG-09c", 50, None, 60, None),
    ],
)
def test_variants_are_totals_and_not_additions(
    rule_id: str, normal: int, complicated: int | None, remote: int | None, both: int | None
) -> None:
    found = rule(rule_id, TODAY).amounts
    assert found is not None
    assert (found.normal, found.complicated, found.remote, found.complicated_remote) == (
        normal,
        complicated,
        remote,
        both,
    )


@pytest.mark.parametrize(
    ("rule_id", "last", "first"),
    [
        ("TC-03", date(2025, 6, 30), None),
        ("KN-03", date(2025, 6, 30), None),
        ("TD-03", date(2026, 6, 30), None),
        ("TD-05", date(2025, 6, 30), None),
        ("KN-36", date(2026, 6, 30), None),
        ("CS-02", date(2024, 7, 31), None),
        ("KN-40", None, date(2026, 7, 1)),
        ("KN-51", None, date(2026, 7, 1)),
        ("TD-04", None, date(2026, 7, 1)),
        ("HG-03", None, date(2024, 8, 1)),
        ("HG-09b", None, date(2025, 7, 1)),
        ("KL-01", None, date(2026, 7, 1)),
        ("DB-04", None, date(2022, 10, 10)),
    ],
)
def test_a_rule_is_in_force_on_its_first_and_last_day_and_not_beyond(
    rule_id: str, last: date | None, first: date | None
) -> None:
    inside = last or first
    assert inside is not None
    outside = inside + timedelta(days=1 if last else -1)
    assert rule(rule_id, inside).id == rule_id
    with pytest.raises(RuleNotInForce):
        rule(rule_id, outside)


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(UnknownRule):
        rule("KN-99", TODAY)


def test_versions_of_one_rule_never_overlap_and_stand_in_order() -> None:
    last: dict[str, Rule] = {}
    for each in rules():
        before = last.get(each.id)
        if before is not None:
            assert before.valid_to is not None
            assert before.valid_to < each.valid_from
        assert each.valid_to is None or each.valid_from <= each.valid_to
        last[each.id] = each


@pytest.mark.parametrize("each", rules(), ids=lambda each: f"{each.id}@{each.valid_from}")
def test_a_row_is_complete(each: Rule) -> None:
    assert re.fullmatch(r"[A-Z]{1,2}-\d\d[a-z]?", each.id)
    assert each.title
    assert each.citation
    assert re.fullmatch(r"[a-z0-9-]+\.\d{8}", each.law_version)
    assert (each.amounts is None) == (each.kind is Kind.TEXT) == (each.unit is None)
    assert (each.start is not None) == (each.kind in {Kind.TERM, Kind.MINIMUM, Kind.BEFORE})
    assert each.policy == (each.instrument == "policy" or each.id == "KN-59")
    assert all(re.fullmatch(r"[a-z0-9_]+", note) for note in each.notes)


def test_profiles_follow_each_other_without_gap_or_overlap() -> None:
    for earlier, later in zip(profiles(), profiles()[1:], strict=False):
        assert earlier.valid_to is not None
        assert later.valid_from == earlier.valid_to + timedelta(days=1)
    assert [each.name for each in profiles()] == ["three_tier_2021", "two_tier_2025", "two_tier_2026"]
    assert profiles()[-1].valid_to is None


@pytest.mark.parametrize("each", profiles(), ids=lambda each: each.name)
def test_the_reception_rule_of_a_profile_is_in_force_throughout(each: Profile) -> None:
    assert rule(each.commune_reception, each.valid_from).unit in {Unit.DAY_PER_WEEK, Unit.DAY_PER_MONTH}
