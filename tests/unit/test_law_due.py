"""Due dates worked out by hand, around Tết, 30 April, 2 September and the swapped Saturdays."""

from datetime import UTC, date, datetime

import pytest

from shared.law import LawError, due, profile_for, rule


@pytest.mark.parametrize(
    ("rule_id", "start", "due_on"),
    [
        # ten calendar days, three of the same kind of trap
        ("KN-12", "2025-01-06", "2025-01-16"),
        ("KN-12", "2025-01-17", "2025-02-03"),  # last day 27 January, in Tết
        ("KN-12", "2025-04-20", "2025-05-05"),  # 30 April
        ("KN-12", "2025-08-22", "2025-09-03"),  # 1 September
        ("KN-12", "2026-02-06", "2026-02-23"),
        ("KN-12", "2026-06-30", "2026-07-10"),  # last day of the ten calendar days
        ("KN-12", "2026-07-01", "2026-07-10"),  # first day of the seven working days
        ("KN-13", "2026-08-20", "2026-08-28"),  # 21, 22 (Saturday), 24, 25, 26, 27, 28 August
        ("KN-58", "2026-08-21", "2026-09-03"),
        # seven and five working days
        ("TC-07", "2025-01-22", "2025-02-07"),
        ("TC-07", "2026-02-11", "2026-02-27"),
        ("TC-07", "2025-04-23", "2025-05-06"),  # Saturday 26 April counts
        ("TC-07", "2026-08-20", "2026-08-28"),
        ("TC-10", "2025-01-24", "2025-02-07"),
        ("TC-10", "2026-01-05", "2026-01-10"),  # ends on the swapped working Saturday
        ("TC-08", "2025-08-22", "2025-09-09"),
        ("TD-10", "2026-04-24", "2026-05-13"),
        ("KN-20", "2026-04-29", "2026-05-06"),
        # totals in calendar days
        ("KN-14", "2025-01-01", "2025-02-03"),  # 31 January is Tết
        ("KN-14", "2025-03-31", "2025-05-05"),  # 30 April
        ("KN-14", "2026-08-02", "2026-09-03"),  # 1 September
        ("TC-14", "2025-08-03", "2025-09-03"),
        ("TC-14", "2026-01-19", "2026-02-23"),
        ("KN-18", "2026-07-24", "2026-08-24"),  # Sunday 23 August
        ("KN-18", "2026-07-23", "2026-08-22"),  # the swapped Saturday is a working day
        ("KL-01", "2026-07-18", "2026-09-03"),
        ("HG-03", "2025-04-02", "2025-05-05"),
        # months and years
        ("KN-54", "2024-02-29", "2025-02-28"),
        ("KN-54", "2025-02-17", "2026-02-23"),
        ("XL-20", "2024-09-02", "2025-09-03"),
        ("DB-05", "2022-10-10", "2023-10-10"),
        # at least so long before: the full days lie between the act and the event
        ("KN-51", "2026-08-14", "2026-08-08"),
        ("KN-24", "2025-02-05", "2025-01-23"),
        ("TD-20", "2026-09-10", "2026-08-28"),
    ],
)
def test_due_date_by_hand(rule_id: str, start: str, due_on: str) -> None:
    assert due(rule_id, date.fromisoformat(start)).due_on == date.fromisoformat(due_on)


@pytest.mark.parametrize(
    ("rule_id", "complicated", "remote", "days"),
    [
        ("KN-14", False, False, "2025-04-02"),
        ("KN-14", True, False, "2025-04-17"),
        ("KN-14", False, True, "2025-04-17"),
        ("KN-14", True, True, "2025-05-05"),  # 2 May is a make-up day off
        ("KN-15", True, True, "2025-05-05"),
        ("KN-16", True, True, "2025-05-12"),
        ("KN-17", True, False, "2025-05-12"),
    ],
)
def test_complicated_and_remote_cases_have_their_own_total(
    rule_id: str, complicated: bool, remote: bool, days: str
) -> None:
    found = due(rule_id, date(2025, 3, 3), complicated=complicated, remote=remote)
    assert found.due_on == date.fromisoformat(days)


def test_a_term_ends_at_midnight_in_vietnam() -> None:
    assert due("KN-12", date(2025, 1, 6)).due_at == datetime(2025, 1, 16, 17, tzinfo=UTC)


def test_a_due_date_says_why() -> None:
    found = due("KN-12", date(2026, 7, 1))
    assert (found.citation, found.law_version, found.profile, found.unit, found.amount) == (
        "LKN Đ27; NĐ155 Đ10 (NĐ124 Đ16.1)",
        "nd155-2026.20260701",
        "two_tier_2026",
        "wd",
        7,
    )
    assert found.title == rule("KN-12", date(2026, 7, 1)).title


