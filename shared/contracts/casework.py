"""casework: what the holder and the competent person do; each legal act has an actor, a document, a date, a basis."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.contracts.base import Command, Contract, Counters, Event, OnCase, Paper, Query
from shared.contracts.vocabulary import (
    CaseMove,
    Criterion,
    DirectoryId,
    DocumentNumber,
    EndGround,
    Kind,
    Mark,
    Notice,
    Outcome,
    PauseGround,
    Proof,
    RefusalGround,
    Result,
    RuleId,
    Stage,
    Task,
    Withdrawer,
)


class Progress(Contract):
    """How far a case is once the event happened; whoever projects it invents nothing."""

    authority_id: DirectoryId
    stage: Stage | None = None
    still_owed: list[Notice] | None = None
    """Notices that the sender has not been proven to have got. Older events tell neither this nor the stage."""
    marks: list[Mark] | None = None
    """What papers have made of it."""


class Standing(Progress):
    """Where the case stands once the event happened: the five clears (law 4)."""

    holder_id: DirectoryId
    task: Task
    expected_result: Result


class Signed(Paper, Standing):
    """A legal act of the competent person, with its paper."""

    kind: Kind
    level: int
    signed_by: DirectoryId


class CaseOpened(Standing, Event, of="casework.case.opened"):
    """A case exists and somebody is responsible for it."""

    kind: Kind


class CaseTaken(Standing, Event, of="casework.case.taken"):
    """The holder took the case over and declared that nothing bars him (NĐ31/2019 Đ10.3)."""


class CaseAccepted(Signed, Event, of="casework.case.accepted"):
    """The competent person signed the acceptance (thụ lý), which starts the resolution clock."""

    accepted_on: date
    legal_basis: RuleId


class CaseRefused(Signed, Event, of="casework.case.refused"):
    """The competent person refused to accept (không thụ lý giải quyết), with a ground; a notice is owed."""

    refused_on: date
    ground: RefusalGround
    legal_basis: RuleId


class CaseDecided(Signed, Event, of="casework.case.decided"):
    """The competent person decided, concluded, answered or closed a mediation; a notice is owed."""

    decided_on: date
    outcome: Outcome
    end_ground: EndGround | None = None
    """Why it was ended before it was decided."""
    legal_basis: RuleId | None = None


class CaseMoved(Signed, Event, of="casework.case.moved"):
    """A paper moved the term: the case is complicated, extended, suspended or resumed."""

    move: CaseMove
    moved_on: date
    legal_basis: RuleId
    criteria: list[Criterion]
    ground: PauseGround | None = None


class NoticeProven(Paper, Progress, Event, of="casework.notice.proven"):
    """A notice owed to the sender went out: its number, date and proof were typed in."""

    notice: Notice
    sent_on: date
    proof: Proof
    holder_id: DirectoryId | None = None
    task: Task
    expected_result: Result


class CaseReassigned(Standing, Event, of="casework.case.reassigned"):
    """Another officer holds the case; no clock moves (law 6)."""

    assigned_by: DirectoryId


class CaseClosed(Progress, Event, of="casework.case.closed"):
    """Everything owed was done; the file is closed."""

    kind: Kind
    closed_on: date
    holder_id: DirectoryId | None = None
    task: Task = Task.CLOSE
    expected_result: Result = Result.CLOSED_FILE


class TakeOver(OnCase, Command, of="casework.take_over"):
    """The holder takes the case over, with the recusal declaration that every assignment asks for."""

    nothing_bars_me: bool


class Accept(OnCase, Command, of="casework.accept"):
    """The competent person signs the acceptance (LKN Đ27, LTC Đ29, QĐ2304)."""

    document_number: DocumentNumber
    accepted_on: date


class Refuse(OnCase, Command, of="casework.refuse"):
    """The competent person refuses to accept, with a ground and a numbered notice."""

    document_number: DocumentNumber
    refused_on: date
    ground: RefusalGround


class Decide(OnCase, Command, of="casework.decide"):
    """The competent person decides a complaint, concludes a denunciation, answers feedback or ends a mediation."""

    document_number: DocumentNumber
    decided_on: date
    outcome: Outcome


class ProveNotice(OnCase, Command, of="casework.prove_notice"):
    """The holder types in number, date and proof of a notice that was owed."""

    notice: Notice
    document_number: DocumentNumber
    sent_on: date
    proof: Proof


class Reassign(OnCase, Command, of="casework.reassign"):
    """The head gives the case to another officer of the authority who is not kept away from it."""

    holder_id: DirectoryId


class Moving(OnCase):
    """What every paper that moves a term says."""

    document_number: DocumentNumber
    acted_on: date


class Complicate(Moving, Command, of="casework.complicate"):
    """The competent person determines in writing that a complaint is complicated (KN-49)."""

    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=7)]


class Extend(Moving, Command, of="casework.extend"):
    """The competent person extends the term of a denunciation in writing (TC-15..17)."""

    criteria: Annotated[list[Criterion], Field(min_length=1, max_length=7)]


class Suspend(Moving, Command, of="casework.suspend"):
    """The competent person suspends the resolution (tạm đình chỉ giải quyết)."""

    ground: PauseGround


class Resume(Moving, Command, of="casework.resume"):
    """The competent person lets the resolution go on (tiếp tục giải quyết)."""


class Terminate(Moving, Command, of="casework.terminate"):
    """The competent person ends the case before it is decided (đình chỉ giải quyết)."""

    ground: EndGround
    withdrawn_by: Withdrawer | None = None
    nothing_to_pursue: bool = False
    """Of a denunciation that is withdrawn: nothing in the file makes its resolution go on (TC-28)."""


class Close(OnCase, Command, of="casework.close"):
    """The holder closes the file once nothing is owed any more."""

    closed_on: date


class CaseworkCounters(Query, of="casework.counters", reply=Counters):
    """Law counters of casework."""
