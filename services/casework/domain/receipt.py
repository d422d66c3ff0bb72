"""A received day was corrected: no act of the case is dated before it, so no correction goes beyond an act."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.casework.domain.state import CaseFile
from shared.contracts.intake import ReceiptCorrected
from shared.effects import Effect


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of a received day."""

    was_on: date
    received_on: date


def received(day: date, corrections: Sequence[Correction]) -> date:
    """The day as it is known after these corrections, in their order; one of another day changes nothing."""
    for each in corrections:
        if each.was_on == day:
            day = each.received_on
    return day


def correct_receipt(state: CaseFile | None, event: ReceiptCorrected) -> Effect[CaseFile] | None:
    """The case with the right day of receipt; None when it counts from the receipt of a transfer."""
    if state is None or event.transferred or state.received_on != event.was_on:
        return None
    limits = (event.received_on, state.accepted_on, state.settled_on, state.told_on, state.closed_on)
    day = min(each for each in limits if each is not None)
    return Effect(replace(state, received_on=day))
