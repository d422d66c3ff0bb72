"""Petitions and what routing says of them."""

from datetime import date
from uuid import uuid4

from services.intake.domain.petition import Petition, after
from shared.contracts.base import Event
from shared.contracts.routing import (
    ClassificationConfirmed,
    ClassificationProposed,
    LetterTransferred,
)
from shared.contracts.vocabulary import (
    Body,
    Kind,
    Proof,
)
from tests.escalation_events import MONDAY
from tests.routing_letters import COMMUNE, DESK, HOLDER, OTHER, OTHER_DESK, THACH_AN

FRESH = Petition(uuid4(), 2, at_authority_id=COMMUNE, at_since=MONDAY, registry_id=COMMUNE, desk_id=COMMUNE)


def proposal(
    confirmer_id: str = DESK, confirming: str = COMMUNE, receiving: str = COMMUNE, received_on: date = MONDAY
) -> ClassificationProposed:
    return ClassificationProposed(
        kind=Kind.COMPLAINT, competent_authority_id=COMMUNE, holder_id=HOLDER, rules=[], reasons=[], alternatives=[],
        confidence=1.0, abstained=False, receiving_authority_id=receiving, confirmer_authority_id=confirming,
        confirmer_id=confirmer_id, excluded=[], received_on=received_on,
    )  # fmt: skip


def confirmation(competent: str = COMMUNE, holder_id: str = HOLDER, excluded: tuple[str, ...] = ()) -> Event:
    return ClassificationConfirmed(
        kind=Kind.COMPLAINT, competent_authority_id=competent, holder_id=holder_id, rules=[], corrected=False,
        confirmed_by=DESK, receiving_authority_id=COMMUNE, excluded=list(excluded), barred=[], received_on=MONDAY,
    )  # fmt: skip


def transferred(to: str | None = OTHER, handler: str | None = OTHER_DESK) -> LetterTransferred:
    return LetterTransferred(
        kind=Kind.FEEDBACK, from_authority_id=COMMUNE, to_authority_id=to, to_body=None if to else Body.POLICE,
        to_handler_id=handler, document_number="7/PC-UBND", dispatched_on=MONDAY, proof=Proof.POSTED,
        transferred_by=DESK, rules=[], excluded=[], received_on=MONDAY,
    )  # fmt: skip


def told(*events: Event, start: Petition = FRESH) -> Petition:
    petition = start
    for event in events:
        petition = after(THACH_AN, petition, event, MONDAY)
    return petition
