"""Who may not, when not, with which date, ground or outcome not."""

from collections.abc import Callable
from datetime import date

import pytest

from services.casework.domain.acceptance import accept
from services.casework.domain.standing import competent_persons
from shared.contracts.casework import Accept, TakeOver
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Kind, Notice, Outcome, RefusalGround
from shared.directory import Absence
from shared.procedure import GROUNDS, LIFE, OUTCOMES
from tests.casework_acts import (
    CASE_ID,
    DEPUTY,
    FRIDAY,
    GROUND,
    HANDLER,
    OTHER,
    THACH_AN,
    Desk,
    accepted,
    decided,
    opened,
    with_case,
)
from tests.escalation_events import HOLDER, LEADER, MONDAY, SUPERIOR

Step = Callable[[Desk], Desk]


def refused(desk: Desk, step: Step) -> tuple[str, str | None]:
    """Code and field of the refusal; the case stays as it was."""
    before = desk.case
    with pytest.raises(Denied) as caught:
        step(desk)
    assert desk.case == before
    return caught.value.code, caught.value.error.field


def taken(kind: Kind = Kind.COMPLAINT) -> Desk:
    return opened(kind).takes_over()


HOLDERS_ACTS: list[tuple[Callable[[], Desk], Callable[[str], Step]]] = [
    (opened, lambda who: lambda desk: desk.takes_over(who)),
    (decided, lambda who: lambda desk: desk.proves(Notice.DECISION, who)),
    (decided, lambda who: lambda desk: desk.closes(who)),
]
HEADS_ACTS: list[tuple[Callable[[], Desk], Callable[[str], Step]]] = [
    (taken, lambda who: lambda desk: desk.accepts(who)),
    (taken, lambda who: lambda desk: desk.refuses(officer_id=who)),
    (accepted, lambda who: lambda desk: desk.decides(officer_id=who)),
    (accepted, lambda who: lambda desk: desk.reassigns(OTHER, who)),
]


@pytest.mark.parametrize("who", [LEADER, OTHER, HANDLER, SUPERIOR, "le-lai-01"])
@pytest.mark.parametrize(("before", "act"), HOLDERS_ACTS)
def test_only_the_holder_takes_over_proves_and_closes(
    before: Callable[[], Desk], act: Callable[[str], Step], who: str
) -> None:
    assert refused(before(), act(who)) == ("not_allowed", None)


@pytest.mark.parametrize("who", [HOLDER, DEPUTY, HANDLER, SUPERIOR, "le-lai-01"])
@pytest.mark.parametrize(("before", "act"), HEADS_ACTS)
def test_only_the_competent_head_accepts_refuses_decides_and_reassigns(
    before: Callable[[], Desk], act: Callable[[str], Step], who: str
) -> None:
    assert refused(before(), act(who)) == ("not_allowed", None)


@pytest.mark.parametrize(("before", "act"), HOLDERS_ACTS + HEADS_ACTS)
@pytest.mark.parametrize("who", [LEADER, DEPUTY, OTHER])
def test_to_those_from_whom_it_is_hidden_no_case_exists(
    before: Callable[[], Desk], act: Callable[[str], Step], who: str
) -> None:
    hidden = with_case(before(), excluded=(LEADER, DEPUTY, OTHER))
    assert refused(hidden, act(who)) == ("not_found", None)
    unknown = Accept(case_id=CASE_ID, expected_version=1, document_number="1/TB", accepted_on=MONDAY)
    with pytest.raises(Denied, match="not_found"):
        accept(THACH_AN, None, unknown, who, FRIDAY)


def test_a_head_who_is_himself_denounced_never_decides_and_the_head_above_does() -> None:
    line = tuple(sorted(THACH_AN.line_of(LEADER, MONDAY)))
    desk = with_case(opened(Kind.DENUNCIATION), excluded=line)
    assert competent_persons(THACH_AN, desk.case, FRIDAY) == {SUPERIOR}


