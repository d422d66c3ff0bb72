"""Papers that move a term or end a case early, as tables: what is allowed, what is refused and by which rule."""

from datetime import date
from typing import Any

import pytest

from shared.contracts.base import Command, Event
from shared.contracts.casework import CaseDecided, CaseMoved, Complicate, Extend, Resume, Suspend, Terminate
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import (
    Criterion,
    EndGround,
    Kind,
    Mark,
    Notice,
    Outcome,
    PauseGround,
    Stage,
    Task,
    Withdrawer,
)
from shared.directory import Authority, Directory, Level, Officer, Post, Role
from tests.casework_acts import HANDLER, HOLDER, OTHER, Desk, accepted, opened
from tests.escalation_events import AUTHORITY, LEADER

C, D = Kind.COMPLAINT, Kind.DENUNCIATION
ONE, TWO = [Criterion.SEVERAL_PLACES], [Criterion.SEVERAL_PLACES, Criterion.EVIDENCE_CONFLICTS]
STILL_THERE = Directory(
    (Authority(AUTHORITY, "xã", Level.COMMUNE, None, True, date(2020, 1, 1), None),),
    (Officer(LEADER, "Chủ tịch", ""), Officer(HOLDER, "Công chức", "")),
    (Post(LEADER, AUTHORITY, Role.HEAD, "Chủ tịch", date(2020, 1, 1), None),),
)
"""A commune with one head for all laws: the real ones of that day are others."""
IN_2025, IN_2026 = date(2025, 1, 20), date(2026, 8, 10)
BY_SENDER = {"ground": EndGround.WITHDRAWN, "withdrawn_by": Withdrawer.SENDER, "nothing_to_pursue": True}


def an(kind: Kind, year: int = 2025) -> Desk:
    """Accepted on the tenth of the month."""
    if year == 2025:
        return accepted(kind)
    desk = opened(kind, received_on=date(2026, 8, 3))
    desk.directory = STILL_THERE
    return desk.takes_over().accepts(on=date(2026, 8, 5), today=date(2026, 8, 31))


def signs(desk: Desk, command: type[Command], on: date, number: int = 30, who: str = LEADER, **given: Any) -> Desk:
    paper = {"document_number": f"{number}/QD-UBND", "acted_on": on}
    return desk.does(who, command, today=on if on.year == 2026 else date(2025, 1, 31), **paper, **given)


def said(desk: Desk) -> Event:
    [event] = desk.events
    return event


@pytest.mark.parametrize(
    ("kind", "command", "given", "on", "basis", "owed"),
    [
        (C, Complicate, {"criteria": ONE}, IN_2025, "KN-14", None),
        (C, Complicate, {"criteria": ONE}, IN_2026, "KN-49", None),
        (D, Extend, {"criteria": ONE}, IN_2025, "TC-15", Notice.EXTENSION),
        (D, Suspend, {"ground": PauseGround.AWAITS_BODY}, IN_2025, "TC-29", Notice.SUSPENSION),
        (C, Suspend, {"ground": PauseGround.OBSTACLE}, IN_2026, "KN-38", Notice.SUSPENSION),
    ],
)
def test_a_paper_moves_the_term_by_the_rule_of_its_day(
    kind: Kind, command: type[Command], given: dict[str, Any], on: date, basis: str, owed: Notice | None
) -> None:
    desk = an(kind, on.year)
    before = desk.case.owed
    event = said(signs(desk, command, on, **given))
    assert isinstance(event, CaseMoved)
    assert (event.legal_basis, event.moved_on, event.document_number) == (basis, on, "30/QD-UBND")
    assert desk.case.owed - before == ({owed} if owed else set())
    assert desk.case.stage is Stage.ACCEPTED
    assert event.still_owed == sorted(desk.case.owed)


@pytest.mark.parametrize(
    ("kind", "command", "given", "on", "rule", "field"),
    [
        (C, Suspend, {"ground": PauseGround.OBSTACLE}, IN_2025, "KN-38", "acted_on"),  # no law before July 2026
        (C, Suspend, {"ground": PauseGround.AWAITS_EXPERTS}, IN_2026, "KN-38", "ground"),  # a denunciation's
        (D, Suspend, {"ground": PauseGround.FORCE_MAJEURE}, IN_2025, "TC-29", "ground"),
        (C, Terminate, {"ground": EndGround.DIED}, IN_2025, "KN-39", "acted_on"),
        (D, Terminate, {"ground": EndGround.DIED}, IN_2025, "TC-29", "ground"),
        (C, Terminate, {"ground": EndGround.WITHDRAWN, "withdrawn_by": Withdrawer.OTHER}, IN_2025, "KN-36",
         "withdrawn_by"),
        (C, Terminate, {"ground": EndGround.WITHDRAWN}, IN_2026, "KN-37", "withdrawn_by"),
        (D, Terminate, {"ground": EndGround.WITHDRAWN, "withdrawn_by": Withdrawer.SENDER}, IN_2025, "TC-28",
         "nothing_to_pursue"),
    ],
)  # fmt: skip
def test_what_the_law_does_not_know_is_refused_with_its_rule(
    kind: Kind, command: type[Command], given: dict[str, Any], on: date, rule: str, field: str
) -> None:
    desk = an(kind, on.year)
    before = desk.case
    with pytest.raises(Denied, match="law_refuses") as refused:
        signs(desk, command, on, **given)
    assert (refused.value.error.rule, refused.value.error.field) == (rule, field)
    assert desk.case == before


