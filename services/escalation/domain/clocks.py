"""Starting and ending clocks: one is live at a time, the next starts as it ends, so that none is ever missing."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import uuid5

from services.escalation.domain.ladder import first_rung, warn_at
from services.escalation.domain.state import Clock, Phase, Watched
from services.escalation.domain.terms import term_of
from shared.contracts.bus.envelope import Envelope
from shared.contracts.escalation import ClockEnded, ClockStarted
from shared.contracts.vocabulary import EndReason
from shared.effects import Draft, Effect
from shared.law.day import legal_day


@dataclass(frozen=True, slots=True)
class Term:
    """A term that is to run now."""

    rules: tuple[str, ...]
    """The first in force counts."""
    starts_on: date
    authority_id: str


def watched(state: Watched, term: Term, envelope: Envelope) -> Effect[Watched]:
    """A case that is new to us, with its first clock."""
    clock, started = _started(term, envelope)
    return Effect(replace(state, clocks=(clock,)), (started,))


def moved_on(
    state: Watched,
    ended_on: date,
    term: Term,
    envelope: Envelope,
    *,
    reason: EndReason = EndReason.DONE,
    **changes: Any,
) -> Effect[Watched]:
    """What ran has ended, the next term runs; `changes` are those of the case."""
    before = _without_live(state, ended_on, reason)
    clock, started = _started(term, envelope)
    after = replace(before.state, clocks=(*before.state.clocks, clock), **changes)
    return Effect(after, (*before.drafts, started))


def closed(state: Watched, ended_on: date) -> Effect[Watched]:
    """What ran has ended and nothing follows."""
    before = _without_live(state, ended_on, EndReason.DONE)
    return Effect(replace(before.state, phase=Phase.CLOSED, notice=None), before.drafts)


def _started(term: Term, envelope: Envelope) -> tuple[Clock, Draft]:
    due = term_of(term.rules, term.starts_on, legal_day(envelope.recorded_at))
    clock_id = uuid5(envelope.id, due.rule_id)
    rung, fire_at = first_rung(due.start, due.due_on, due.due_at, envelope.recorded_at)
    clock = Clock(
        clock_id=clock_id,
        case_id=envelope.case_id,
        rule=due.rule_id,
        authority_id=term.authority_id,
        starts_on=due.start,
        due_on=due.due_on,
        due_at=due.due_at,
        correlation_id=envelope.correlation_id,
        traceparent=envelope.traceparent,
        step=0,
        next_rung=rung,
        next_fire_at=fire_at,
    )
    started = ClockStarted(
        clock_id=clock_id,
        rule=due.rule_id,
        authority_id=term.authority_id,
        starts_on=due.start,
        due_on=due.due_on,
        due_at=due.due_at,
        warn_at=warn_at(due.start, due.due_on),
        amount=due.amount,
        unit=due.unit,
        law_version=due.law_version,
        calendar_version=due.calendar_version,
        provisional=due.provisional,
    )
    return clock, Draft(started, legal_at=due.start, natural_key=due.rule_id)


def _without_live(state: Watched, on: date, reason: EndReason) -> Effect[Watched]:
    drafts = tuple(_said(clock, on, reason) for clock in state.clocks if clock.live)
    return Effect(replace(state, clocks=tuple(_ended(clock, on) for clock in state.clocks)), drafts)


def _ended(clock: Clock, on: date) -> Clock:
    if not clock.live:
        return clock
    return replace(clock, live=False, ended_on=on, next_rung=None, next_fire_at=None, awaited_id=None, unheard=False)


def _said(clock: Clock, on: date, reason: EndReason) -> Draft:
    ended = ClockEnded(clock_id=clock.clock_id, rule=clock.rule, reason=reason, ended_on=on, late=on > clock.due_on)
    return Draft(ended, legal_at=on, natural_key=str(clock.clock_id))
