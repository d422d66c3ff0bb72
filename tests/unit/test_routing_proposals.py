"""What is proposed: kind by channel, competence by whom it is against, confirmer and holder outside the line."""

from datetime import UTC, date, datetime

import pytest

from services.routing.domain.exclusion import classifiers, leaders_of, lines_of
from services.routing.domain.places import common_superior
from services.routing.domain.proposal import propose
from shared.contracts.routing import LetterSplit
from shared.contracts.vocabulary import Channel, Flag, Kind, Stage
from shared.directory import parse
from tests.escalation_events import MONDAY
from tests.routing_letters import (
    COMMUNE,
    DESK,
    DISTRICT,
    DISTRICT_DESK,
    HEAD,
    HOLDER,
    OTHER,
    PROVINCE,
    PROVINCE_DESK,
    SPLIT,
    THACH_AN,
    after,
    letter,
    proposed,
)

C, D, T, F, L = Kind.COMPLAINT, Kind.DENUNCIATION, Kind.INFORMATION, Kind.FEEDBACK, Kind.LAND_DISPUTE

JUNE = datetime(2025, 6, 27, 2, tzinfo=UTC)
_FIRST, _LAST, _NEW = date(2020, 1, 1), date(2025, 6, 30), date(2025, 7, 1)
_SPANS = {"old": (_FIRST, _LAST), "new": (_NEW, None), "other": (_FIRST, None), "top": (_FIRST, None)}
_ROLES = {"01": "head", "03": "handler", "04": "officer", "07": "steward"}


def _dated(place: str) -> dict[str, date]:
    first, last = _SPANS[place]
    return {"from": first, **({"to": last} if last else {})}


MERGED = parse(
    {
        "authorities": [
            {"id": "top", "name": "T", "level": "province", **_dated("top")},
            {"id": "old", "name": "O", "level": "commune", "superior": "top", "successor": "new", **_dated("old")},
            {"id": "new", "name": "N", "level": "commune", "superior": "top", **_dated("new")},
            {"id": "other", "name": "K", "level": "commune", "superior": "top", **_dated("other")},
        ],
        "officers": [
            {"id": f"{place}-{number}", "name": "A", "email": "a@b.vn"} for place in _SPANS for number in _ROLES
        ],
        "posts": [
            {"officer": f"{place}-{number}", "authority": place, "role": role, "title": "T", **_dated(place)}
            for place in _SPANS
            for number, role in _ROLES.items()
        ],
    }
)
"""A commune that became another on 1 July 2025, a neighbour, and the province above them."""


@pytest.mark.parametrize(
    ("kind", "against", "competent", "rules"),
    [
        (C, [COMMUNE], COMMUNE, ["KN-02", "KN-01"]),
        (C, [DISTRICT], DISTRICT, ["KN-03", "KN-01"]),
        (C, [HOLDER], COMMUNE, ["KN-02", "KN-01"]),
        (C, [], COMMUNE, ["KN-02", "KN-01"]),
        (D, [HOLDER], COMMUNE, ["TC-01", "TC-02"]),
        (D, [HEAD], DISTRICT, ["TC-01", "TC-03"]),
        (D, ["le-lai-02"], DISTRICT, ["TC-01", "TC-03"]),
        (D, [COMMUNE], DISTRICT, ["TC-01", "TC-03"]),
        (D, [HOLDER, "dong-khe-04"], DISTRICT, ["TC-01", "TC-02"]),
        (D, [HEAD, "dong-khe-01"], DISTRICT, ["TC-01", "TC-03"]),
        (D, ["thach-an-01"], PROVINCE, ["TC-01", "TC-03"]),
        (D, [HOLDER, "thach-an-01"], PROVINCE, ["TC-01", "TC-03"]),
        (T, [HEAD], DISTRICT, ["TC-01", "TC-03"]),
        (T, [HOLDER], COMMUNE, ["TC-01", "TC-02"]),
        (F, [], COMMUNE, ["XL-15"]),
        (F, [OTHER], OTHER, ["XL-15"]),
        (F, [DESK], COMMUNE, ["XL-15"]),
        (F, [HEAD], DISTRICT, ["XL-15"]),
        (L, [], COMMUNE, ["HG-01"]),
        (L, [OTHER], OTHER, ["HG-01"]),
        (Kind.MIXED, [], COMMUNE, ["XL-17"]),
        (Kind.OUT_OF_SCOPE, [], COMMUNE, ["XL-18"]),
    ],
)
def test_who_is_competent(kind: Kind, against: list[str], competent: str, rules: list[str]) -> None:
    _, event = proposed(letter(kind, against=against))
    assert (event.competent_authority_id, event.rules) == (competent, rules)


@pytest.mark.parametrize(
    ("against", "competent", "rule"),
    [([COMMUNE], DISTRICT, "KN-03"), ([DISTRICT], PROVINCE, "KN-06"), ([PROVINCE], None, "KN-07")],
)
def test_a_second_complaint_goes_to_the_superior(against: list[str], competent: str | None, rule: str) -> None:
    _, event = proposed(letter(C, against=against, flags=[Flag.SECOND_TIME]))
    assert (event.level, event.competent_authority_id, event.rules[0]) == (2, competent, rule)
    assert (event.holder_id is None) is (competent is None)


