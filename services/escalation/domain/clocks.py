"""Clocks by their duties: an act ends what it fulfils and begins what follows, so that none is ever missing."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from services.escalation.domain.ladder import first_rung, warn_at
from services.escalation.domain.state import Clock, Phase, Watched
from services.escalation.domain.terms import POLICY_RULE, term_of
from shared.contracts.bus.envelope import Envelope
from shared.contracts.escalation import ClockEnded, ClockStarted
from shared.contracts.vocabulary import Duty, EndReason
from shared.effects import Draft, Effect
from shared.law import Due, LawError, due
from shared.law.day import legal_day


@dataclass(frozen=True, slots=True)
class Term:
    """A term that is to run now."""

    duty: Duty
    rules: tuple[str, ...]
    """The first in force counts, else the policy clock."""
    starts_on: date
    authority_id: str
    only_in_force: bool = False
    """A term beside another, which does not run at all where none of its rules is in force."""


def watched(state: Watched, terms: Sequence[Term], envelope: Envelope) -> Effect[Watched]:
    """A case that is new to us, with its first clocks."""
    clocks, drafts = _started(terms, envelope)
    return Effect(replace(state, clocks=clocks), drafts)


def moved_on(
    state: Watched,
    ended_on: date,
    terms: Sequence[Term],
    envelope: Envelope,
    *,
    ends: Collection[Duty] | None = None,
    reason: EndReason = EndReason.DONE,
    **changes: Any,
) -> Effect[Watched]:
    """What waited for these duties has ended, or all when none are named; the next terms run, and that of closing where
    nothing else is left. `changes` are those of the case."""
    before = _without(state, ended_on, ends, reason)
    after = replace(before.state, **changes)
    if not terms and after.phase is Phase.SETTLED and not after.running:
        terms = (Term(Duty.CLOSE, (POLICY_RULE,), ended_on, state.clocks[-1].authority_id),)
    clocks, drafts = _started([term for term in terms if not _runs(after, term)], envelope)
    return Effect(replace(after, clocks=(*after.clocks, *clocks)), (*before.drafts, *drafts))


def _runs(state: Watched, term: Term) -> bool:
    """Whether the duty is waited for already: a second paper of a kind waits with the first that is not told yet."""
    return any(not term.only_in_force or clock.rule in term.rules for clock in state.live(term.duty))


def closed(state: Watched, ended_on: date) -> Effect[Watched]:
    """What ran has ended and nothing follows."""
    before = _without(state, ended_on, None, EndReason.DONE)
    return Effect(replace(before.state, phase=Phase.CLOSED), before.drafts)


def _started(terms: Sequence[Term], envelope: Envelope) -> tuple[tuple[Clock, ...], tuple[Draft, ...]]:
    begun = [_begun(term, found, envelope) for term, found in _counted(terms, legal_day(envelope.recorded_at))]
    return tuple(clock for clock, _ in begun), tuple(draft for _, draft in begun)


def _counted(terms: Sequence[Term], recorded_on: date) -> Iterator[tuple[Term, Due]]:
    for term in terms:
        if not term.only_in_force:
            yield term, term_of(term.rules, term.starts_on, recorded_on)
            continue
        with suppress(LawError):
            yield term, due(term.rules[0], term.starts_on)


def _begun(term: Term, found: Due, envelope: Envelope) -> tuple[Clock, Draft]:
    clock_id = _clock_id(envelope.id, term.duty, found.rule_id)
    rung, fire_at = first_rung(found.start, found.due_on, found.due_at, envelope.recorded_at)
    clock = Clock(
        clock_id=clock_id,
        case_id=envelope.case_id,
        rule=found.rule_id,
        authority_id=term.authority_id,
        starts_on=found.start,
        due_on=found.due_on,
        due_at=found.due_at,
        correlation_id=envelope.correlation_id,
        traceparent=envelope.traceparent,
        step=0,
        next_rung=rung,
        next_fire_at=fire_at,
        duty=term.duty,
    )
    started = ClockStarted(
        clock_id=clock_id,
        rule=found.rule_id,
        authority_id=term.authority_id,
        starts_on=found.start,
        due_on=found.due_on,
        due_at=found.due_at,
        warn_at=warn_at(found.start, found.due_on),
        amount=found.amount,
        unit=found.unit,
        law_version=found.law_version,
        calendar_version=found.calendar_version,
        provisional=found.provisional,
        duty=term.duty,
    )
    return clock, Draft(started, legal_at=found.start, natural_key=str(clock_id))


def _clock_id(event_id: UUID, duty: Duty, rule_id: str) -> UUID:
    return uuid5(event_id, f"{duty}|{rule_id}")


def _without(state: Watched, on: date, ends: Collection[Duty] | None, reason: EndReason) -> Effect[Watched]:
    over = [clock for clock in state.clocks if clock.stands and (ends is None or clock.duty in ends)]
    ids = {clock.clock_id for clock in over}
    clocks = tuple(_ended(clock, on) if clock.clock_id in ids else clock for clock in state.clocks)
    return Effect(replace(state, clocks=clocks), tuple(_said(clock, on, reason) for clock in over))


def _ended(clock: Clock, on: date) -> Clock:
    return replace(asleep(clock), ended_on=on, paused_on=None)


def asleep(clock: Clock) -> Clock:
    """The clock with no rung that fires."""
    return replace(clock, live=False, next_rung=None, next_fire_at=None, awaited_id=None, unheard=False)


def _said(clock: Clock, on: date, reason: EndReason) -> Draft:
    late = on > clock.due_on and clock.paused_on is None
    ended = ClockEnded(clock_id=clock.clock_id, rule=clock.rule, reason=reason, ended_on=on, late=late)
    return Draft(ended, legal_at=on, natural_key=str(clock.clock_id))
