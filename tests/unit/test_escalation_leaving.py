"""Whom the ladder alerts when the holder's post has ended or he is away: the head, until another is named."""

from datetime import date

import pytest

from services.escalation.domain.ladder import Audience
from services.escalation.domain.recipients import recipients_of
from shared.directory import Directory, Recipient, Via, parse

LAST_DAY, NEXT_DAY = date(2025, 2, 28), date(2025, 3, 1)


def directory(*absences: dict[str, object], left: bool = False) -> Directory:
    """One commune: a head, a holder and a colleague."""
    since = {"from": date(2020, 1, 1)}
    ends = {"to": LAST_DAY} if left else {}
    post = {"authority": "here", "title": "P", **since}
    return parse(
        {
            "authorities": [{"id": "here", "name": "H", "level": "commune", **since}],
            "officers": [{"id": each, "name": "N", "email": f"{each}@x.vn"} for each in ("head", "holder", "mate")],
            "posts": [
                {"officer": "head", "role": "head", **post},
                {"officer": "holder", "role": "officer", **post, **ends},
                {"officer": "mate", "role": "officer", **post},
            ],
            "absences": list(absences),
        }
    )


AWAY = {"officer": "holder", "from": NEXT_DAY, "to": date(2025, 3, 14)}
CASES = [
    ("in his post", directory(), NEXT_DAY, "holder"),
    ("on the last day of his post", directory(left=True), LAST_DAY, "holder"),
    ("the day after his post ended", directory(left=True), NEXT_DAY, "head"),
    ("away and nobody acts for him", directory(AWAY), NEXT_DAY, "head"),
    ("away and a colleague acts for him", directory({**AWAY, "acting": "mate"}), NEXT_DAY, "head"),
]


@pytest.mark.parametrize(("what", "place", "on", "expected"), CASES, ids=[row[0] for row in CASES])
def test_the_holder_is_warned_while_he_is_there_and_the_head_when_he_is_not(
    what: str, place: Directory, on: date, expected: str
) -> None:
    found = recipients_of(place, (Audience.HOLDER,), "here", "holder", frozenset(), on)
    assert found == (Recipient(expected, "here", Via.POST),)


def test_a_breach_alerts_the_head_once_when_the_holder_has_left() -> None:
    found = recipients_of(
        directory(left=True), (Audience.LEADER, Audience.HOLDER), "here", "holder", frozenset(), NEXT_DAY
    )
    assert [each.officer_id for each in found] == ["head"]
