"""A confirmed classification opens the case."""

from services.casework.domain.state import TASKS, CaseFile
from shared.contracts.casework import CaseOpened
from shared.contracts.envelope import Envelope
from shared.contracts.routing import ClassificationConfirmed
from shared.contracts.vocabulary import CaseState
from shared.messaging.drafts import Decision, Draft


def open_case(state: CaseFile | None, envelope: Envelope) -> Decision[CaseFile] | None:
    """React to a confirmation; a case that is open already is left alone."""
    confirmed = envelope.event
    if state is not None or not isinstance(confirmed, ClassificationConfirmed):
        return None
    task, result = TASKS[CaseState.OPEN]
    opened = CaseFile(
        case_id=envelope.case_id,
        state=CaseState.OPEN,
        kind=confirmed.kind,
        level=confirmed.level,
        authority_id=confirmed.competent_authority_id,
        holder_id=confirmed.holder_id,
        received_on=confirmed.received_on,
        excluded=tuple(confirmed.excluded),
        barred=tuple(confirmed.barred),
    )
    event = CaseOpened(
        kind=opened.kind,
        authority_id=opened.authority_id,
        holder_id=opened.holder_id,
        task=task,
        expected_result=result,
    )
    return Decision(opened, (Draft(event),))
