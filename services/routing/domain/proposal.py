"""From signals to a proposal: kind, competence, holder, who confirms."""

from collections.abc import Sequence
from datetime import date

from services.routing.domain.competence import Competence, competent
from services.routing.domain.exclusion import barred, confirmer_authority, denunciation_possible, lines_of
from services.routing.domain.state import Classification, Status
from shared.contracts.envelope import Envelope
from shared.contracts.intake import KindScore, PetitionRead
from shared.contracts.routing import ClassificationProposed
from shared.contracts.vocabulary import Flag, Kind
from shared.directory import Directory, Role
from shared.messaging.drafts import LEGAL_ZONE, Decision, Draft


def propose(directory: Directory, state: Classification | None, envelope: Envelope) -> Decision[Classification] | None:
    """React to a read petition; a case that has a classification already is left alone."""
    read = envelope.event
    if state is not None or not isinstance(read, PetitionRead):
        return None
    on = envelope.recorded_at.astimezone(LEGAL_ZONE).date()
    against = tuple(target for target in read.against if directory.knows(target) or directory.has_authority(target))
    possible = denunciation_possible(read)
    hidden_from = lines_of(directory, against, on) if possible else ()
    confirmers = confirmer_authority(directory, read.authority_id, against, possible, on)
    confirmer = directory.resolve(confirmers, Role.HANDLER, on, frozenset(hidden_from))
    kind = None if read.abstained else _best(read)
    level = 2 if kind is Kind.COMPLAINT and Flag.SECOND_TIME in read.flags else 1
    found = competent(directory, kind, level, against, read.authority_id, on) if kind else Competence(None, ())
    holder = _holder(directory, found.authority_id, kind, against, hidden_from, on)
    event = ClassificationProposed(
        kind=kind,
        level=level,
        competent_authority_id=found.authority_id,
        holder_id=holder,
        rules=list(found.rules),
        reasons=sorted({item.rule for item in read.evidence}),
        alternatives=[score.kind for score in _ranked(read) if score.kind is not kind][:3],
        confidence=max((score.score for score in read.scores), default=0.0),
        abstained=read.abstained,
        receiving_authority_id=read.authority_id,
        confirmer_authority_id=confirmer.authority_id,
        confirmer_id=confirmer.officer_id,
        excluded=list(hidden_from),
        received_on=read.received_on,
    )
    proposed = Classification(
        case_id=envelope.case_id,
        status=Status.PROPOSED,
        receiving_authority_id=read.authority_id,
        confirmer_authority_id=confirmer.authority_id,
        received_on=read.received_on,
        against=against,
        excluded=hidden_from,
        kind=kind,
        level=level,
        competent_authority_id=found.authority_id,
        holder_id=holder,
    )
    return Decision(proposed, (Draft(event, legal_at=read.received_on),))


def _ranked(read: PetitionRead) -> list[KindScore]:
    return sorted(read.scores, key=lambda score: -score.score)


def _best(read: PetitionRead) -> Kind | None:
    ranked = _ranked(read)
    return ranked[0].kind if ranked else None


def _holder(
    directory: Directory,
    authority_id: str | None,
    kind: Kind | None,
    against: Sequence[str],
    hidden_from: Sequence[str],
    on: date,
) -> str | None:
    if authority_id is None or kind is None:
        return None
    out = frozenset((*hidden_from, *barred(directory, kind, against)))
    for role in (Role.OFFICER, Role.ADVISER):
        recipient = directory.available(authority_id, role, on, out)
        if recipient is not None:
            return recipient.officer_id
    return None
