"""The lives of the five kinds, step by step: state, task, result, what is owed, what is said."""

from collections.abc import Callable

import pytest

from services.casework.domain.opening import KindHasNoCase, open_case
from shared.contracts.casework import CaseAccepted, CaseClosed, CaseDecided, CaseRefused, CaseTaken, NoticeProven
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import Kind, Notice, Result, Stage, Task
from shared.procedure import LIFE, Act, owed_on
from tests.casework_acts import GROUND, OTHER, Desk, accepted, decided, opened
from tests.escalation_events import confirmed, told

ACCEPTED_KINDS = [
    (Kind.COMPLAINT, Task.RESOLVE, Result.DECISION),
    (Kind.DENUNCIATION, Task.RESOLVE, Result.CONCLUSION),
    (Kind.LAND_DISPUTE, Task.MEDIATE, Result.MEDIATION_MINUTES),
]
ANSWERED_KINDS = [Kind.FEEDBACK, Kind.INFORMATION]
LIVES = [*GROUND, *ANSWERED_KINDS]


def said(desk: Desk) -> tuple[Task, Result]:
    """What the last event says has to be done, which is what the state says."""
    [event] = desk.events
    clear = (event.task, event.expected_result)  # type: ignore[attr-defined]
    stage = desk.case.step
    assert clear == (stage.task, stage.result)
    return clear


def owed(desk: Desk) -> set[Notice]:
    return set(desk.case.owed)


@pytest.mark.parametrize("kind", LIVES)
def test_a_confirmed_letter_becomes_a_case_that_its_holder_takes_over(kind: Kind) -> None:
    desk = opened(kind)
    assert (desk.case.stage, desk.case.version) == (Stage.OPEN, 1)
    assert said(desk) == (Task.TAKE_OVER, Result.HOLDER_IN_CHARGE)
    desk.takes_over()
    assert desk.case.stage is Stage.TAKEN
    expected = (Task.ANSWER, Result.ANSWER) if kind in ANSWERED_KINDS else (
        Task.PREPARE_ACCEPTANCE, Result.ACCEPTANCE_NOTICE,
    )  # fmt: skip
    assert said(desk) == expected


@pytest.mark.parametrize(("kind", "task", "result"), ACCEPTED_KINDS)
def test_from_acceptance_through_decision_and_notices_to_the_closed_file(
    kind: Kind, task: Task, result: Result
) -> None:
    desk = accepted(kind)
    assert (said(desk), owed(desk)) == ((task, result), {Notice.ACCEPTANCE})
    desk.proves(Notice.ACCEPTANCE)
    assert (said(desk), owed(desk)) == ((task, result), set())
    desk.decides()
    published = owed_on(kind, Stage.DECIDED) - {Notice.DECISION}
    assert (said(desk), owed(desk)) == ((Task.SEND_NOTICE, Result.NOTICE_SENT), {Notice.DECISION, *published})
    for number, notice in enumerate((Notice.DECISION, *published), 18):
        desk.proves(notice, document_number=f"{number}/TB-UBND")
    assert (said(desk), owed(desk)) == ((Task.CLOSE, Result.CLOSED_FILE), set())
    desk.closes()
    assert desk.case.stage is Stage.CLOSED
    assert isinstance(desk.events[0], CaseClosed)
    assert desk.case.version == 7 + len(published)


@pytest.mark.parametrize("kind", ANSWERED_KINDS)
def test_what_is_only_answered_is_decided_straight_away(kind: Kind) -> None:
    desk = opened(kind).takes_over().decides()
    assert (said(desk), owed(desk)) == ((Task.SEND_NOTICE, Result.NOTICE_SENT), {Notice.DECISION})
    assert desk.proves(Notice.DECISION).closes().case.stage is Stage.CLOSED


@pytest.mark.parametrize("kind", GROUND)
def test_a_refused_case_is_told_and_closed(kind: Kind) -> None:
    desk = opened(kind).takes_over().refuses()
    assert (said(desk), owed(desk)) == ((Task.SEND_NOTICE, Result.NOTICE_SENT), {Notice.REFUSAL})
    assert desk.proves(Notice.REFUSAL).closes().case.stage is Stage.CLOSED


