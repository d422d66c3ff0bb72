"""Rows from events of casework."""

from services.portal.projection.case import Case, known
from shared.contracts.casework import CaseAccepted, CaseOpened, CaseTaken
from shared.contracts.envelope import Envelope
from shared.contracts.vocabulary import CaseState


def project(case: Case | None, envelope: Envelope) -> Case | None:
    """The case after an event of casework; None when the row does not change."""
    match envelope.event:
        case CaseOpened() as event:
            return _cleared(known(case), CaseState.OPEN, event)
        case CaseTaken() as event:
            return _cleared(known(case), CaseState.TAKEN, event)
        case CaseAccepted() as event:
            return _cleared(known(case), CaseState.ACCEPTED, event).but(
                kind=event.kind,
                level=event.level,
                document_number=event.document_number,
                accepted_on=event.accepted_on,
                signed_by=event.signed_by,
            )
        case _:
            return None


def _cleared(case: Case, state: CaseState, event: CaseOpened | CaseTaken | CaseAccepted) -> Case:
    return case.but(
        stage=state.value,
        competent_authority_id=event.authority_id,
        holder_id=event.holder_id,
        person_id=event.holder_id,
        authority_id=event.authority_id,
        task=event.task,
        expected_result=event.expected_result,
    )