def test_a_denunciation_is_extended_twice_and_not_a_third_time() -> None:
    desk = signs(an(D), Extend, IN_2025, criteria=ONE)
    with pytest.raises(Denied, match="law_refuses") as refused:
        signs(desk, Extend, date(2025, 1, 21), 31, criteria=[*ONE, *ONE])
    assert (refused.value.error.rule, refused.value.error.field) == ("TC-16", "criteria"), "one criterion, said twice"
    signs(desk, Extend, date(2025, 1, 21), 31, criteria=TWO)
    assert desk.case.marks == {Mark.EXTENDED, Mark.EXTENDED_TWICE}
    with pytest.raises(Denied, match="law_refuses") as refused:
        signs(desk, Extend, date(2025, 1, 22), 32, criteria=TWO)
    assert refused.value.error.rule == "TC-16"


def test_what_is_suspended_is_not_suspended_again_nor_decided_but_goes_on_by_a_paper() -> None:
    desk = signs(an(D), Suspend, IN_2025, ground=PauseGround.AWAITS_BODY)
    assert (desk.case.step.task, desk.case.marks) == (Task.REVIEW_SUSPENSION, {Mark.SUSPENDED})
    for refuse in (
        lambda: signs(desk, Suspend, date(2025, 1, 21), ground=PauseGround.AWAITS_BODY),
        lambda: desk.decides(),
        lambda: signs(desk, Extend, date(2025, 1, 21), criteria=ONE),
    ):
        with pytest.raises(Denied, match="wrong_state"):
            refuse()
    with pytest.raises(Denied, match="dates_contradict"):
        signs(desk, Resume, date(2025, 1, 19), 31)
    event = said(signs(desk, Resume, date(2025, 1, 25), 31))
    with pytest.raises(Denied, match="dates_contradict"):
        desk.decides(decided_on=date(2025, 1, 24))  # the days of the suspension are nobody's
    assert isinstance(event, CaseMoved)
    assert (event.marks, event.task, desk.case.marks) == ([], Task.RESOLVE, frozenset())
    with pytest.raises(Denied, match="law_refuses"):
        signs(desk, Resume, date(2025, 1, 26), 32)


@pytest.mark.parametrize("suspended", [False, True])
@pytest.mark.parametrize(("kind", "basis"), [(C, "KN-36"), (D, "TC-27")])
def test_a_withdrawn_case_ends_without_a_decision_to_publish(kind: Kind, basis: str, suspended: bool) -> None:
    desk = an(kind).proves(Notice.ACCEPTANCE)
    if suspended and kind is D:
        signs(desk, Suspend, IN_2025, ground=PauseGround.AWAITS_BODY)
    event = said(signs(desk, Terminate, date(2025, 1, 22), 33, **BY_SENDER))
    assert isinstance(event, CaseDecided)
    assert (event.outcome, event.end_ground, event.legal_basis) == (Outcome.TERMINATED, EndGround.WITHDRAWN, basis)
    assert (desk.case.stage, desk.case.marks) == (Stage.DECIDED, frozenset())
    assert Notice.PUBLICATION not in desk.case.owed


def test_the_notice_of_a_paper_is_not_sent_before_the_case_was_accepted() -> None:
    desk = signs(an(D), Extend, IN_2025, criteria=ONE)
    with pytest.raises(Denied, match="dates_contradict"):
        desk.proves(Notice.EXTENSION, sent_on=date(2025, 1, 9))
    assert Notice.EXTENSION not in desk.proves(Notice.EXTENSION, sent_on=date(2025, 1, 21)).case.owed


def test_a_complaint_may_be_withdrawn_before_it_is_accepted() -> None:
    desk = signs(opened(C).takes_over(), Terminate, date(2025, 1, 9), **BY_SENDER)
    assert (desk.case.stage, desk.case.owed) == (Stage.DECIDED, {Notice.DECISION})


@pytest.mark.parametrize("who", [HOLDER, OTHER, HANDLER])
def test_only_the_competent_person_signs(who: str) -> None:
    with pytest.raises(Denied, match="not_allowed"):
        signs(an(D), Extend, IN_2025, who=who, criteria=ONE)


@pytest.mark.parametrize(("on", "code"), [(date(2025, 2, 1), "date_in_future"), (date(2025, 1, 9), "dates_contradict")])
def test_a_paper_is_dated_between_its_cause_and_today(on: date, code: str) -> None:
    with pytest.raises(Denied, match=code):
        signs(an(D), Extend, on, criteria=ONE)


@pytest.mark.parametrize("kind", [Kind.FEEDBACK, Kind.INFORMATION, Kind.LAND_DISPUTE])
def test_other_kinds_know_no_such_paper(kind: Kind) -> None:
    desk = opened(kind).takes_over()
    for command, given in ((Extend, {"criteria": ONE}), (Terminate, BY_SENDER)):
        with pytest.raises(Denied, match="wrong_state"):
            signs(desk, command, IN_2025, **given)
