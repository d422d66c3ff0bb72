"""Who may open a petition after each event, and in whose register it is."""

from dataclasses import replace
from datetime import date

import pytest

from shared.contracts.base import Event
from shared.contracts.casework import CaseReassigned
from shared.contracts.routing import (
    LetterFiled,
    LetterGuided,
    TransferReceived,
    TransferReturned,
)
from shared.contracts.vocabulary import (
    FilingGround,
    Kind,
    Proof,
    Purpose,
    Result,
    ReturnReason,
    Task,
)
from tests.builders.petitions import FRESH, confirmation, proposal, told, transferred
from tests.escalation_events import MONDAY
from tests.routing_letters import COMMUNE, DESK, DISTRICT, DISTRICT_DESK, HEAD, HOLDER, OTHER, OTHER_DESK

LATER = date(2025, 1, 9)


RETURNED = TransferReturned(
    from_authority_id=OTHER,
    superior_authority_id=DISTRICT,
    superior_handler_id=DISTRICT_DESK,
    reason=ReturnReason.NOT_COMPETENT,
    returned_on=MONDAY,
    returned_by=OTHER_DESK,
)
GUIDED = LetterGuided(
    kind=Kind.COMPLAINT, authority_id=COMMUNE, document_number="8/HD-UBND", guided_on=MONDAY, proof=Proof.POSTED,
    guided_by=DESK, rules=[],
)  # fmt: skip
FILED = LetterFiled(
    kind=None, authority_id=COMMUNE, ground=FilingGround.UNREADABLE, filed_on=MONDAY, filed_by=DESK, rules=[]
)
RECEIVED = TransferReceived(authority_id=OTHER, received_on=LATER, received_by=OTHER_DESK)
TO_05 = CaseReassigned(
    authority_id=COMMUNE, holder_id="le-lai-05", assigned_by=HEAD, task=Task.RESOLVE, expected_result=Result.DECISION
)


@pytest.mark.parametrize(
    ("events", "readers", "purpose"),
    [
        ([], (), Purpose.CLASSIFY),
        ([proposal()], (DESK,), Purpose.CLASSIFY),
        ([proposal(), confirmation()], (HEAD, HOLDER), Purpose.RESOLVE),
        ([proposal(), confirmation(excluded=(HEAD,))], (HOLDER,), Purpose.RESOLVE),
        ([proposal(), transferred()], (OTHER_DESK,), Purpose.CLASSIFY),
        ([proposal(), transferred(), RECEIVED], (OTHER_DESK,), Purpose.CLASSIFY),
        ([proposal(), transferred(), RETURNED], (DISTRICT_DESK,), Purpose.CLASSIFY),
        ([proposal(), transferred(None, None)], (), Purpose.CLASSIFY),
        ([proposal(), GUIDED], (), Purpose.CLASSIFY),
        ([proposal(), FILED], (), Purpose.CLASSIFY),
        ([proposal(), confirmation(), TO_05], (HEAD, "le-lai-05"), Purpose.RESOLVE),
        ([proposal(), confirmation(holder_id=HEAD), TO_05], (HEAD, "le-lai-05"), Purpose.RESOLVE),
    ],
)
def test_readers_follow_the_letter(events: list[Event], readers: tuple[str, ...], purpose: Purpose) -> None:
    petition = told(*events)
    assert (petition.readers, petition.purpose) == (readers, purpose)


def test_a_letter_confirmed_above_the_desk_is_in_the_register_of_the_registry_above() -> None:
    assert told(proposal(DISTRICT_DESK, DISTRICT)).registry_id == DISTRICT


def test_a_transferred_letter_lies_nowhere_until_it_is_proposed_anew() -> None:
    away = told(proposal(), transferred())
    assert (away.at_authority_id, away.transferred) == (None, True)
    there = told(RECEIVED, proposal(OTHER_DESK, OTHER, OTHER, LATER), start=away)
    assert (there.at_authority_id, there.at_since, there.registry_id) == (OTHER, LATER, OTHER)


@pytest.mark.parametrize("event", [proposal(), confirmation(), transferred(), RETURNED, TO_05])
def test_an_envelope_stays_shut(event: Event) -> None:
    assert told(event, start=replace(FRESH, parts=2)).readers == ()
