"""Rows from events of routing."""

from datetime import date

from services.portal.projection.case import Case, known
from shared.contracts.envelope import Envelope
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
from shared.contracts.vocabulary import Notice, Result, Stage, Task


def project(case: Case | None, envelope: Envelope) -> Case | None:
    """The case after an event of routing; None when the row does not change."""
    match envelope.event:
        case ClassificationProposed() as event:
            return _proposed(known(case), event)
        case ClassificationConfirmed() as event:
            return _confirmed(known(case), event)
        case LetterTransferred() as event:
            return _transferred(known(case), event)
        case TransferReceived() as event:
            return _received(known(case), event)
        case TransferReturned() as event:
            return _returned(known(case), event)
        case LetterGuided() as event:
            guided = ended(known(case), Stage.GUIDED, event.guided_on, event.guided_by)
            return guided.but(kind=event.kind).numbered(Notice.GUIDANCE, event.document_number)
        case LetterFiled() as event:
            filed = ended(known(case), Stage.FILED, event.filed_on, event.filed_by)
            return filed.but(kind=event.kind or filed.kind, ground=event.ground.value)
        case LetterSplit() as event:
            return ended(known(case), Stage.SPLIT, event.split_on, known(case).person_id)
        case _:
            return None


def ended(case: Case, stage: Stage, on: date, by: str) -> Case:
    """The row of a letter that is no longer open; whoever ended it stays the person to ask."""
    return case.but(stage=stage, closed_on=on, person_id=by, expected_result=Result.CLOSED_FILE)


def _proposed(case: Case, event: ClassificationProposed) -> Case:
    return case.but(
        stage=Stage.PROPOSED,
        received_on=event.received_on,
        receiving_authority_id=event.receiving_authority_id,
        kind=event.kind,
        level=event.level,
        competent_authority_id=event.competent_authority_id,
        holder_id=event.holder_id,
        rules=list(event.rules),
        reasons=list(event.reasons),
        alternatives=[kind.value for kind in event.alternatives],
        confidence=event.confidence,
        abstained=event.abstained,
        confirmer_authority_id=event.confirmer_authority_id,
        receipt_desks=_receipt_desks(case, event),
        person_id=event.confirmer_id,
        task=Task.CLASSIFY,
        authority_id=event.confirmer_authority_id,
        expected_result=Result.CONFIRMED_KIND,
        hidden_from=list(event.excluded),
    )


def _receipt_desks(case: Case, event: ClassificationProposed) -> list[str]:
    """Whose desks answer for the first receipt: settled by the first proposal."""
    if case.stage != Stage.REGISTERED or not case.receipt_desks or event.confirmer_authority_id in case.receipt_desks:
        return case.receipt_desks
    return [*case.receipt_desks, event.confirmer_authority_id]


def _confirmed(case: Case, event: ClassificationConfirmed) -> Case:
    return case.but(
        stage=Stage.CONFIRMED,
        kind=event.kind,
        level=event.level,
        competent_authority_id=event.competent_authority_id,
        holder_id=event.holder_id,
        rules=list(event.rules),
        confirmed_by=event.confirmed_by,
        person_id=event.holder_id,
        task=Task.TAKE_OVER,
        authority_id=event.competent_authority_id,
        expected_result=Result.HOLDER_IN_CHARGE,
        hidden_from=list(event.excluded),
        barred=list(event.barred),
    )


def _transferred(case: Case, event: LetterTransferred) -> Case:
    """On its way to an authority of the house, or gone to a body outside, which ends it here."""
    sent = case.but(
        kind=event.kind,
        rules=list(event.rules),
        hidden_from=list(event.excluded),
        transferred_by=event.transferred_by,
        transferred_from=event.from_authority_id,
        to_body=event.to_body.value if event.to_body else None,
    ).numbered(Notice.TRANSFER, event.document_number)
    if event.to_authority_id is None or event.to_handler_id is None:
        return ended(sent, Stage.DISPATCHED, event.dispatched_on, event.transferred_by)
    return sent.but(
        stage=Stage.TRANSFERRED,
        confirmer_authority_id=event.to_authority_id,
        authority_id=event.to_authority_id,
        person_id=event.to_handler_id,
        task=Task.CONFIRM_RECEIPT,
        expected_result=Result.RECEIPT_CONFIRMED,
    )


def _received(case: Case, event: TransferReceived) -> Case:
    return case.but(
        stage=Stage.RECEIVED,
        received_on=event.received_on,
        receiving_authority_id=event.authority_id,
        confirmer_authority_id=event.authority_id,
        authority_id=event.authority_id,
        person_id=event.received_by,
        task=Task.CLASSIFY,
        expected_result=Result.CONFIRMED_KIND,
    )


def _returned(case: Case, event: TransferReturned) -> Case:
    return case.but(
        stage=Stage.RETURNED,
        ground=event.reason.value,
        confirmer_authority_id=event.superior_authority_id,
        authority_id=event.superior_authority_id,
        person_id=event.superior_handler_id,
        task=Task.SETTLE_RETURN,
        expected_result=Result.COMPETENCE_SETTLED,
    )
