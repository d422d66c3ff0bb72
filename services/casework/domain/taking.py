"""The holder takes a case over and declares that nothing bars him (NĐ31/2019 Đ10.3)."""

from dataclasses import replace
from datetime import date

from services.casework.domain.standing import by_holder
from services.casework.domain.state import CaseFile
from shared.contracts.casework import CaseTaken, TakeOver
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Stage
from shared.effects import Draft, Effect
from shared.procedure import Act


def take_over(state: CaseFile | None, command: TakeOver, officer_id: str, _: date) -> Effect[CaseFile]:
    """Decide a take-over; after a reassignment the case goes on where it was.

    Raises:
        Denied: not the holder, already taken, or the holder declares that something bars him.
    """
    case = by_holder(state, Act.TAKE_OVER, officer_id, command.expected_version)
    if not command.nothing_bars_me:
        raise Denied(ErrorCode.RECUSED, field="nothing_bars_me")
    taken = replace(case, stage=case.resumes, resumes=Stage.TAKEN)
    event = CaseTaken(
        **taken.standing,
    )
    return Effect(taken, (Draft(event),))