def test_an_extension_is_counted_from_the_term_before_the_weekend_moved_it() -> None:
    first = due("TC-14", date(2025, 8, 3))  # ends on 2 September, moved to 3 September
    second = due("TC-15", first.term_end)
    assert second.due_on == date(2025, 10, 2)


@pytest.mark.parametrize(("start", "provisional"), [("2026-11-30", False), ("2026-12-15", True), ("2028-03-01", True)])
def test_a_due_date_beyond_the_verified_calendar_is_provisional(start: str, provisional: bool) -> None:
    assert due("KN-14", date.fromisoformat(start)).provisional is provisional


@pytest.mark.parametrize(
    ("rule_id", "start", "due_on", "provisional"),
    [
        ("KN-12", "2026-11-12", "2026-11-23", False),  # seven working days, over before
        ("KN-12", "2026-11-13", "2026-11-24", True),  # ends on it
        ("KN-12", "2026-11-16", "2026-11-25", True),  # counts over it
        ("KN-12", "2026-11-24", "2026-12-03", False),  # the first day is not counted
        ("KN-14", "2026-10-25", "2026-11-24", True),  # thirty days, the last of them
        ("KN-14", "2026-10-26", "2026-11-25", False),  # thirty days over it: the same date either way
        ("KN-12", "2025-11-14", "2025-11-24", False),  # an ordinary Monday the year before
    ],
)
def test_a_due_date_that_hangs_on_an_unsettled_day_is_provisional(
    rule_id: str, start: str, due_on: str, provisional: bool
) -> None:
    found = due(rule_id, date.fromisoformat(start))
    assert (found.due_on.isoformat(), found.provisional) == (due_on, provisional)


@pytest.mark.parametrize(
    ("code", "rule_id", "start", "options"),
    [
        ("unknown_rule", "KN-99", "2025-01-06", {}),
        ("unknown_rule", "", "2025-01-06", {}),
        ("rule_has_no_term", "KN-30", "2025-01-06", {}),
        ("rule_has_no_term", "TD-03", "2025-01-06", {}),
        ("rule_has_no_term", "TC-44", "2025-01-06", {}),
        ("rule_has_no_term", "TD-19c", "2026-08-03", {}),
        ("rule_not_in_force", "KL-01", "2026-06-30", {}),
        ("rule_not_in_force", "HG-03", "2024-07-31", {}),
        ("option_not_known", "KN-12", "2026-08-03", {"complicated": True}),
        ("option_not_known", "KN-12", "2026-08-03", {"remote": True}),
        ("option_not_known", "TC-14", "2026-08-03", {"complicated": True}),
        ("option_not_known", "KN-18", "2026-08-03", {"complicated": True, "remote": True}),
        ("option_not_known", "KN-18", "2026-08-03", {"complicated": True}),
        ("no_profile", "KN-12", "2021-11-14", {}),
        ("unknown_profile", "KN-12", "2025-01-06", {"profile": "four_tier"}),
        ("profile_not_in_force", "KN-12", "2021-11-14", {"profile": "three_tier_2021"}),
        ("profile_not_in_force", "KN-12", "2025-07-01", {"profile": "three_tier_2021"}),
        ("profile_not_in_force", "KN-12", "2025-06-30", {"profile": "two_tier_2025"}),
        ("profile_not_in_force", "KN-12", "2026-06-30", {"profile": "two_tier_2026"}),
        ("date_out_of_range", "KN-12", "9999-12-31", {}),
        ("date_out_of_range", "KN-12", "0001-01-01", {}),
        ("date_out_of_range", "KN-54", "2099-12-31", {}),
    ],
)
def test_a_question_without_answer_gets_a_typed_refusal_with_advice(
    code: str, rule_id: str, start: str, options: dict[str, object]
) -> None:
    with pytest.raises(LawError) as refused:
        due(rule_id, date.fromisoformat(start), **options)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert str(refused.value) == code
    assert len(refused.value.advice) > 20


@pytest.mark.parametrize(
    ("on", "name"),
    [
        ("2021-11-15", "three_tier_2021"),
        ("2025-06-30", "three_tier_2021"),
        ("2025-07-01", "two_tier_2025"),
        ("2026-06-30", "two_tier_2025"),
        ("2026-07-01", "two_tier_2026"),
        ("2030-01-01", "two_tier_2026"),
    ],
)
def test_the_profile_is_chosen_by_the_start_event(on: str, name: str) -> None:
    day = date.fromisoformat(on)
    assert due("TC-14", day).profile == name
    assert due("TC-14", day, profile=name).profile == name
    assert profile_for(day).name == name
