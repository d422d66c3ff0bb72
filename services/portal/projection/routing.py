"""Rows from events of routing."""

from services.portal.projection.case import Case, known
from shared.contracts.envelope import Envelope
from shared.contracts.routing import ClassificationConfirmed, ClassificationProposed
from shared.contracts.vocabulary import Result, Task


def project(case: Case | None, envelope: Envelope) -> Case | None:
    """The case after an event of routing; None when the row does not change."""
    match envelope.event:
        case ClassificationProposed() as event:
            return _proposed(known(case), event)
        case ClassificationConfirmed() as event:
            return _confirmed(known(case), event)
        case _:
            return None


def _proposed(case: Case, event: ClassificationProposed) -> Case:
    return case.but(
        stage="proposed",
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
        person_id=event.confirmer_id,
        task=Task.CLASSIFY,
        authority_id=event.confirmer_authority_id,
        expected_result=Result.CONFIRMED_KIND,
        hidden_from=list(event.excluded),
    )


def _confirmed(case: Case, event: ClassificationConfirmed) -> Case:
    return case.but(
        stage="confirmed",
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
