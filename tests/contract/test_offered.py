"""What portal offers is what casework allows: every kind, every state that can be reached, every person, every choice.

Each step is walked twice, by casework's own decisions and by portal's projection of their events, which must agree.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import pytest

from services.casework.domain.state import CaseFile
from services.portal.asking.acts import Act, offered
from services.portal.policy import viewer_of
from services.portal.projection.case import Case
from services.portal.projection.casework import CHANGES
from shared import procedure
from shared.contracts.vocabulary import Kind, Notice, Result, Stage, Task
from shared.procedure import LEADS_TO, LIFE
from tests.casework_acts import CASE_ID, FRIDAY, OTHER, THACH_AN, Desk, opened
from tests.escalation_events import AUTHORITY, HOLDER, LEADER, MONDAY

PERSONS = (HOLDER, OTHER, LEADER)
DAY = date(2025, 1, 30)
_GIVEN: dict[str, Any] = {
    "nothing_bars_me": True, "document_number": "7/TB-UBND", "proof": "posted", "withdrawn_by": "sender",
    "nothing_to_pursue": True,
}  # fmt: skip
"""What a form's fields say where there is nothing to choose."""


@dataclass(frozen=True)
class Walk:
    """A case as casework has it and as portal shows it."""

    case: CaseFile
    row: Case

    @property
    def place(self) -> object:
        """What tells one standing from another."""
        case = self.case
        return case.stage, case.resumes, case.owed, case.holder_id, self.row.outcome, self.row.ground

    def shown(self) -> dict[str, Any]:
        return asdict(self.row)

    def does(self, officer_id: str, act: Act, given: dict[str, Any]) -> "Walk":
        """Raises Denied when casework does not allow what portal offered."""
        desk = Desk(self.case).does(officer_id, act.command, today=FRIDAY, **given)
        row = self.row
        for event in desk.events:
            row = row.after(CHANGES[type(event)](row, event))
        return Walk(replace(desk.case), row)


def begun(kind: Kind) -> Walk:
    desk = opened(kind)
    letter = Case(
        case_id=CASE_ID, stage="confirmed", versions={}, channel="counter", received_on=MONDAY,
        first_received_on=MONDAY, letter_on=None, postmark_on=None, signed=True, receiving_authority_id=AUTHORITY,
        registered_by=None, person_id=HOLDER, task=Task.CLASSIFY, authority_id=AUTHORITY, due_on=MONDAY, due_rule="x",
        expected_result=Result.CONFIRMED_KIND, kind=kind,
    )  # fmt: skip
    [event] = desk.events
    return Walk(desk.case, letter.after(CHANGES[type(event)](letter, event)))


def choices(act: Act, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every way of filling the form: one for each word of its choice."""
    given = {each.name: _GIVEN[each.name] for each in act.inputs if each.name in _GIVEN}
    given |= {each.name: DAY for each in act.inputs if each.kind == "day"}
    if "holder_id" in {each.name for each in act.inputs}:
        given["holder_id"] = OTHER if row["holder_id"] == HOLDER else HOLDER
    given |= {each.name: list(each.options(row)) for each in act.inputs if each.kind == "several" and each.options}
    chosen = [each for each in act.inputs if each.kind == "choice" and each.name not in _GIVEN]
    if not chosen:
        yield given
        return
    [choice] = chosen
    assert choice.options
    options = choice.options(row)
    assert options, f"{act.name} offers nothing to choose"
    for option in options:
        yield given | {choice.name: option}


def everywhere(kind: Kind) -> list[Walk]:
    """Every standing that offered acts lead to."""
    reached = {(first := begun(kind)).place: first}
    waiting = [first]
    while waiting:
        walk = waiting.pop()
        for officer_id in PERSONS:
            viewer = viewer_of(THACH_AN, officer_id, FRIDAY)
            assert viewer is not None
            for act in offered(viewer, walk.shown()):
                for given in choices(act, walk.shown()):
                    further = walk.does(officer_id, act, given)
                    stays = (walk.case.stage,)
                    assert further.case.stage in LEADS_TO.get((walk.case.stage, procedure.Act(act.name)), stays)
                    if further.place not in reached:
                        reached[further.place] = further
                        waiting.append(further)
    return list(reached.values())


@pytest.mark.parametrize("kind", LIFE)
def test_whatever_is_offered_is_allowed_and_leads_through_every_state(kind: Kind) -> None:
    found = everywhere(kind)
    assert {walk.case.stage for walk in found} == set(LIFE[kind])
    assert any(walk.case.stage is Stage.OPEN and walk.case.owed for walk in found), "reassigned while a notice is owed"


@pytest.mark.parametrize("kind", LIFE)
def test_portal_shows_every_case_as_casework_has_it(kind: Kind) -> None:
    for walk in everywhere(kind):
        case, row = walk.case, walk.row
        assert (row.stage, row.holder_id, row.owed) == (case.stage, case.holder_id, sorted(case.owed)), case
        assert row.expected_result == case.step.result
        assert row.marks == sorted(case.marks)
        if case.stage is not Stage.CLOSED:
            assert row.task == case.step.task


@pytest.mark.parametrize("kind", LIFE)
def test_a_notice_that_is_owed_waits_for_the_new_holder_to_take_over(kind: Kind) -> None:
    open_and_owing = [walk for walk in everywhere(kind) if walk.case.stage is Stage.OPEN and walk.case.owed]
    for walk in open_and_owing:
        viewer = viewer_of(THACH_AN, walk.case.holder_id, FRIDAY)
        assert viewer is not None
        assert [act.name for act in offered(viewer, walk.shown())] == ["take-over"]
        taken = walk.does(walk.case.holder_id, offered(viewer, walk.shown())[0], {"nothing_bars_me": True})
        assert taken.case.owed == walk.case.owed
        assert taken.row.stage == walk.case.resumes
        assert Notice(next(iter(taken.row.owed))) in taken.case.owed
