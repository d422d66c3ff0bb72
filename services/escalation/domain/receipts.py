"""A received day was corrected: the term counted from it starts anew, no other one moves, the adviser above hears it.

The one exception to "the first receipt never moves": an act of its own, with reason and paper (law 6).
"""

from dataclasses import replace
from datetime import datetime

from services.escalation.domain.clocks import moved_on
from services.escalation.domain.ladder import Audience, after_working_days
from services.escalation.domain.letters import counted_from_receipt, from_receipt
from services.escalation.domain.recipients import recipients_of
from services.escalation.domain.state import Clock, Told, Watched
from shared.contracts.bus.envelope import Envelope
from shared.contracts.escalation import RungFired
from shared.contracts.intake import ReceiptCorrected
from shared.contracts.vocabulary import EndReason, Rung
from shared.directory import Directory, Recipient
from shared.effects import Draft, Effect
from shared.law.day import legal_day

PATIENCE = 2
"""Working days in which the adviser acknowledges; policy."""


def corrected(directory: Directory, state: Watched, event: ReceiptCorrected, envelope: Envelope) -> Effect[Watched]:
    """The days of the case, its clock, and the alert."""
    restarted = _restarted(state, event, envelope) if _counts_from(state, event) else Effect(state)
    alerted = _alerted(directory, restarted.state, event, envelope.recorded_at)
    return Effect(alerted.state, (*restarted.drafts, *alerted.drafts))


def _counts_from(state: Watched, event: ReceiptCorrected) -> bool:
    """Whether we count from the day that was corrected: of a part of a letter that had come by a transfer we hold the
    receipt of that transfer."""
    return state.received_on == event.was_on and (state.transferred or not event.transferred)


def _restarted(before: Watched, event: ReceiptCorrected, envelope: Envelope) -> Effect[Watched]:
    """What ran from the wrong day has ended, the same terms run from the right one; what it fired stays on record."""
    here = before.received_here_on if before.transferred else event.received_on
    state = replace(before, received_on=event.received_on, received_here_on=here)
    wrong = () if state.transferred else state.live(*counted_from_receipt(state))
    if not wrong:
        return Effect(state)
    terms, on = from_receipt(state, wrong[0].authority_id), legal_day(envelope.recorded_at)
    ends = counted_from_receipt(state)
    return moved_on(state, on, terms, envelope, ends=ends, reason=EndReason.SUPERSEDED)


def _alerted(directory: Directory, state: Watched, event: ReceiptCorrected, now: datetime) -> Effect[Watched]:
    """Told under a clock that has ended where there is one, so that no acknowledgement holds up a ladder."""
    away = frozenset((*state.excluded, event.corrected_by))
    audience = (Audience.ADVISER,)
    recipients = recipients_of(directory, audience, event.authority_id, state.holder_id, away, legal_day(now))
    under = next((clock for clock in reversed(state.clocks) if not clock.live), state.clocks[-1])
    standing = min(state.running, key=lambda clock: clock.due_at, default=under)
    told = tuple(Told(under.clock_id, under.step, each.officer_id, Rung.RECEIPT_CORRECTED, now) for each in recipients)
    step = under.step + bool(recipients)
    clocks = tuple(replace(each, step=step) if each == under else each for each in state.clocks)
    drafts = tuple(_rung(under, standing, each, now) for each in recipients)
    return Effect(replace(state, clocks=clocks, told=(*state.told, *told)), drafts)


def _rung(under: Clock, standing: Clock, recipient: Recipient, now: datetime) -> Draft:
    rung = RungFired(
        clock_id=under.clock_id,
        rule=standing.rule,
        rung=Rung.RECEIPT_CORRECTED,
        step=under.step,
        recipient_id=recipient.officer_id,
        recipient_authority_id=recipient.authority_id,
        via=recipient.via,
        due_on=standing.due_on,
        acknowledge_by=after_working_days(now, PATIENCE),
    )
    return Draft(rung, natural_key=f"{rung.rung}|{under.step}|{recipient.officer_id}")
