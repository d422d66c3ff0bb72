"""The holder closes the file once nothing is owed any more."""

from dataclasses import replace
from datetime import date

from services.casework.domain.standing import by_holder
from services.casework.domain.state import CaseFile
from shared.contracts.casework import CaseClosed, Close
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Stage
from shared.effects import Draft, Effect, dated
from shared.procedure import Act


def close(state: CaseFile | None, command: Close, officer_id: str, today: date) -> Effect[CaseFile]:
    """Decide a closing.

    Raises:
        Denied: not the holder, not settled yet, a notice still owed, or a date before the last act.
    """
    case = by_holder(state, Act.CLOSE, officer_id, command.expected_version)
    if case.owed:
        raise Denied(ErrorCode.NOTICE_OWED)
    last = max(day for day in (case.received_on, case.settled_on, case.told_on) if day is not None)
    dated(command.closed_on, "closed_on", today=today, earliest=last)
    closed = replace(case, stage=Stage.CLOSED, closed_on=command.closed_on)
    event = CaseClosed(kind=case.kind, closed_on=command.closed_on, **closed.standing)
    return Effect(closed, (Draft(event, legal_at=command.closed_on),))
