"""Working days of officials, decree by decree."""

from datetime import date

import pytest

from shared.law import DateOutOfRange, calendar


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 1, 24), True),  # Friday before Tết
        (date(2025, 1, 27), False),
        (date(2025, 1, 31), False),
        (date(2025, 2, 3), True),
        (date(2025, 4, 7), False),  # Hùng Kings
        (date(2025, 4, 26), True),  # Saturday worked against 2 May
        (date(2025, 5, 2), False),
        (date(2025, 9, 1), False),
        (date(2025, 9, 2), False),
        (date(2025, 9, 3), True),
        (date(2026, 1, 1), False),
        (date(2026, 1, 2), False),  # off against Saturday 10 January
        (date(2026, 1, 10), True),
        (date(2026, 2, 13), True),
        (date(2026, 2, 16), False),
        (date(2026, 2, 20), False),
        (date(2026, 2, 23), True),
        (date(2026, 4, 27), False),  # Hùng Kings fell on a Sunday
        (date(2026, 4, 30), False),
        (date(2026, 5, 1), False),
        (date(2026, 8, 22), True),  # Saturday worked against 31 August
        (date(2026, 8, 29), False),
        (date(2026, 8, 31), False),
        (date(2026, 9, 1), False),
        (date(2026, 9, 2), False),
        (date(2026, 9, 3), True),
        (date(2026, 11, 24), True),  # not enacted by any decree in the table
        (date(2027, 11, 24), True),
        (date(2022, 1, 3), False),  # 1 January fell on a Saturday
        (date(2023, 5, 3), False),  # two days made up
        (date(2024, 4, 29), False),
        (date(2024, 5, 4), True),
    ],
)
def test_offices_are_open_as_the_decree_of_the_year_says(day: date, works: bool) -> None:
    assert calendar.is_working_day(day) is works


def test_counting_back_lands_on_working_days_too() -> None:
    assert calendar.add_working_days(date(2025, 2, 3), -1) == date(2025, 1, 24)


def test_zero_working_days_is_the_day_itself_even_a_sunday() -> None:
    assert calendar.add_working_days(date(2025, 2, 2), 0) == date(2025, 2, 2)


def test_a_day_off_moves_to_the_next_working_day() -> None:
    assert calendar.next_working_day_on_or_after(date(2026, 8, 29)) == date(2026, 9, 3)
    assert calendar.next_working_day_on_or_after(date(2026, 9, 3)) == date(2026, 9, 3)


def test_the_calendar_names_its_version_and_how_far_it_was_checked() -> None:
    assert calendar.version.startswith("vn.2026.")
    assert calendar.verified_until == date(2026, 12, 31)


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2100, 1, 1), date.max, date.min])
def test_years_without_a_lunar_table_are_refused(day: date) -> None:
    with pytest.raises(DateOutOfRange):
        calendar.is_working_day(day)
    with pytest.raises(DateOutOfRange):
        calendar.add_working_days(day, 1)
    with pytest.raises(DateOutOfRange):
        calendar.next_working_day_on_or_after(day)
