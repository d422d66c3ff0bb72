"""A confirmed classification opens the case."""

from collections.abc import Sequence

from services.casework.domain.receipt import Correction, received
from services.casework.domain.state import CaseFile
from shared.contracts.bus.envelope import Envelope
from shared.contracts.casework import CaseOpened
from shared.contracts.routing import ClassificationConfirmed
from shared.contracts.vocabulary import Stage
from shared.effects import Draft, Effect
from shared.procedure import LIFE


class KindHasNoCase(Exception):
    """A letter was confirmed as a kind that is split, guided, transferred or filed; it waits in `held`."""

    code = "kind_has_no_case"


def open_case(
    state: CaseFile | None, envelope: Envelope, corrections: Sequence[Correction] = ()
) -> Effect[CaseFile] | None:
    """React to a confirmation; a case that is open already is left alone.

    `corrections` of the receipt that came before it: whoever confirmed may not have heard of them.

    Raises:
        KindHasNoCase: there is no life for this kind.
    """
    confirmed = envelope.event
    if state is not None or not isinstance(confirmed, ClassificationConfirmed):
        return None
    if confirmed.kind not in LIFE:
        raise KindHasNoCase
    opened = CaseFile(
        case_id=envelope.case_id,
        stage=Stage.OPEN,
        kind=confirmed.kind,
        level=confirmed.level,
        authority_id=confirmed.competent_authority_id,
        holder_id=confirmed.holder_id,
        received_on=received(confirmed.received_on, corrections),
        excluded=tuple(confirmed.excluded),
        barred=tuple(confirmed.barred),
    )
    event = CaseOpened(
        kind=opened.kind,
        **opened.standing,
    )
    return Effect(opened, (Draft(event),))
