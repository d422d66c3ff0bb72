"""The competent person refuses to accept (không thụ lý giải quyết), with a ground that the law knows for the kind."""

from collections.abc import Mapping
from datetime import date

from services.casework.domain.basis import in_force
from services.casework.domain.standing import by_head
from services.casework.domain.state import CaseFile
from shared.contracts.casework import CaseRefused, Refuse
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Kind, Stage
from shared.directory import Directory
from shared.effects import Draft, Effect, dated
from shared.procedure import GROUNDS, Act

BASIS: Mapping[tuple[Kind, int], tuple[str, ...]] = {
    (Kind.COMPLAINT, 1): ("KN-31",),
    (Kind.COMPLAINT, 2): ("KN-31",),
    (Kind.DENUNCIATION, 1): ("TC-09",),
    (Kind.LAND_DISPUTE, 1): ("HG-02", "HG-01", "CS-02"),
}
"""Rules a refusal rests on, the first in force on its day."""


def refuse(
    directory: Directory, state: CaseFile | None, command: Refuse, officer_id: str, today: date
) -> Effect[CaseFile]:
    """Decide a refusal.

    Raises:
        Denied: not the competent person, not in this state, a date that cannot be, a ground of another kind.
    """
    case = by_head(directory, state, Act.REFUSE, officer_id, command.expected_version, today)
    dated(command.refused_on, "refused_on", today=today, earliest=case.received_on)
    if command.ground not in GROUNDS[case.kind]:
        raise Denied(ErrorCode.LAW_REFUSES, field="ground")
    basis = in_force(BASIS, case, command.refused_on)
    refused = case.entered(Stage.REFUSED, settled_on=command.refused_on)
    event = CaseRefused(
        refused_on=command.refused_on,
        ground=command.ground,
        legal_basis=basis,
        **refused.signed(officer_id, command.document_number),
    )
    return Effect(refused, (Draft(event, legal_at=command.refused_on),))
