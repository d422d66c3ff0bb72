"""The row of a registered letter, and what later events of intake change in it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.portal.projection.case import Case, Changes, ended
from shared.contracts.base import Event
from shared.contracts.intake import (
    PetitionNumbered,
    PetitionRead,
    PetitionRegistered,
    PetitionSplit,
    ReceiptCorrected,
)
from shared.contracts.vocabulary import Result, Stage, Task
from shared.directory import Directory, Role
from shared.law import due

HANDLING = "XL-08"
"""The term that runs from receipt for every letter, shown until a clock of escalation takes its place."""

_ON_ITS_WAY = frozenset({Stage.TRANSFERRED, Stage.DISPATCHED})
"""Stages in which a letter has left its first desk and arrived nowhere yet."""


def _read(case: Case, event: PetitionRead) -> Changes:
    """The signals. A part of a letter that had come by a transfer was received first at a desk that we do not know."""
    desks = [] if event.transferred_before else case.receipt_desks
    return {"flags": [flag.value for flag in event.flags], "against": list(event.against), "receipt_desks": desks}


def _corrected(case: Case, event: ReceiptCorrected) -> Changes:
    """The first receipt; also the one that counts here, unless the letter has arrived elsewhere by a transfer."""
    lies_there = case.transferred_from is None and not event.transferred
    here = event.received_on if lies_there or case.stage in _ON_ITS_WAY else case.received_on
    return {"first_received_on": event.received_on, "received_on": here}


def _numbered(_: Case, event: PetitionNumbered) -> Changes:
    return {"register_number": event.number}


CHANGES: Mapping[type[Event], Callable[[Case, Any], Changes]] = {
    PetitionRead: _read,
    PetitionNumbered: _numbered,
    ReceiptCorrected: _corrected,
}


def split(event: PetitionSplit, on: date) -> Changes:
    """The envelope of separated contents ends on the day of the act, which the event itself does not say."""
    return ended(Stage.SPLIT, on, event.split_by)


def registered(directory: Directory, profile: str | None, event: PetitionRegistered, case_id: UUID) -> Case:
    """A new row."""
    desk = directory.resolve(event.authority_id, Role.HANDLER, event.received_on)
    return Case(
        case_id=case_id,
        stage=Stage.REGISTERED,
        versions={},
        channel=event.channel,
        received_on=event.received_on,
        first_received_on=event.received_on,
        letter_on=event.letter_on,
        postmark_on=event.postmark_on,
        signed=event.signed,
        receiving_authority_id=event.authority_id,
        registered_by=event.registered_by,
        forwarded_by=event.forwarded_by,
        forwarding_number=event.forwarding_number,
        under_slip=event.under_slip,
        split_from=event.split_from,
        person_id=desk.officer_id,
        task=Task.CLASSIFY,
        authority_id=event.authority_id,
        due_on=due(HANDLING, event.received_on, profile=profile).due_on,
        due_rule=HANDLING,
        expected_result=Result.CONFIRMED_KIND,
        receipt_desks=[event.authority_id],
    )
