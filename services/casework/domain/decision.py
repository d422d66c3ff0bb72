"""The competent person decides a complaint, concludes a denunciation, answers feedback or ends a mediation."""

from datetime import date

from services.casework.domain.standing import by_head
from services.casework.domain.state import CaseFile
from shared.contracts.casework import CaseDecided, Decide
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Stage
from shared.directory import Directory
from shared.effects import Draft, Effect, dated
from shared.procedure import OUTCOMES, Act


def decide(
    directory: Directory, state: CaseFile | None, command: Decide, officer_id: str, today: date
) -> Effect[CaseFile]:
    """Decide a case.

    Raises:
        Denied: not the competent person, not in this state, a date that cannot be, an outcome of another kind.
    """
    case = by_head(directory, state, Act.DECIDE, officer_id, command.expected_version, today)
    dated(command.decided_on, "decided_on", today=today, earliest=case.acted_on)
    if command.outcome not in OUTCOMES[case.kind]:
        raise Denied(ErrorCode.LAW_REFUSES, field="outcome")
    decided = case.entered(Stage.DECIDED, settled_on=command.decided_on)
    event = CaseDecided(
        decided_on=command.decided_on,
        outcome=command.outcome,
        **decided.signed(officer_id, command.document_number),
    )
    return Effect(decided, (Draft(event, legal_at=command.decided_on),))
