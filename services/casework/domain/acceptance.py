"""The competent person signs the acceptance (thụ lý): the handling clock ends, the resolution clock starts."""

from collections.abc import Mapping
from datetime import date

from services.casework.domain.basis import in_force
from services.casework.domain.standing import by_head
from services.casework.domain.state import CaseFile
from shared.contracts.casework import Accept, CaseAccepted
from shared.contracts.vocabulary import Kind, Stage
from shared.directory import Directory
from shared.effects import Draft, Effect, dated
from shared.procedure import Act

BASIS: Mapping[tuple[Kind, int], tuple[str, ...]] = {
    (Kind.COMPLAINT, 1): ("KN-12",),
    (Kind.COMPLAINT, 2): ("KN-13",),
    (Kind.DENUNCIATION, 1): ("TC-07",),
    (Kind.LAND_DISPUTE, 1): ("HG-02", "HG-01", "CS-02"),
}
"""Rules an acceptance rests on, the first in force on its day; only complaints have a second level."""


def accept(
    directory: Directory, state: CaseFile | None, command: Accept, officer_id: str, today: date
) -> Effect[CaseFile]:
    """Decide an acceptance (LKN Đ27, Đ36; LTC Đ29; QĐ2304).

    Raises:
        Denied: not the competent person, not in this state, a date that cannot be, or no rule in force.
    """
    case = by_head(directory, state, Act.ACCEPT, officer_id, command.expected_version, today)
    dated(command.accepted_on, "accepted_on", today=today, earliest=case.received_on)
    basis = in_force(BASIS, case, command.accepted_on)
    accepted = case.entered(Stage.ACCEPTED, accepted_on=command.accepted_on)
    event = CaseAccepted(
        accepted_on=command.accepted_on,
        legal_basis=basis,
        **accepted.signed(officer_id, command.document_number),
    )
    return Effect(accepted, (Draft(event, legal_at=command.accepted_on),))