def test_a_land_dispute_before_the_land_law_cites_the_policy() -> None:
    _, event = proposed(letter(L, received_on=date(2024, 7, 1)), at=datetime(2024, 7, 1, 2, tzinfo=UTC))
    assert event.rules == ["CS-02"]


def test_a_land_dispute_that_names_no_commune_at_the_district_waits_for_a_person() -> None:
    _, event = proposed(letter(L, authority_id=DISTRICT))
    assert (event.competent_authority_id, event.holder_id, event.confirmer_id) == (None, None, DISTRICT_DESK)


@pytest.mark.parametrize(
    ("kind", "channel", "signed", "expected"),
    [
        (D, Channel.COUNTER, True, D),
        (D, Channel.RECEPTION, True, D),
        (D, Channel.BOX, True, D),
        (D, Channel.BOX, False, T),
        (D, Channel.POST, False, T),
        (D, Channel.WEB, True, T),
        (D, Channel.HOTLINE, False, T),
        (D, Channel.HAMLET, True, T),
        (C, Channel.FORWARDED, True, C),
        (C, Channel.HAMLET, True, C),
        (C, Channel.HAMLET, False, F),
        (C, Channel.WEB, False, F),
        (C, Channel.POST, False, F),
        (F, Channel.HOTLINE, False, F),
        (L, Channel.HAMLET, False, L),
    ],
)
def test_what_arrives_as_what(kind: Kind, channel: Channel, signed: bool, expected: Kind) -> None:
    _, event = proposed(letter(kind, channel=channel, signed=signed, against=[HOLDER]))
    assert event.kind is expected


@pytest.mark.parametrize(
    ("kind", "score", "against", "confirmer"),
    [
        (D, 1.0, [], DESK),
        (D, 1.0, [HOLDER], DESK),
        (D, 1.0, [HEAD], DISTRICT_DESK),
        (D, 1.0, [DESK], DISTRICT_DESK),
        (D, 1.0, [COMMUNE], DISTRICT_DESK),
        (D, 1.0, ["thach-an-01"], PROVINCE_DESK),
        (None, 0.0, [HEAD], DISTRICT_DESK),
        (C, 1.0, [HEAD], DISTRICT_DESK),
        (C, 1.0, [COMMUNE], DISTRICT_DESK),
        (C, 1.0, [PROVINCE], DESK),
        (C, 1.0, [], DESK),
        (C, 0.8, [HEAD], DISTRICT_DESK),
        (F, 1.0, [DESK], DISTRICT_DESK),
        (F, 1.0, [HEAD], DISTRICT_DESK),
    ],
)
def test_who_confirms(kind: Kind | None, score: float, against: list[str], confirmer: str) -> None:
    _, event = proposed(letter(kind, score=score, against=against))
    assert event.confirmer_id == confirmer
    assert event.confirmer_id not in event.excluded


@pytest.mark.parametrize(
    ("kind", "against", "excluded"),
    [
        (D, [HEAD], list(lines_of(THACH_AN, [HEAD], MONDAY))),
        (D, [HOLDER], [HOLDER]),
        (C, [HOLDER], [HOLDER]),
        (C, [HEAD], list(lines_of(THACH_AN, [HEAD], MONDAY))),
        (C, [PROVINCE], list(leaders_of(THACH_AN, [PROVINCE], MONDAY))),
        (F, [DESK], [DESK]),
        (F, [COMMUNE], list(lines_of(THACH_AN, [COMMUNE], MONDAY))),
    ],
)
def test_from_whom_it_stays_hidden(kind: Kind, against: list[str], excluded: list[str]) -> None:
    _, event = proposed(letter(kind, against=against))
    assert event.excluded == excluded


@pytest.mark.parametrize(("kind", "against"), [(C, [HOLDER]), (D, [HOLDER]), (F, [HOLDER])])
def test_the_author_of_the_act_does_not_hold_it(kind: Kind, against: list[str]) -> None:
    _, event = proposed(letter(kind, against=against))
    assert event.holder_id == "le-lai-05"


def test_a_separated_letter_is_an_envelope_and_a_settled_one_stays_what_it_is() -> None:
    state, _ = proposed(letter(Kind.MIXED))
    decision = after(state, SPLIT)
    assert [draft.event for draft in decision.drafts] == [LetterSplit(authority_id=COMMUNE, split_on=MONDAY, parts=2)]
    assert decision.state.stage is Stage.SPLIT
    with pytest.raises(AssertionError):
        after(decision.state, SPLIT)


def test_a_letter_that_outlives_its_commune_is_settled_by_what_stands_in_its_place() -> None:
    """Received at an old commune in June, confirmed, transferred or returned in July by the new one's people."""
    directory, on = MERGED, date(2025, 7, 2)
    decision = after(None, letter(C, authority_id="old", received_on=date(2025, 6, 27)), directory=directory, at=JUNE)
    state = decision.state
    assert (state.competent_authority_id, state.confirmer_authority_id) == ("old", "old")
    assert classifiers(directory, state, "old", on) == {"new-03"}
    again, _ = propose(directory, state, "old", on)
    assert (again.competent_authority_id, again.holder_id) == ("new", "new-04")
    assert common_superior(directory, "old", "other", on) == "top"
