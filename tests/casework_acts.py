"""Commands of casework and cases to give them to."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.casework.domain.acceptance import accept
from services.casework.domain.closing import close
from services.casework.domain.decision import decide
from services.casework.domain.moving import move, terminate
from services.casework.domain.notice import prove_notice
from services.casework.domain.opening import open_case
from services.casework.domain.reassignment import reassign
from services.casework.domain.refusal import refuse
from services.casework.domain.state import CaseFile
from services.casework.domain.taking import take_over
from services.casework.handlers import MOVES
from shared.contracts.base import Command, Event
from shared.contracts.casework import Accept, Close, Decide, ProveNotice, Reassign, Refuse, TakeOver, Terminate
from shared.contracts.vocabulary import Kind, Notice, Outcome, Proof, RefusalGround
from shared.directory import Directory, load
from shared.effects import numbered
from tests.escalation_events import HOLDER, LEADER, MONDAY, confirmed, told

THACH_AN = load("thach_an")
OTHER, DEPUTY, HANDLER = "dong-khe-05", "dong-khe-02", "dong-khe-03"
CASE_ID = UUID("5b6b7a52-0c4e-4f0e-8a52-2f3a0f3f6b11")
FRIDAY = date(2025, 1, 31)

GROUND = {
    Kind.COMPLAINT: RefusalGround.OUT_OF_TIME,
    Kind.DENUNCIATION: RefusalGround.NO_GROUNDS,
    Kind.LAND_DISPUTE: RefusalGround.IN_COURT,
}
OUTCOME = {
    Kind.COMPLAINT: Outcome.PARTLY_UPHELD,
    Kind.DENUNCIATION: Outcome.REJECTED,
    Kind.LAND_DISPUTE: Outcome.NOT_AGREED,
    Kind.FEEDBACK: Outcome.ANSWERED,
    Kind.INFORMATION: Outcome.ANSWERED,
}
DECIDERS: dict[type[Command], Callable[..., Any]] = {
    TakeOver: lambda directory, *given: take_over(*given),
    Accept: accept,
    Refuse: refuse,
    Decide: decide,
    ProveNotice: lambda directory, *given: prove_notice(*given),
    Reassign: reassign,
    Close: lambda directory, *given: close(*given),
    **{command: lambda directory, *given, act=act: move(directory, act, *given) for act, command in MOVES.items()},
    Terminate: terminate,
}


@dataclass
class Desk:
    """One case and the people who act on it, on 31 January 2025 unless told another day."""

    case: CaseFile
    events: tuple[Event, ...] = ()
    seen_version: int | None = None
    """The version the people at the desk still see; the present one when not told."""
    directory: Directory = THACH_AN

    def does(self, officer_id: str, command: type[Command], *, today: date = FRIDAY, **fields: Any) -> "Desk":
        """Raises Denied when the act is refused; the case is left as it was."""
        seen = self.case.version if self.seen_version is None else self.seen_version
        given = {"case_id": self.case.case_id, "expected_version": seen, **fields}
        decision = numbered(
            self.case, DECIDERS[command](self.directory, self.case, command(**given), officer_id, today)
        )
        self.case, self.events = decision.state, tuple(draft.event for draft in decision.drafts)
        return self

    def takes_over(self, officer_id: str = HOLDER) -> "Desk":
        return self.does(officer_id, TakeOver, nothing_bars_me=True)

    def accepts(self, officer_id: str = LEADER, on: date = date(2025, 1, 10), **fields: Any) -> "Desk":
        return self.does(officer_id, Accept, document_number="15/TB-UBND", accepted_on=on, **fields)

    def refuses(self, ground: RefusalGround | None = None, officer_id: str = LEADER, **fields: Any) -> "Desk":
        ground = ground or GROUND[self.case.kind]
        day = fields.pop("refused_on", date(2025, 1, 10))
        return self.does(officer_id, Refuse, document_number="16/TB-UBND", refused_on=day, ground=ground, **fields)

    def decides(self, outcome: Outcome | None = None, officer_id: str = LEADER, **fields: Any) -> "Desk":
        outcome = outcome or OUTCOME[self.case.kind]
        day = fields.pop("decided_on", date(2025, 1, 20))
        return self.does(officer_id, Decide, document_number="17/QD-UBND", decided_on=day, outcome=outcome, **fields)

    def proves(self, notice: Notice, officer_id: str = HOLDER, **fields: Any) -> "Desk":
        day = fields.pop("sent_on", date(2025, 1, 22))
        given = {"document_number": "18/TB-UBND", "proof": Proof.POSTED, **fields}
        return self.does(
            officer_id, ProveNotice, notice=notice, sent_on=day, **given,
        )  # fmt: skip

    def reassigns(self, holder_id: str = OTHER, officer_id: str = LEADER) -> "Desk":
        return self.does(officer_id, Reassign, holder_id=holder_id)

    def closes(self, officer_id: str = HOLDER, on: date = date(2025, 1, 23)) -> "Desk":
        return self.does(officer_id, Close, closed_on=on)


def opened(kind: Kind = Kind.COMPLAINT, *, level: int = 1, received_on: date = MONDAY, **fields: Any) -> Desk:
    """A case that was just confirmed at Đông Khê."""
    event = confirmed(kind, level=level, received_on=received_on, **fields)
    decision = open_case(None, told(event, case_id=CASE_ID))
    assert decision is not None
    return Desk(numbered(None, decision).state, tuple(draft.event for draft in decision.drafts))


def accepted(kind: Kind = Kind.COMPLAINT, **fields: Any) -> Desk:
    """Taken over and accepted."""
    return opened(kind, **fields).takes_over().accepts()


def decided(kind: Kind = Kind.COMPLAINT) -> Desk:
    """Decided, with every notice still owed."""
    desk = opened(kind).takes_over()
    return (desk.accepts() if kind in GROUND else desk).decides()


def with_case(desk: Desk, **changes: Any) -> Desk:
    """The case with changes that no command makes."""
    return Desk(replace(desk.case, **changes))
