"""The holder proves that a notice owed to the sender went out."""

from dataclasses import replace
from datetime import date

from services.casework.domain.standing import by_holder
from services.casework.domain.state import CaseFile
from shared.contracts.casework import NoticeProven, ProveNotice
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Notice
from shared.effects import Draft, Effect, dated
from shared.procedure import Act


def prove_notice(state: CaseFile | None, command: ProveNotice, officer_id: str, today: date) -> Effect[CaseFile]:
    """Decide the proof of a notice.

    Raises:
        Denied: not the holder, not in this state, a notice that is not owed, or a date before what it tells of.
    """
    case = by_holder(state, Act.PROVE_NOTICE, officer_id, command.expected_version)
    if command.notice not in case.owed:
        raise Denied(ErrorCode.WRONG_STATE, field="notice")
    dated(command.sent_on, "sent_on", today=today, earliest=_told_of(case, command.notice))
    told_on = max(command.sent_on, case.told_on or command.sent_on)
    proven = replace(case, owed=case.owed - {command.notice}, told_on=told_on)
    event = NoticeProven(
        notice=command.notice,
        document_number=command.document_number,
        sent_on=command.sent_on,
        proof=command.proof,
        **proven.standing,
    )
    return Effect(proven, (Draft(event, legal_at=command.sent_on),))


SETTLING = frozenset({Notice.REFUSAL, Notice.DECISION, Notice.PUBLICATION})
"""Notices of what settled the case."""


def _told_of(case: CaseFile, notice: Notice) -> date:
    """Day of the act that the notice tells of; of a paper that moved the term, the acceptance that came before it."""
    act_on = case.settled_on if notice in SETTLING else case.accepted_on
    return act_on or case.received_on
