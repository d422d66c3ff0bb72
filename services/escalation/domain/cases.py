"""Clocks of a case: acceptance, decision, notices, closing; who holds it never moves one (law 6)."""

from collections.abc import Mapping
from dataclasses import replace

from services.escalation.domain.clocks import Term, moved_on
from services.escalation.domain.state import Phase, Watched
from services.escalation.domain.terms import (
    ACCEPTANCE_TELLING,
    PUBLISHING,
    TELLING_RULE,
    decision_notice_rule,
    end_notice_rules,
    is_remote,
    resolution_rules,
    resolution_start,
)
from shared.contracts.bus.envelope import Envelope
from shared.contracts.casework import CaseAccepted, CaseDecided, CaseReassigned, CaseRefused, CaseTaken, NoticeProven
from shared.contracts.vocabulary import Duty, Notice, Outcome, Task
from shared.directory import Directory
from shared.effects import Effect


def held(state: Watched, event: CaseTaken | CaseReassigned) -> Effect[Watched]:
    """Another officer is warned from now on."""
    return Effect(replace(state, holder_id=event.holder_id))


def accepted(directory: Directory, state: Watched, event: CaseAccepted, envelope: Envelope) -> Effect[Watched] | None:
    """The handling term ends; the resolution term runs, and the one in which the acceptance is told."""
    if state.phase is not Phase.CONFIRMED:
        return None
    remote = is_remote(directory, event.authority_id, event.accepted_on)
    rules = resolution_rules(event.kind, event.level, remote=remote)
    starts_on = resolution_start(event.kind, event.accepted_on, state.received_here_on)
    telling = ACCEPTANCE_TELLING.get(event.kind, TELLING_RULE)
    terms = (
        Term(Duty.RESOLVE, rules, starts_on, event.authority_id),
        Term(Duty.TELL_ACCEPTANCE, (telling,), event.accepted_on, event.authority_id),
    )
    on, ends = event.accepted_on, (Duty.ACCEPT, Duty.RESOLVE)
    return moved_on(state, on, terms, envelope, ends=ends, phase=Phase.ACCEPTED, holder_id=event.holder_id)


def settled(state: Watched, event: CaseRefused | CaseDecided, envelope: Envelope) -> Effect[Watched] | None:
    """Refused or decided: it is told now and published where the law says so, or the file has only to be closed."""
    if state.phase not in (Phase.CONFIRMED, Phase.ACCEPTED):
        return None
    match event:
        case CaseRefused(refused_on=on):
            rules: tuple[str, ...] = (TELLING_RULE,)
        case CaseDecided(decided_on=on, outcome=Outcome.TERMINATED):
            rules = end_notice_rules(event.kind)
        case CaseDecided(decided_on=on):
            rules = (decision_notice_rule(event.kind, event.level),)
    terms = [Term(Duty.TELL, rules, on, event.authority_id)] if event.task is Task.SEND_NOTICE else []
    if event.still_owed and Notice.PUBLICATION in event.still_owed:
        terms.append(Term(Duty.PUBLISH, (PUBLISHING[event.kind],), on, event.authority_id))
    ends = (Duty.ACCEPT, Duty.RESOLVE, Duty.REVIEW)
    return moved_on(state, on, terms, envelope, ends=ends, phase=Phase.SETTLED, holder_id=event.holder_id)


def proven(state: Watched, event: NoticeProven, envelope: Envelope) -> Effect[Watched] | None:
    """A notice went out; once nothing is owed any more the closing is waited for."""
    duty = PROVEN_BY.get(event.notice)
    if duty is None or not state.live(duty):
        return None
    return moved_on(state, event.sent_on, (), envelope, ends=(duty,))


PROVEN_BY: Mapping[Notice, Duty] = {
    Notice.ACCEPTANCE: Duty.TELL_ACCEPTANCE,
    Notice.REFUSAL: Duty.TELL,
    Notice.DECISION: Duty.TELL,
    Notice.PUBLICATION: Duty.PUBLISH,
    Notice.EXTENSION: Duty.TELL_EXTENSION,
    Notice.SUSPENSION: Duty.TELL_SUSPENSION,
    Notice.RESUMPTION: Duty.TELL_RESUMPTION,
}
"""The duty that the proof of a notice ends."""
