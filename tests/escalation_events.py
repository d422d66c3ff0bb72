"""Events that escalation and notify react to, as routing, casework and escalation would emit them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from shared.contracts.base import Event
from shared.contracts.bus.envelope import Envelope
from shared.contracts.casework import (
    CaseAccepted,
    CaseClosed,
    CaseDecided,
    CaseMoved,
    CaseReassigned,
    CaseRefused,
    CaseTaken,
    NoticeProven,
)
from shared.contracts.escalation import RungFired
from shared.contracts.notify import AlertAcknowledged
from shared.contracts.routing import (
    ClassificationConfirmed,
    ClassificationProposed,
    LetterFiled,
    LetterGuided,
    LetterSplit,
    LetterTransferred,
    TransferReceived,
    TransferReturned,
)
from shared.contracts.vocabulary import (
    Body,
    CaseMove,
    FilingGround,
    Kind,
    Notice,
    Outcome,
    Proof,
    RefusalGround,
    Result,
    ReturnReason,
    Rung,
    Stage,
    Task,
)
from shared.effects import Cause, Draft
from shared.messaging.outbox.emitter import Emitter
from shared.procedure import owed_on

MONDAY = date(2025, 1, 6)
MORNING = datetime(2025, 1, 6, 2, 0, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

AUTHORITY, HANDLER, HOLDER, LEADER = "dong-khe", "dong-khe-03", "dong-khe-04", "dong-khe-01"
SUPERIOR, STEWARD = "thach-an-01", "thach-an-07"


def confirmed(
    kind: Kind = Kind.COMPLAINT,
    *,
    level: int = 1,
    received_on: date = MONDAY,
    authority_id: str = AUTHORITY,
    holder_id: str = HOLDER,
    excluded: Iterable[str] = (),
    barred: Iterable[str] = (),
) -> ClassificationConfirmed:
    return ClassificationConfirmed(
        kind=kind, level=level, competent_authority_id=authority_id, holder_id=holder_id, rules=["KN-01"],
        corrected=False, confirmed_by="dong-khe-03", receiving_authority_id=authority_id, excluded=list(excluded),
        barred=list(barred), received_on=received_on,
    )  # fmt: skip


def proposed(
    received_on: date = MONDAY,
    *,
    authority_id: str = AUTHORITY,
    confirmer_authority_id: str | None = None,
    confirmer_id: str = HANDLER,
    excluded: Iterable[str] = (),
) -> ClassificationProposed:
    return ClassificationProposed(
        kind=Kind.COMPLAINT, competent_authority_id=authority_id, holder_id=HOLDER, rules=["KN-01"], reasons=[],
        alternatives=[], confidence=0.8, abstained=False, receiving_authority_id=authority_id,
        confirmer_authority_id=confirmer_authority_id or authority_id, confirmer_id=confirmer_id,
        excluded=list(excluded), received_on=received_on,
    )  # fmt: skip


def transferred(
    dispatched_on: date,
    *,
    to_authority_id: str | None = "thach-an",
    to_handler_id: str | None = "thach-an-04",
    to_body: Body | None = None,
    excluded: Iterable[str] = (),
    received_on: date = MONDAY,
) -> LetterTransferred:
    return LetterTransferred(
        kind=Kind.DENUNCIATION, from_authority_id=AUTHORITY, to_authority_id=to_authority_id, to_body=to_body,
        to_handler_id=to_handler_id, document_number="3/PC-UBND", dispatched_on=dispatched_on, proof=Proof.POSTED,
        transferred_by=HANDLER, rules=["TC-10"], excluded=list(excluded), received_on=received_on,
    )  # fmt: skip


def transfer_received(received_on: date, authority_id: str = "thach-an") -> TransferReceived:
    return TransferReceived(authority_id=authority_id, received_on=received_on, received_by="thach-an-04")


def transfer_returned(returned_on: date) -> TransferReturned:
    return TransferReturned(
        from_authority_id="thach-an",
        superior_authority_id="cao-bang",
        superior_handler_id="cao-bang-03",
        reason=ReturnReason.NOT_COMPETENT,
        returned_on=returned_on,
        returned_by="thach-an-04",
    )


def guided(guided_on: date) -> LetterGuided:
    return LetterGuided(
        kind=Kind.COMPLAINT, authority_id=AUTHORITY, document_number="4/HD-UBND", guided_on=guided_on,
        proof=Proof.POSTED, guided_by=HANDLER, rules=["XL-11"],
    )  # fmt: skip


def filed(filed_on: date) -> LetterFiled:
    return LetterFiled(
        kind=None,
        authority_id=AUTHORITY,
        ground=FilingGround.UNREADABLE,
        filed_on=filed_on,
        filed_by=HANDLER,
        rules=["XL-19"],
    )


def split(split_on: date) -> LetterSplit:
    return LetterSplit(authority_id=AUTHORITY, split_on=split_on, parts=2)


def taken(holder_id: str) -> CaseTaken:
    return CaseTaken(
        authority_id=AUTHORITY,
        holder_id=holder_id,
        task=Task.PREPARE_ACCEPTANCE,
        expected_result=Result.ACCEPTANCE_NOTICE,
    )


def accepted(
    accepted_on: date, kind: Kind = Kind.COMPLAINT, *, level: int = 1, authority_id: str = AUTHORITY
) -> CaseAccepted:
    return CaseAccepted(
        kind=kind, level=level, authority_id=authority_id, holder_id=HOLDER, document_number="15/TB-UBND",
        signed_by=LEADER, accepted_on=accepted_on, legal_basis="KN-12", task=Task.RESOLVE,
        expected_result=Result.DECISION,
    )  # fmt: skip


def refused(refused_on: date, kind: Kind = Kind.COMPLAINT) -> CaseRefused:
    return CaseRefused(
        kind=kind, level=1, authority_id=AUTHORITY, holder_id=HOLDER, document_number="16/TB-UBND", signed_by=LEADER,
        refused_on=refused_on, ground=RefusalGround.NOT_SIGNED, legal_basis="KN-31", task=Task.SEND_NOTICE,
        expected_result=Result.NOTICE_SENT,
    )  # fmt: skip


def decided_on(day: date, kind: Kind = Kind.COMPLAINT, *, level: int = 1, task: Task = Task.SEND_NOTICE) -> CaseDecided:
    return CaseDecided(
        kind=kind, level=level, authority_id=AUTHORITY, holder_id=HOLDER, document_number="17/QD-UBND",
        signed_by=LEADER, decided_on=day, outcome=Outcome.UPHELD, task=task, expected_result=Result.NOTICE_SENT,
        still_owed=sorted(owed_on(kind, Stage.DECIDED)) if task is Task.SEND_NOTICE else [],
    )  # fmt: skip


def moved(how: CaseMove, on: date, kind: Kind = Kind.DENUNCIATION) -> CaseMoved:
    return CaseMoved(
        kind=kind, level=1, authority_id=AUTHORITY, holder_id=HOLDER, document_number="21/QD-UBND", signed_by=LEADER,
        move=how, moved_on=on, legal_basis="TC-15", criteria=[], marks=[], task=Task.RESOLVE,
        expected_result=Result.CONCLUSION,
    )  # fmt: skip


def proven(sent_on: date, notice: Notice = Notice.DECISION, *, still_owed: Iterable[Notice] = ()) -> NoticeProven:
    return NoticeProven(
        notice=notice, authority_id=AUTHORITY, document_number="17/QD-UBND", sent_on=sent_on, proof=Proof.SIGNED_FOR,
        still_owed=list(still_owed), task=Task.CLOSE, expected_result=Result.CLOSED_FILE,
    )  # fmt: skip


def reassigned(holder_id: str) -> CaseReassigned:
    return CaseReassigned(
        authority_id=AUTHORITY,
        holder_id=holder_id,
        assigned_by=LEADER,
        task=Task.TAKE_OVER,
        expected_result=Result.HOLDER_IN_CHARGE,
    )


def case_closed(closed_on: date, kind: Kind = Kind.COMPLAINT) -> CaseClosed:
    return CaseClosed(kind=kind, authority_id=AUTHORITY, closed_on=closed_on)


def seen(clock_id: UUID, officer_id: str) -> AlertAcknowledged:
    return AlertAcknowledged(alert_id=uuid4(), clock_id=clock_id, acknowledged_by=officer_id)


def rung_fired(recipient_id: str = LEADER, rung: Rung = Rung.BREACH_LEADER) -> RungFired:
    return RungFired(
        clock_id=uuid4(), rule="KN-12", rung=rung, step=1, recipient_id=recipient_id,
        recipient_authority_id=AUTHORITY, via="post", due_on=date(2025, 1, 16),
        acknowledge_by=datetime(2025, 1, 20, 1, 0, tzinfo=UTC),
    )  # fmt: skip


def told(
    event: Event,
    *,
    case_id: UUID | None = None,
    at: datetime = MORNING,
    realm: str = "test-1",
    version: int = 1,
    aggregate_id: UUID | None = None,
) -> Envelope:
    """The event in an envelope of its emitter."""
    cause = Cause(uuid4(), uuid4(), TRACE, at)
    [envelope] = Emitter(event.service, realm).stamp(
        cause, case_id or uuid4(), [Draft(event)], after=version - 1, aggregate_id=aggregate_id
    )
    return envelope
