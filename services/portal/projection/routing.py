"""What events of routing change in a row: what a letter is, where it lies, who has it now."""

from collections.abc import Callable, Mapping
from typing import Any

from services.portal.projection.case import Case, Changes, ended, numbered
from shared.contracts.base import Event
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


def _proposed(case: Case, event: ClassificationProposed) -> Changes:
    return {
        "stage": Stage.PROPOSED,
        "received_on": event.received_on,
        "receiving_authority_id": event.receiving_authority_id,
        "kind": event.kind,
        "level": event.level,
        "competent_authority_id": event.competent_authority_id,
        "holder_id": event.holder_id,
        "rules": list(event.rules),
        "reasons": list(event.reasons),
        "alternatives": [kind.value for kind in event.alternatives],
        "confidence": event.confidence,
        "abstained": event.abstained,
        "confirmer_authority_id": event.confirmer_authority_id,
        "receipt_desks": _receipt_desks(case, event),
        "person_id": event.confirmer_id,
        "task": Task.CLASSIFY,
        "authority_id": event.confirmer_authority_id,
        "expected_result": Result.CONFIRMED_KIND,
        "excluded": list(event.excluded),
    }


def _receipt_desks(case: Case, event: ClassificationProposed) -> list[str]:
    """Whose desks answer for the first receipt: settled by the first proposal."""
    if case.stage != Stage.REGISTERED or not case.receipt_desks or event.confirmer_authority_id in case.receipt_desks:
        return case.receipt_desks
    return [*case.receipt_desks, event.confirmer_authority_id]


def _confirmed(case: Case, event: ClassificationConfirmed) -> Changes:
    return {
        "stage": Stage.CONFIRMED,
        "kind": event.kind,
        "level": event.level,
        "competent_authority_id": event.competent_authority_id,
        "holder_id": event.holder_id,
        "rules": list(event.rules),
        "confirmed_by": event.confirmed_by,
        "person_id": event.holder_id,
        "task": Task.TAKE_OVER,
        "authority_id": event.competent_authority_id,
        "expected_result": Result.HOLDER_IN_CHARGE,
        "excluded": list(event.excluded),
        "barred": list(event.barred),
    }


def _transferred(case: Case, event: LetterTransferred) -> Changes:
    """On its way to an authority of the house, or gone to a body outside, which ends it here."""
    sent = {
        "kind": event.kind,
        "rules": list(event.rules),
        "excluded": list(event.excluded),
        "transferred_by": event.transferred_by,
        "transferred_from": event.from_authority_id,
        "to_body": event.to_body.value if event.to_body else None,
    } | numbered(case, Notice.TRANSFER, event.document_number)
    if event.to_authority_id is None or event.to_handler_id is None:
        return sent | ended(Stage.DISPATCHED, event.dispatched_on, event.transferred_by)
    return sent | {
        "stage": Stage.TRANSFERRED,
        "confirmer_authority_id": event.to_authority_id,
        "authority_id": event.to_authority_id,
        "person_id": event.to_handler_id,
        "task": Task.CONFIRM_RECEIPT,
        "expected_result": Result.RECEIPT_CONFIRMED,
    }


def _received(case: Case, event: TransferReceived) -> Changes:
    return {
        "stage": Stage.RECEIVED,
        "received_on": event.received_on,
        "receiving_authority_id": event.authority_id,
        "confirmer_authority_id": event.authority_id,
        "authority_id": event.authority_id,
        "person_id": event.received_by,
        "task": Task.CLASSIFY,
        "expected_result": Result.CONFIRMED_KIND,
    }


def _returned(case: Case, event: TransferReturned) -> Changes:
    return {
        "stage": Stage.RETURNED,
        "ground": event.reason.value,
        "confirmer_authority_id": event.superior_authority_id,
        "authority_id": event.superior_authority_id,
        "person_id": event.superior_handler_id,
        "task": Task.SETTLE_RETURN,
        "expected_result": Result.COMPETENCE_SETTLED,
    }


def _guided(case: Case, event: LetterGuided) -> Changes:
    number = numbered(case, Notice.GUIDANCE, event.document_number)
    return {**ended(Stage.GUIDED, event.guided_on, event.guided_by), **number, "kind": event.kind}


def _filed(case: Case, event: LetterFiled) -> Changes:
    said = {"kind": event.kind or case.kind, "ground": event.ground.value}
    return {**ended(Stage.FILED, event.filed_on, event.filed_by), **said}


def _split(case: Case, event: LetterSplit) -> Changes:
    return ended(Stage.SPLIT, event.split_on, case.person_id)


CHANGES: Mapping[type[Event], Callable[[Case, Any], Changes]] = {
    ClassificationProposed: _proposed,
    ClassificationConfirmed: _confirmed,
    LetterTransferred: _transferred,
    TransferReceived: _received,
    TransferReturned: _returned,
    LetterGuided: _guided,
    LetterFiled: _filed,
    LetterSplit: _split,
}
