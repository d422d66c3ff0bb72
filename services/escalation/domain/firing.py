"""Due rungs: what each says, to whom, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heapify, heappop, heappush
from uuid import UUID, uuid5

from services.escalation.domain.ladder import climbed, level_of
from services.escalation.domain.recipients import recipients_of
from services.escalation.domain.state import Clock
from shared.contracts.escalation import ClockBreached, ClockWarned, RungFired
from shared.contracts.vocabulary import Rung
from shared.directory import Directory, Recipient
from shared.effects import Cause, Draft
from shared.law.day import legal_day


@dataclass(frozen=True, slots=True)
class DueRung:
    """A clock whose next rung is due, with what its case knows."""

    clock: Clock
    holder_id: str
    excluded: tuple[str, ...]
    version: int
    """Events that escalation emitted for the case so far."""


@dataclass(frozen=True, slots=True)
class Fired:
    """The whole new clock, the events and the persons alerted; `cause` is the rung itself, at its due instant."""

    clock: Clock
    cause: Cause
    drafts: tuple[Draft, ...]
    recipients: tuple[Recipient, ...]
    rung: Rung
    step: int


def fire(directory: Directory, due: DueRung) -> Fired:
    """Fire the next rung at its due instant, however late the ticker is."""
    clock, rung, at = due.clock, due.clock.next_rung, due.clock.next_fire_at
    if rung is None or at is None:
        raise ValueError("a clock without a next rung")
    level = level_of(clock)
    recipients = recipients_of(
        directory, level.audience, clock.authority_id, due.holder_id, frozenset(due.excluded), legal_day(at)
    )
    after = climbed(clock, level, at)
    awaited = recipients[0].officer_id if recipients and level.rung is not Rung.WARN_HOLDER else None
    return Fired(
        clock=replace(after, awaited_id=awaited, unheard=not recipients),
        cause=Cause(cause_id(clock.clock_id, clock.step), clock.correlation_id, clock.traceparent, at),
        drafts=(*_of_the_clock(clock, rung), *(_alert(after, rung, clock.step, each) for each in recipients)),
        recipients=recipients,
        rung=rung,
        step=clock.step,
    )


def fire_in_order(
    directory: Directory, due: Sequence[DueRung], until: datetime, most: int
) -> list[tuple[DueRung, Fired]]:
    """Fire what is due until then, in the order of the instants, at most so many rungs; the same clock as often as due.

    Nobody else's rung may be due before `until`, so that after downtime the whole house hears things in their order.
    """
    waiting = [(instant, each.clock.clock_id, each) for each in due if (instant := each.clock.next_fire_at)]
    heapify(waiting)
    fired: list[tuple[DueRung, Fired]] = []
    while waiting and waiting[0][0] <= until and len(fired) < most:
        _, clock_id, each = heappop(waiting)
        result = fire(directory, each)
        fired.append((each, result))
        if result.clock.next_fire_at is not None:
            heappush(waiting, (result.clock.next_fire_at, clock_id, replace(each, clock=result.clock)))
    return fired


def cause_id(clock_id: UUID, step: int) -> UUID:
    """Id of a rung as a cause: the same rung decided again gives the same events."""
    return uuid5(clock_id, str(step))


def _of_the_clock(clock: Clock, rung: Rung) -> tuple[Draft, ...]:
    match rung:
        case Rung.WARN_HOLDER:
            return (Draft(ClockWarned(clock_id=clock.clock_id, rule=clock.rule), natural_key=clock.rule),)
        case Rung.BREACH_LEADER:
            breached = ClockBreached(clock_id=clock.clock_id, rule=clock.rule, due_on=clock.due_on)
            return (Draft(breached, legal_at=clock.due_on, natural_key=clock.rule),)
        case _:
            return ()


def _alert(after: Clock, rung: Rung, step: int, recipient: Recipient) -> Draft:
    if after.next_fire_at is None:
        raise ValueError("a clock without a next rung")
    event = RungFired(
        clock_id=after.clock_id,
        rule=after.rule,
        rung=rung,
        step=step,
        recipient_id=recipient.officer_id,
        recipient_authority_id=recipient.authority_id,
        via=recipient.via,
        due_on=after.due_on,
        acknowledge_by=after.next_fire_at,
    )
    return Draft(event, natural_key=f"{rung}|{step}|{recipient.officer_id}")
