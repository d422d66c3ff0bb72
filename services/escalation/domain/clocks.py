"""Which clock a legal event starts and ends. Comment, recategorise, reassign never move one (law 6)."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from uuid import uuid5

from services.escalation.domain.ladder import acknowledged, first_rung, legal_day, warn_at
from services.escalation.domain.state import Clock, Watched
from shared.contracts.casework import CaseAccepted, CaseTaken
from shared.contracts.envelope import Envelope
from shared.contracts.escalation import ClockEnded, ClockStarted
from shared.contracts.notify import AlertAcknowledged
from shared.contracts.routing import ClassificationConfirmed
from shared.contracts.vocabulary import EndReason, Kind
from shared.directory import Directory, UnknownAuthority
from shared.law import Due, LawError, due
from shared.messaging.drafts import Decision, Draft

POLICY_RULE = "CS-01"
"""The clock that runs where the table has no rule in force; policy, never statute."""

_HANDLING = {
    (Kind.COMPLAINT, 1): "KN-12",
    (Kind.COMPLAINT, 2): "KN-13",
    (Kind.DENUNCIATION, 1): "TC-07",
    (Kind.FEEDBACK, 1): POLICY_RULE,
    (Kind.LAND_DISPUTE, 1): "HG-02",
}
_RESOLUTION = {
    (Kind.COMPLAINT, 1, False): "KN-14",
    (Kind.COMPLAINT, 1, True): "KN-15",
    (Kind.COMPLAINT, 2, False): "KN-16",
    (Kind.COMPLAINT, 2, True): "KN-17",
    (Kind.DENUNCIATION, 1, False): "TC-14",
    (Kind.DENUNCIATION, 1, True): "TC-14",
}


class CaseNotKnown(Exception):
    """A legal act of a case whose classification was never confirmed; it waits in `held`."""

    code = "case_not_known"


def decide(directory: Directory, state: Watched | None, envelope: Envelope) -> Decision[Watched] | None:
    """React to one event.

    Raises:
        CaseNotKnown: an acceptance without a confirmed classification.
        LawError: even the policy clock cannot be counted from the day of recording.
    """
    match envelope.event:
        case ClassificationConfirmed() as confirmed:
            return None if state else _watch(confirmed, envelope)
        case CaseAccepted() as accepted:
            if state is None:
                raise CaseNotKnown
            return _accept(directory, state, accepted, envelope)
        case CaseTaken() as taken if state is not None:
            return Decision(replace(state, holder_id=taken.holder_id))
        case AlertAcknowledged() as seen if state is not None:
            return _acknowledge(state, seen, envelope)
        case _:
            return None


def handling_rule(kind: Kind, level: int) -> str:
    """The term that runs from receipt until somebody accepts the case."""
    return _HANDLING.get((kind, level if kind is Kind.COMPLAINT else 1), "XL-08")


def resolution_rule(kind: Kind, level: int, *, remote: bool) -> str:
    """The term that runs from acceptance."""
    return _RESOLUTION.get((kind, level if kind is Kind.COMPLAINT else 1, remote), POLICY_RULE)


def term_of(rule_id: str, start: date, recorded_on: date) -> Due:
    """The term of the rule, else of the policy clock, else the policy clock from the day of recording: never none."""
    with suppress(LawError):
        return due(rule_id, start)
    with suppress(LawError):
        return due(POLICY_RULE, start)
    return due(POLICY_RULE, recorded_on)


def _watch(event: ClassificationConfirmed, envelope: Envelope) -> Decision[Watched]:
    rule_id = handling_rule(event.kind, event.level)
    clock, started = _start(rule_id, event.received_on, event.competent_authority_id, envelope)
    watched = Watched(
        case_id=envelope.case_id,
        kind=event.kind,
        holder_id=event.holder_id,
        excluded=tuple(event.excluded),
        received_on=event.received_on,
        clocks=(clock,),
    )
    return Decision(watched, (started,))


def _accept(directory: Directory, state: Watched, event: CaseAccepted, envelope: Envelope) -> Decision[Watched] | None:
    if state.accepted_on is not None:
        return None
    remote = _is_remote(directory, event.authority_id, event.accepted_on)
    rule_id = resolution_rule(event.kind, event.level, remote=remote)
    clock, started = _start(rule_id, event.accepted_on, event.authority_id, envelope)
    ended = tuple(_ended(each, event.accepted_on) for each in state.clocks)
    drafts = _end_drafts((each for each in state.clocks if each.live), event.accepted_on)
    accepted = replace(state, holder_id=event.holder_id, accepted_on=event.accepted_on, clocks=(*ended, clock))
    return Decision(accepted, (*drafts, started))


def _acknowledge(state: Watched, event: AlertAcknowledged, envelope: Envelope) -> Decision[Watched] | None:
    now, by = envelope.recorded_at, event.acknowledged_by
    moved = {
        clock.clock_id: after
        for clock in state.clocks
        if clock.clock_id == event.clock_id and (after := acknowledged(clock, by, now)) is not None
    }
    if not moved:
        return None
    return Decision(replace(state, clocks=tuple(moved.get(clock.clock_id, clock) for clock in state.clocks)))


def _start(rule_id: str, starts_on: date, authority_id: str, envelope: Envelope) -> tuple[Clock, Draft]:
    term = term_of(rule_id, starts_on, legal_day(envelope.recorded_at))
    clock_id = uuid5(envelope.id, term.rule_id)
    rung, fire_at = first_rung(term.start, term.due_on, term.due_at, envelope.recorded_at)
    clock = Clock(
        clock_id=clock_id,
        case_id=envelope.case_id,
        rule=term.rule_id,
        authority_id=authority_id,
        starts_on=term.start,
        due_on=term.due_on,
        due_at=term.due_at,
        correlation_id=envelope.correlation_id,
        traceparent=envelope.traceparent,
        step=0,
        next_rung=rung,
        next_fire_at=fire_at,
    )
    started = ClockStarted(
        clock_id=clock_id,
        rule=term.rule_id,
        authority_id=authority_id,
        starts_on=term.start,
        due_on=term.due_on,
        due_at=term.due_at,
        warn_at=warn_at(term.start, term.due_on),
        amount=term.amount,
        unit=term.unit,
        law_version=term.law_version,
        calendar_version=term.calendar_version,
        provisional=term.provisional,
    )
    return clock, Draft(started, legal_at=term.start, natural_key=term.rule_id)


def _ended(clock: Clock, on: date) -> Clock:
    if not clock.live:
        return clock
    return replace(clock, live=False, ended_on=on, next_rung=None, next_fire_at=None, awaited_id=None, unheard=False)


def _end_drafts(clocks: Iterable[Clock], on: date) -> tuple[Draft, ...]:
    return tuple(
        Draft(
            ClockEnded(
                clock_id=clock.clock_id, rule=clock.rule, reason=EndReason.DONE, ended_on=on, late=on > clock.due_on
            ),
            legal_at=on,
            natural_key=str(clock.clock_id),
        )
        for clock in clocks
    )


def _is_remote(directory: Directory, authority_id: str, on: date) -> bool:
    """Whether the authority lies in a remote area that day; an abolished one as it was last."""
    with suppress(UnknownAuthority):
        return directory.authority(authority_id, on).remote
    with suppress(UnknownAuthority):
        return directory.authority(authority_id).remote
    return False
