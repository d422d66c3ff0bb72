"""The competent person gives the case to another officer of the authority; no clock moves (law 6)."""

from dataclasses import replace
from datetime import date

from services.casework.domain.standing import by_head
from services.casework.domain.state import CaseFile
from shared.contracts.casework import CaseReassigned, Reassign
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Stage
from shared.directory import Directory
from shared.effects import Draft, Effect
from shared.procedure import Act


def reassign(
    directory: Directory, state: CaseFile | None, command: Reassign, officer_id: str, today: date
) -> Effect[CaseFile]:
    """Decide a reassignment; the new holder must take the case over, with his own declaration.

    Raises:
        Denied: not the competent person, already closed, the same holder, nobody of this authority, or somebody whom
            the law keeps away.
    """
    case = by_head(directory, state, Act.REASSIGN, officer_id, command.expected_version, today)
    _check_holder(directory, case, command.holder_id, today)
    resumes = case.resumes if case.stage is Stage.OPEN else case.stage
    given = replace(case, holder_id=command.holder_id, stage=Stage.OPEN, resumes=resumes)
    event = CaseReassigned(
        assigned_by=officer_id,
        **given.standing,
    )
    return Effect(given, (Draft(event),))


def _check_holder(directory: Directory, case: CaseFile, holder_id: str, on: date) -> None:
    if holder_id == case.holder_id:
        raise Denied(ErrorCode.ALREADY_HERE, field="holder_id")
    posts = directory.posts_of(holder_id, on) if directory.knows(holder_id) else ()
    if not any(post.authority_id == case.authority_id for post in posts):
        raise Denied(ErrorCode.UNKNOWN_OFFICER, field="holder_id")
    if holder_id in case.excluded or holder_id in case.barred:
        raise Denied(ErrorCode.RECUSED, field="holder_id")
