"""Rows from events of intake."""

from services.portal.projection.case import Case, known
from services.portal.projection.routing import ended
from shared.contracts.envelope import Envelope
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


def project(directory: Directory, profile: str | None, case: Case | None, envelope: Envelope) -> Case | None:
    """The case after an event of intake; None when the row does not change."""
    match envelope.event:
        case PetitionRegistered() as event:
            return _registered(directory, profile, event, envelope)
        case PetitionRead() as event:
            return _read(known(case), event)
        case PetitionNumbered(number=number):
            return known(case).but(register_number=number)
        case PetitionSplit(split_by=split_by):
            return ended(known(case), Stage.SPLIT, envelope.legal_at, split_by)
        case ReceiptCorrected() as event:
            return _corrected(known(case), event)
        case _:
            return None


def _read(case: Case, event: PetitionRead) -> Case:
    """The signals. A part of a letter that had come by a transfer was received first at a desk that we do not know."""
    desks = [] if event.transferred_before else case.receipt_desks
    return case.but(flags=[flag.value for flag in event.flags], against=list(event.against), receipt_desks=desks)


def _corrected(case: Case, event: ReceiptCorrected) -> Case:
    """The first receipt; also the one that counts here, unless the letter has arrived elsewhere by a transfer."""
    lies_there = case.transferred_from is None and not event.transferred
    here = event.received_on if lies_there or case.stage in _ON_ITS_WAY else case.received_on
    return case.but(first_received_on=event.received_on, received_on=here)


def _registered(directory: Directory, profile: str | None, event: PetitionRegistered, envelope: Envelope) -> Case:
    desk = directory.resolve(event.authority_id, Role.HANDLER, event.received_on)
    return Case(
        case_id=envelope.case_id,
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