def test_whoever_acts_for_an_absent_head_is_competent_beside_him() -> None:
    away = THACH_AN.with_absences(Absence(LEADER, MONDAY, date(2025, 3, 1), DEPUTY))
    assert competent_persons(away, opened().case, FRIDAY) == {LEADER, DEPUTY}
    assert competent_persons(THACH_AN, opened().case, FRIDAY) == {LEADER}


@pytest.mark.parametrize(
    ("kind", "level", "competent"),
    [
        (Kind.COMPLAINT, 1, {LEADER}),  # the law asks first the one who is complained of
        (Kind.COMPLAINT, 2, {SUPERIOR}),
        (Kind.FEEDBACK, 1, {SUPERIOR}),
    ],
)
def test_the_author_of_the_act_decides_only_a_first_complaint(kind: Kind, level: int, competent: set[str]) -> None:
    desk = opened(kind, level=level, barred=[LEADER])
    assert competent_persons(THACH_AN, desk.case, FRIDAY) == competent


def test_nobody_is_competent_when_the_law_leaves_nobody() -> None:
    everybody = tuple(officer.id for officer in THACH_AN.officers())
    assert competent_persons(THACH_AN, with_case(opened(), excluded=everybody).case, FRIDAY) == frozenset()


@pytest.mark.parametrize(
    ("holder_id", "code"),
    [
        (HOLDER, "already_here"),
        ("nobody-at-all", "unknown_officer"),
        ("le-lai-04", "unknown_officer"),
        (OTHER, "recused"),
        (HANDLER, "recused"),
    ],
)
def test_a_case_is_given_only_to_another_officer_of_the_authority_who_is_free(holder_id: str, code: str) -> None:
    desk = with_case(opened(), excluded=(OTHER,), barred=(HANDLER,))
    assert refused(desk, lambda desk: desk.reassigns(holder_id)) == (code, "holder_id")


def test_who_declares_that_something_bars_him_does_not_take_over() -> None:
    step: Step = lambda desk: desk.does(HOLDER, TakeOver, nothing_bars_me=False)  # noqa: E731
    assert refused(opened(), step) == ("recused", "nothing_bars_me")


@pytest.mark.parametrize(
    ("before", "act", "who"),
    [*((before, act, HOLDER) for before, act in HOLDERS_ACTS), *((before, act, LEADER) for before, act in HEADS_ACTS)],
)
def test_an_old_version_is_refused(before: Callable[[], Desk], act: Callable[[str], Step], who: str) -> None:
    desk = before()
    desk.seen_version = desk.case.version - 1
    assert refused(desk, act(who)) == ("version_conflict", None)


@pytest.mark.parametrize(
    ("before", "step"),
    [
        (opened, lambda desk: desk.accepts()),
        (opened, lambda desk: desk.decides()),
        (taken, lambda desk: desk.takes_over()),
        (taken, lambda desk: desk.decides()),
        (taken, lambda desk: desk.proves(Notice.ACCEPTANCE)),
        (taken, lambda desk: desk.closes()),
        (accepted, lambda desk: desk.accepts()),
        (accepted, lambda desk: desk.refuses()),
        (accepted, lambda desk: desk.closes()),
        (decided, lambda desk: desk.decides()),
        (lambda: taken(Kind.FEEDBACK), lambda desk: desk.accepts()),
        (lambda: taken(Kind.INFORMATION), lambda desk: desk.refuses(RefusalGround.NOT_SIGNED)),
        (lambda: decided().reassigns(OTHER), lambda desk: desk.proves(Notice.DECISION, OTHER)),
    ],
)
def test_an_act_out_of_its_state_is_refused(before: Callable[[], Desk], step: Step) -> None:
    assert refused(before(), step) == ("wrong_state", None)


