"""The holder takes a case over and declares that nothing bars him (NĐ31/2019 Đ10.3)."""

from dataclasses import replace

from services.casework.domain.state import TASKS, CaseFile
from shared.contracts.casework import CaseTaken, TakeOver
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import CaseState, ErrorCode
from shared.messaging.drafts import Decision, Draft


def found(state: CaseFile | None, officer_id: str, expected_version: int) -> CaseFile:
    """The case as this officer may know it.

    Raises:
        Refused: no such case (also for those from whom it is hidden), or an old version.
    """
    if state is None or officer_id in state.excluded:
        raise Refused(ErrorCode.NOT_FOUND)
    if state.version != expected_version:
        raise Refused(ErrorCode.VERSION_CONFLICT)
    return state


def take_over(state: CaseFile | None, command: TakeOver, officer_id: str) -> Decision[CaseFile]:
    """Decide a take-over.

    Raises:
        Refused: not the holder, already taken, or the holder declares that something bars him.
    """
    case = found(state, officer_id, command.expected_version)
    if officer_id != case.holder_id:
        raise Refused(ErrorCode.NOT_ALLOWED)
    if case.state is not CaseState.OPEN:
        raise Refused(ErrorCode.WRONG_STATE)
    if not command.nothing_bars_me:
        raise Refused(ErrorCode.RECUSED, field="nothing_bars_me")
    task, result = TASKS[CaseState.TAKEN]
    event = CaseTaken(authority_id=case.authority_id, holder_id=case.holder_id, task=task, expected_result=result)
    return Decision(replace(case, state=CaseState.TAKEN), (Draft(event),))
