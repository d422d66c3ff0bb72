"""The competent person signs the acceptance (thụ lý): the acceptance clock ends, the resolution clock starts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from services.casework.domain.state import TASKS, CaseFile
from services.casework.domain.taking import found
from shared.contracts.casework import Accept, CaseAccepted
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import CaseState, ErrorCode, Kind
from shared.directory import Directory, Role
from shared.messaging.drafts import Decision, Draft

BASIS: Mapping[tuple[Kind, int], str] = {(Kind.COMPLAINT, 1): "KN-12", (Kind.COMPLAINT, 2): "KN-13"}
"""Rule an acceptance rests on, by kind and level; kinds that are not listed are not accepted by this act."""


def accept(
    directory: Directory, state: CaseFile | None, command: Accept, officer_id: str, today: date
) -> Decision[CaseFile]:
    """Decide an acceptance.

    Raises:
        Refused: not the competent person, not taken over yet or already accepted, a date that cannot be.
    """
    case = found(state, officer_id, command.expected_version)
    if officer_id not in _competent_persons(directory, case, today):
        raise Refused(ErrorCode.NOT_ALLOWED)
    basis = BASIS.get((case.kind, case.level))
    if case.state is not CaseState.TAKEN or basis is None:
        raise Refused(ErrorCode.WRONG_STATE)
    if command.accepted_on > today:
        raise Refused(ErrorCode.DATE_IN_FUTURE, field="accepted_on")
    if command.accepted_on < case.received_on:
        raise Refused(ErrorCode.DATES_CONTRADICT, field="accepted_on")
    task, result = TASKS[CaseState.ACCEPTED]
    event = CaseAccepted(
        kind=case.kind,
        level=case.level,
        authority_id=case.authority_id,
        holder_id=case.holder_id,
        document_number=command.document_number,
        signed_by=officer_id,
        accepted_on=command.accepted_on,
        legal_basis=basis,
        task=task,
        expected_result=result,
    )
    accepted = replace(
        case,
        state=CaseState.ACCEPTED,
        document_number=command.document_number,
        accepted_on=command.accepted_on,
        signed_by=officer_id,
    )
    return Decision(accepted, (Draft(event, legal_at=command.accepted_on),))


def _competent_persons(directory: Directory, case: CaseFile, on: date) -> frozenset[str]:
    """The head of the competent authority, or whoever acts for an absent one."""
    acting = directory.available(case.authority_id, Role.HEAD, on, frozenset(case.excluded))
    heads = directory.holders_of(case.authority_id, Role.HEAD, on)
    return frozenset(heads) | ({acting.officer_id} if acting else set())
