"""Cases as portal projects them."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from services.portal.projection.apply import fold
from services.portal.projection.case import Case
from shared.contracts.base import Event
from shared.contracts.bus.envelope import Envelope
from shared.contracts.casework import CaseAccepted, CaseOpened
from shared.contracts.intake import PetitionRegistered
from shared.contracts.routing import ClassificationConfirmed, ClassificationProposed
from shared.contracts.vocabulary import Channel, Kind, Result, Task
from shared.directory import load
from shared.messaging.events.batch import Batch
from shared.messaging.outbox.emitter import Emitter

CASE = UUID("7d1f3bb0-5f1e-4d2a-9a65-0e4a3f1c2b10")
DAY = date(2025, 1, 6)
AT = datetime(2025, 1, 6, 1, tzinfo=UTC)
DIRECTORY = load("thach_an")


def envelope(event: Event, version: int = 1, sequence: int = 1) -> Envelope:
    return Envelope(
        uuid4(), event.type(), 1, CASE, CASE, version, uuid4(), uuid4(), DAY, AT, "test-1", "00-", event,
        sequence=sequence,
    )  # fmt: skip


REGISTERED = PetitionRegistered(channel=Channel.COUNTER, authority_id="dong-khe", received_on=DAY, signed=True)
PROPOSED = ClassificationProposed(
    kind=Kind.COMPLAINT, competent_authority_id="dong-khe", holder_id="dong-khe-04", rules=["KN-01"],
    reasons=["complaint.word"], alternatives=[], confidence=0.9, abstained=False,
    receiving_authority_id="dong-khe", confirmer_authority_id="dong-khe", confirmer_id="dong-khe-03",
    excluded=["dong-khe-05"], received_on=DAY,
)  # fmt: skip
CONFIRMED = ClassificationConfirmed(
    kind=Kind.COMPLAINT, competent_authority_id="dong-khe", holder_id="dong-khe-04", rules=["KN-01"], corrected=False,
    confirmed_by="dong-khe-03", receiving_authority_id="dong-khe", excluded=[], barred=["dong-khe-05"],
    received_on=DAY,
)  # fmt: skip
OPENED = CaseOpened(
    kind=Kind.COMPLAINT,
    authority_id="dong-khe",
    holder_id="dong-khe-04",
    task=Task.TAKE_OVER,
    expected_result=Result.HOLDER_IN_CHARGE,
)
ACCEPTED = CaseAccepted(
    kind=Kind.COMPLAINT, level=1, authority_id="dong-khe", holder_id="dong-khe-04", document_number="15/TB-UBND",
    signed_by="dong-khe-01", accepted_on=DAY, legal_basis="KN-12", task=Task.RESOLVE, expected_result=Result.DECISION,
)  # fmt: skip


def after(*events: Event, before: Case | None = None) -> Case:
    batch = Batch([envelope(event, version) for version, event in enumerate(events, 1)], Emitter("portal", "test-1"))
    [case] = fold(DIRECTORY, None, {CASE: before} if before else {}, batch)
    return case
