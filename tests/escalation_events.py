"""Events that escalation and notify react to, as routing, casework and escalation would emit them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from shared.contracts.base import Event
from shared.contracts.casework import CaseAccepted, CaseTaken
from shared.contracts.envelope import Envelope
from shared.contracts.escalation import RungFired
from shared.contracts.notify import AlertAcknowledged
from shared.contracts.routing import ClassificationConfirmed
from shared.contracts.vocabulary import Kind, Result, Rung, Task
from shared.messaging.drafts import Cause, Draft, Emitter

MONDAY = date(2025, 1, 6)
MORNING = datetime(2025, 1, 6, 2, 0, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

AUTHORITY, HOLDER, LEADER = "dong-khe", "dong-khe-04", "dong-khe-01"
SUPERIOR, STEWARD = "thach-an-01", "thach-an-07"


def confirmed(
    kind: Kind = Kind.COMPLAINT,
    *,
    level: int = 1,
    received_on: date = MONDAY,
    authority_id: str = AUTHORITY,
    holder_id: str = HOLDER,
    excluded: Iterable[str] = (),
    barred: Iterable[str] = (),
) -> ClassificationConfirmed:
    return ClassificationConfirmed(
        kind=kind, level=level, competent_authority_id=authority_id, holder_id=holder_id, rules=["KN-01"],
        corrected=False, confirmed_by="dong-khe-03", receiving_authority_id=authority_id, excluded=list(excluded),
        barred=list(barred), received_on=received_on,
    )  # fmt: skip


def taken(holder_id: str) -> CaseTaken:
    return CaseTaken(
        authority_id=AUTHORITY, holder_id=holder_id, task=Task.PREPARE_ACCEPTANCE,
        expected_result=Result.ACCEPTANCE_NOTICE,
    )  # fmt: skip


def accepted(
    accepted_on: date, kind: Kind = Kind.COMPLAINT, *, level: int = 1, authority_id: str = AUTHORITY
) -> CaseAccepted:
    return CaseAccepted(
        kind=kind, level=level, authority_id=authority_id, holder_id=HOLDER, document_number="15/TB-UBND",
        signed_by=LEADER, accepted_on=accepted_on, legal_basis="KN-12", task=Task.RESOLVE,
        expected_result=Result.DECISION,
    )  # fmt: skip


def seen(clock_id: UUID, officer_id: str) -> AlertAcknowledged:
    return AlertAcknowledged(alert_id=uuid4(), clock_id=clock_id, acknowledged_by=officer_id)


def rung_fired(recipient_id: str = LEADER, rung: Rung = Rung.BREACH_LEADER) -> RungFired:
    return RungFired(
        clock_id=uuid4(), rule="KN-12", rung=rung, step=1, recipient_id=recipient_id,
        recipient_authority_id=AUTHORITY, via="post", due_on=date(2025, 1, 16),
        acknowledge_by=datetime(2025, 1, 20, 1, 0, tzinfo=UTC),
    )  # fmt: skip


def told(
    event: Event,
    *,
    case_id: UUID | None = None,
    at: datetime = MORNING,
    realm: str = "test-1",
    version: int = 1,
    aggregate_id: UUID | None = None,
) -> Envelope:
    """The event in an envelope of its emitter."""
    cause = Cause(uuid4(), uuid4(), TRACE, at)
    [envelope] = Emitter(event.service, realm).stamp(
        cause, case_id or uuid4(), [Draft(event)], after=version - 1, aggregate_id=aggregate_id
    )
    return envelope
