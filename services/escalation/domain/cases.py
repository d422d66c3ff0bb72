"""Clocks of a case: acceptance, decision, notice, closing; who holds it never moves one (law 6)."""

from dataclasses import replace

from services.escalation.domain.clocks import Term, moved_on
from services.escalation.domain.state import Phase, Watched
from services.escalation.domain.terms import (
    POLICY_RULE,
    TELLING_RULE,
    decision_notice_rule,
    is_remote,
    resolution_rules,
    resolution_start,
)
from shared.contracts.bus.envelope import Envelope
from shared.contracts.casework import CaseAccepted, CaseDecided, CaseReassigned, CaseRefused, CaseTaken, NoticeProven
from shared.contracts.vocabulary import Notice, Task
from shared.directory import Directory
from shared.effects import Effect


def held(state: Watched, event: CaseTaken | CaseReassigned) -> Effect[Watched]:
    """Another officer is warned from now on."""
    return Effect(replace(state, holder_id=event.holder_id))


def accepted(directory: Directory, state: Watched, event: CaseAccepted, envelope: Envelope) -> Effect[Watched] | None:
    """The handling term ends, the resolution term runs."""
    if state.phase is not Phase.CONFIRMED:
        return None
    remote = is_remote(directory, event.authority_id, event.accepted_on)
    rules = resolution_rules(event.kind, event.level, remote=remote)
    starts_on = resolution_start(event.kind, event.accepted_on, state.received_here_on)
    return moved_on(
        state,
        event.accepted_on,
        Term(rules, starts_on, event.authority_id),
        envelope,
        phase=Phase.ACCEPTED,
        holder_id=event.holder_id,
    )


def settled(state: Watched, event: CaseRefused | CaseDecided, envelope: Envelope) -> Effect[Watched] | None:
    """Refused or decided: the notice is owed now, or the file has only to be closed."""
    if state.phase not in (Phase.CONFIRMED, Phase.ACCEPTED):
        return None
    match event:
        case CaseRefused(refused_on=on):
            rule, notice = TELLING_RULE, Notice.REFUSAL
        case CaseDecided(decided_on=on):
            rule, notice = decision_notice_rule(event.kind, event.level), Notice.DECISION
    owed = event.task is Task.SEND_NOTICE
    return moved_on(
        state,
        on,
        Term((rule if owed else POLICY_RULE,), on, event.authority_id),
        envelope,
        phase=Phase.SETTLED,
        holder_id=event.holder_id,
        notice=notice if owed else None,
    )


def proven(state: Watched, event: NoticeProven, envelope: Envelope) -> Effect[Watched] | None:
    """The notice that was waited for went out: from now on the closing is waited for."""
    if state.phase is not Phase.SETTLED or event.notice is not state.notice:
        return None
    term = Term((POLICY_RULE,), event.sent_on, event.authority_id)
    return moved_on(state, event.sent_on, term, envelope, notice=None)
