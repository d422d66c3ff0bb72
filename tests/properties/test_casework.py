"""For every sequence of acts by anybody: five clears, nothing owed when closed, no holder whom the law keeps away."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.casework.domain.state import CaseFile
from shared.contracts.base import Command
from shared.contracts.casework import (
    Accept,
    Close,
    Complicate,
    Decide,
    Extend,
    ProveNotice,
    Reassign,
    Refuse,
    Resume,
    Suspend,
    TakeOver,
    Terminate,
)
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import (
    Criterion,
    EndGround,
    Kind,
    Notice,
    Outcome,
    PauseGround,
    Proof,
    RefusalGround,
    Stage,
    Withdrawer,
)
from shared.procedure import LIFE, Act
from tests.casework_acts import GROUND, HANDLER, OTHER, OUTCOME, opened
from tests.escalation_events import HOLDER, LEADER, MONDAY, SUPERIOR

TODAY = MONDAY + timedelta(days=10)
DEPUTY = "dong-khe-02"
HOLDERS_ACTS = (TakeOver, ProveNotice, Close)
WILD = st.fixed_dictionaries(
    {
        "who": st.sampled_from([HOLDER, LEADER, OTHER, HANDLER, DEPUTY, SUPERIOR]),
        "on": st.integers(-1, 12).map(lambda days: MONDAY + timedelta(days=days)),
        "notice": st.sampled_from(Notice),
        "criteria": st.lists(st.sampled_from(Criterion), min_size=1, max_size=3),
        "pause": st.sampled_from(PauseGround),
        "end": st.sampled_from(EndGround),
        "by": st.sampled_from(Withdrawer),
        "ground": st.sampled_from(RefusalGround),
        "outcome": st.sampled_from(Outcome),
        "holder_id": st.sampled_from([HOLDER, OTHER, HANDLER, DEPUTY, SUPERIOR]),
        "nothing_bars_me": st.booleans(),
    }
)
COMMANDS: dict[Act, type[Command]] = {
    Act.TAKE_OVER: TakeOver,
    Act.ACCEPT: Accept,
    Act.REFUSE: Refuse,
    Act.DECIDE: Decide,
    Act.PROVE_NOTICE: ProveNotice,
    Act.REASSIGN: Reassign,
    Act.COMPLICATE: Complicate,
    Act.EXTEND: Extend,
    Act.SUSPEND: Suspend,
    Act.RESUME: Resume,
    Act.TERMINATE: Terminate,
    Act.CLOSE: Close,
}
TRIES = st.lists(
    st.tuples(
        st.none() | st.none() | st.sampled_from(list(COMMANDS)),
        st.sampled_from([OTHER, HANDLER, DEPUTY, HOLDER]),
        st.none() | st.none() | WILD,
    ),
    min_size=5,
    max_size=40,
)
"""An act, else the next step; to whom a case is given; what is wild about it, else what a careful officer does."""


def next_step(case: CaseFile) -> Act:
    elsewhere = {Act.REASSIGN} | ({Act.CLOSE} if case.owed else set())
    return min(set(case.step.acts) - elsewhere, default=Act.CLOSE)


def careful(case: CaseFile, act: type[Command], holder_id: str) -> dict[str, Any]:
    """Who may do it, today, with what fits the kind."""
    return {
        "who": case.holder_id if act in HOLDERS_ACTS else LEADER,
        "on": TODAY,
        "notice": min(case.owed, default=Notice.DECISION),
        "ground": GROUND.get(case.kind, RefusalGround.NOT_SIGNED),
        "outcome": OUTCOME[case.kind],
        "holder_id": holder_id,
        "nothing_bars_me": True,
        "criteria": list(Criterion),
        "pause": PauseGround.AWAITS_BODY,
        "end": EndGround.WITHDRAWN,
        "by": Withdrawer.SENDER,
    }


def fields_of(act: type[Command], how: dict[str, Any]) -> dict[str, Any]:
    paper = {"document_number": "7/TB-UBND"}
    on: date = how["on"]
    fields: dict[type[Command], dict[str, Any]] = {
        TakeOver: {"nothing_bars_me": how["nothing_bars_me"]},
        Accept: {**paper, "accepted_on": on},
        Refuse: {**paper, "refused_on": on, "ground": how["ground"]},
        Decide: {**paper, "decided_on": on, "outcome": how["outcome"]},
        ProveNotice: {**paper, "notice": how["notice"], "sent_on": on, "proof": Proof.POSTED},
        Reassign: {"holder_id": how["holder_id"]},
        Close: {"closed_on": on},
        Complicate: {**paper, "acted_on": on, "criteria": how["criteria"]},
        Extend: {**paper, "acted_on": on, "criteria": how["criteria"]},
        Suspend: {**paper, "acted_on": on, "ground": how["pause"]},
        Resume: {**paper, "acted_on": on},
        Terminate: {
            **paper,
            "acted_on": on,
            "ground": how["end"],
            "withdrawn_by": how["by"],
            "nothing_to_pursue": True,
        },
    }
    return fields[act]


@given(
    kind=st.sampled_from(sorted(LIFE)),
    level=st.sampled_from([1, 2]),
    kept_away=st.sets(st.sampled_from([OTHER, HANDLER, DEPUTY, SUPERIOR]), max_size=3),
    barred=st.sets(st.sampled_from([OTHER, HANDLER, LEADER]), max_size=2),
    tries=TRIES,
)
def test_whatever_is_tried_the_laws_of_a_case_hold(
    kind: Kind,
    level: int,
    kept_away: set[str],
    barred: set[str],
    tries: list[tuple[Act | None, str, dict[str, Any] | None]],
) -> None:
    desk = opened(kind, level=level, excluded=sorted(kept_away), barred=sorted(barred))
    said = len(desk.events)
    for wished, holder_id, wild in tries:
        before = desk.case
        act = COMMANDS[wished or next_step(before)]
        how = wild or careful(before, act, holder_id)
        with suppress(Denied):
            desk.does(how["who"], act, today=TODAY, **fields_of(act, how))
            said += len(desk.events)
        case, stage = desk.case, desk.case.step
        assert stage.task
        assert stage.result
        assert case.stage is not Stage.CLOSED or not case.owed
        assert case.holder_id not in kept_away | barred
        assert case.version == said == before.version + (case != before)
        assert case.received_on == before.received_on
        assert case == before or (before.stage is not Stage.CLOSED and how["who"] not in kept_away)