def test_a_closed_file_stays_closed() -> None:
    desk = decided(Kind.FEEDBACK).proves(Notice.DECISION).closes()
    for step in (Desk.closes, Desk.reassigns, Desk.decides, Desk.takes_over):
        assert refused(desk, step) == ("wrong_state", None)


@pytest.mark.parametrize("notice", [Notice.REFUSAL, Notice.TRANSFER, Notice.GUIDANCE])
def test_a_notice_that_is_not_owed_cannot_be_proven(notice: Notice) -> None:
    assert refused(decided(), lambda desk: desk.proves(notice)) == ("wrong_state", "notice")


TOMORROW = date(2025, 2, 1)


@pytest.mark.parametrize(
    ("before", "step", "field"),
    [
        (taken, lambda desk, day: desk.accepts(on=day), "accepted_on"),
        (taken, lambda desk, day: desk.refuses(refused_on=day), "refused_on"),
        (accepted, lambda desk, day: desk.decides(decided_on=day), "decided_on"),
        (decided, lambda desk, day: desk.proves(Notice.DECISION, sent_on=day), "sent_on"),
        (
            lambda: decided(Kind.FEEDBACK).proves(Notice.DECISION),
            lambda desk, day: desk.closes(on=day),
            "closed_on",
        ),
    ],
)
@pytest.mark.parametrize(("day", "code"), [(TOMORROW, "date_in_future"), (date(2025, 1, 5), "dates_contradict")])
def test_no_act_is_dated_in_the_future_or_before_what_it_rests_on(
    before: Callable[[], Desk], step: Callable[[Desk, date], Desk], field: str, day: date, code: str
) -> None:
    assert refused(before(), lambda desk: step(desk, day)) == (code, field)


@pytest.mark.parametrize(
    ("before", "step", "field"),
    [
        (accepted, lambda desk: desk.decides(decided_on=date(2025, 1, 9)), "decided_on"),  # accepted on the 10th
        (
            decided,
            lambda desk: desk.proves(Notice.DECISION, sent_on=date(2025, 1, 19)),
            "sent_on",
        ),  # decided on the 20th
        (decided, lambda desk: desk.proves(Notice.ACCEPTANCE, sent_on=date(2025, 1, 9)), "sent_on"),
        (
            lambda: decided(Kind.FEEDBACK).proves(Notice.DECISION),
            lambda desk: desk.closes(on=date(2025, 1, 21)),
            "closed_on",
        ),
    ],
)
def test_each_act_follows_the_one_before(before: Callable[[], Desk], step: Step, field: str) -> None:
    assert refused(before(), step) == ("dates_contradict", field)


@pytest.mark.parametrize("kind", GROUND)
@pytest.mark.parametrize("ground", RefusalGround)
def test_a_ground_is_one_that_the_law_knows_for_the_kind(kind: Kind, ground: RefusalGround) -> None:
    if ground in GROUNDS[kind]:
        taken(kind).refuses(ground)
    else:
        assert refused(taken(kind), lambda desk: desk.refuses(ground)) == ("law_refuses", "ground")


def test_a_denunciation_is_never_out_of_time() -> None:
    assert RefusalGround.OUT_OF_TIME not in GROUNDS[Kind.DENUNCIATION]


@pytest.mark.parametrize("kind", LIFE)
@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_is_one_of_its_kind(kind: Kind, outcome: Outcome) -> None:
    desk = accepted(kind) if kind in GROUND else taken(kind)
    if outcome in OUTCOMES[kind]:
        desk.decides(outcome)
    else:
        assert refused(desk, lambda desk: desk.decides(outcome)) == (ErrorCode.LAW_REFUSES, "outcome")


def test_an_acceptance_needs_a_rule_in_force_on_its_day() -> None:
    old = opened(Kind.LAND_DISPUTE, received_on=date(2021, 6, 1)).takes_over()
    step: Step = lambda desk: desk.accepts(on=date(2021, 6, 2))  # noqa: E731
    assert refused(old, step) == ("law_refuses", None)