def test_a_decided_case_still_owes_the_notice_of_its_acceptance() -> None:
    desk = decided()
    assert desk.case.owed == {Notice.ACCEPTANCE, Notice.DECISION, Notice.PUBLICATION}
    desk.proves(Notice.DECISION)
    [event] = desk.events
    assert isinstance(event, NoticeProven)
    assert (event.still_owed, event.task) == ([Notice.ACCEPTANCE, Notice.PUBLICATION], Task.SEND_NOTICE)
    with pytest.raises(Denied, match="notice_owed"):
        desk.closes()


@pytest.mark.parametrize("kind", LIVES)
def test_no_state_of_any_kind_is_without_task_and_result(kind: Kind) -> None:
    for stage in LIFE[kind].values():
        assert stage.task
        assert stage.result
    assert not LIFE[kind][Stage.CLOSED].acts
    assert all(Act.REASSIGN in stage.acts for state, stage in LIFE[kind].items() if state is not Stage.CLOSED)


@pytest.mark.parametrize("kind", [Kind.MIXED, Kind.OUT_OF_SCOPE])
def test_what_is_split_or_guided_never_becomes_a_case(kind: Kind) -> None:
    with pytest.raises(KindHasNoCase):
        open_case(None, told(confirmed(kind)))


def test_a_second_confirmation_opens_nothing() -> None:
    assert open_case(opened().case, told(confirmed())) is None


@pytest.mark.parametrize(
    ("before", "state", "event"),
    [
        (lambda: opened(), Stage.TAKEN, CaseTaken),
        (lambda: opened().takes_over(), Stage.TAKEN, CaseTaken),
        (lambda: accepted(), Stage.ACCEPTED, CaseTaken),
        (lambda: decided(), Stage.DECIDED, CaseTaken),
        (lambda: opened().takes_over().refuses(), Stage.REFUSED, CaseTaken),
    ],
    ids=["open", "taken", "accepted", "decided", "refused"],
)
def test_a_reassigned_case_waits_for_its_new_holder_and_goes_on_where_it_was(
    before: Callable[[], Desk], state: Stage, event: type
) -> None:
    desk = before()
    was = desk.case
    desk.reassigns(OTHER)
    assert said(desk) == (Task.TAKE_OVER, Result.HOLDER_IN_CHARGE)
    assert (desk.case.stage, desk.case.holder_id, owed(desk)) == (Stage.OPEN, OTHER, set(was.owed))
    desk.takes_over(OTHER)
    assert (desk.case.stage, desk.case.resumes) == (state, Stage.TAKEN)
    [last] = desk.events
    assert isinstance(last, CaseTaken)
    assert last.stage is state
    said(desk)


def test_a_case_reassigned_twice_still_knows_where_it_was() -> None:
    desk = accepted().reassigns(OTHER).reassigns("dong-khe-04").takes_over()
    assert desk.case.stage is Stage.ACCEPTED


@pytest.mark.parametrize(
    ("kind", "level", "basis"),
    [
        (Kind.COMPLAINT, 1, "KN-12"),
        (Kind.COMPLAINT, 2, "KN-13"),
        (Kind.DENUNCIATION, 1, "TC-07"),
        (Kind.DENUNCIATION, 2, "TC-07"),
        (Kind.LAND_DISPUTE, 1, "HG-01"),  # HG-02 is in force from July 2025
    ],
)
def test_an_acceptance_cites_the_rule_in_force_for_its_kind_and_level(kind: Kind, level: int, basis: str) -> None:
    [event] = opened(kind, level=level).takes_over().accepts().events
    assert isinstance(event, CaseAccepted)
    assert (event.legal_basis, event.level) == (basis, level)


@pytest.mark.parametrize(
    ("kind", "basis"), [(Kind.COMPLAINT, "KN-31"), (Kind.DENUNCIATION, "TC-09"), (Kind.LAND_DISPUTE, "HG-01")]
)
def test_a_refusal_cites_its_rule_too(kind: Kind, basis: str) -> None:
    [event] = opened(kind).takes_over().refuses().events
    assert isinstance(event, CaseRefused)
    assert event.legal_basis == basis


def test_a_decision_names_signer_day_and_outcome() -> None:
    [event] = decided().events
    assert isinstance(event, CaseDecided)
    assert (event.signed_by, str(event.decided_on), event.outcome) == ("dong-khe-01", "2025-01-20", "partly_upheld")
