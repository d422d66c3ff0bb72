"""A suspended term goes on with the days that were left (KN-40)."""

from datetime import date

import pytest

from shared.law import DatesOutOfOrder, TermCannotPause, due, resume, used_days

ACCEPTED = date(2026, 7, 6)


def test_remaining_days_run_from_the_resume_decision() -> None:
    term = due("KN-14", ACCEPTED)  # 30 days, to 5 August
    resumed = resume(term, date(2026, 7, 16), date(2026, 9, 7))  # 10 used, 20 left
    assert (resumed.left, resumed.counted_from, resumed.start) == (20, date(2026, 9, 7), ACCEPTED)
    assert resumed.due_on == date(2026, 9, 28)  # Sunday 27 September moves on
    assert (resumed.amount, resumed.citation, resumed.law_version) == (term.amount, term.citation, term.law_version)


def test_a_second_suspension_counts_only_what_the_first_left() -> None:
    first = resume(due("KN-14", ACCEPTED), date(2026, 7, 16), date(2026, 9, 7))
    second = resume(first, date(2026, 9, 14), date(2026, 10, 5))
    assert second.left == 13
    assert second.due_on == date(2026, 10, 19)  # Sunday 18 October


def test_working_days_are_counted_as_working_days() -> None:
    term = due("TC-07", date(2026, 8, 20))
    assert used_days(term, date(2026, 8, 24)) == 3  # 21, Saturday 22, 24 August
    assert resume(term, date(2026, 8, 24), date(2026, 8, 28)).due_on == date(2026, 9, 8)


def test_a_suspension_lifted_the_same_day_changes_nothing_in_the_due_date() -> None:
    term = due("KN-14", ACCEPTED)
    assert resume(term, date(2026, 7, 20), date(2026, 7, 20)).due_on == term.due_on


def test_a_term_that_was_over_keeps_its_due_date() -> None:
    term = due("KN-14", ACCEPTED)
    assert resume(term, date(2026, 8, 6), date(2026, 12, 1)) is term


def test_a_term_suspended_on_its_last_day_is_due_on_the_day_it_resumes() -> None:
    assert resume(due("KN-14", ACCEPTED), date(2026, 8, 5), date(2026, 9, 2)).due_on == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("suspended", "resumed", "provisional"),
    [
        ("2026-11-18", "2026-11-19", True),  # what is left runs over 24 November
        ("2026-11-18", "2026-11-30", False),  # 24 November fell into the suspension
        ("2026-11-25", "2026-11-30", True),  # 24 November was counted as used
    ],
)
def test_a_resumed_term_hangs_on_an_unsettled_day_that_it_counts(
    suspended: str, resumed: str, provisional: bool
) -> None:
    first = resume(due("KN-12", date(2026, 11, 16)), date.fromisoformat(suspended), date.fromisoformat(resumed))
    assert first.provisional is provisional
    again = resume(first, first.counted_from, first.counted_from)
    assert again.provisional is provisional


@pytest.mark.parametrize(("suspended", "resumed"), [("2026-07-05", "2026-07-20"), ("2026-07-20", "2026-07-19")])
def test_dates_out_of_order_are_refused(suspended: str, resumed: str) -> None:
    with pytest.raises(DatesOutOfOrder):
        resume(due("KN-14", ACCEPTED), date.fromisoformat(suspended), date.fromisoformat(resumed))


@pytest.mark.parametrize("rule_id", ["KN-51", "KN-54"])
def test_only_forward_terms_in_days_can_pause(rule_id: str) -> None:
    with pytest.raises(TermCannotPause):
        resume(due(rule_id, ACCEPTED), ACCEPTED, ACCEPTED)
