"""A named person confirms or corrects a proposal."""

from dataclasses import replace
from datetime import date

from services.routing.domain.competence import competent
from services.routing.domain.exclusion import barred, excluded
from services.routing.domain.state import Classification, Status
from shared.contracts.refusal import Refused
from shared.contracts.routing import ClassificationConfirmed, ConfirmItem
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Directory, Role
from shared.messaging.drafts import Decision, Draft


def confirm(
    directory: Directory, state: Classification | None, item: ConfirmItem, officer_id: str, on: date
) -> Decision[Classification]:
    """Decide one confirmation.

    Raises:
        Refused: not found (also for those from whom the case is hidden), not the confirmer, an old version, already
            confirmed, or an authority or holder that may not have this case.
    """
    if state is None or officer_id in state.excluded:
        raise Refused(ErrorCode.NOT_FOUND)
    if officer_id not in _confirmers(directory, state, on):
        raise Refused(ErrorCode.NOT_ALLOWED)
    if state.version != item.expected_version:
        raise Refused(ErrorCode.VERSION_CONFLICT)
    if state.status is not Status.PROPOSED:
        raise Refused(ErrorCode.WRONG_STATE)
    hidden_from = excluded(directory, item.kind, state.against, on)
    barred_ids = barred(directory, item.kind, state.against)
    _check_assignment(directory, item, (*hidden_from, *barred_ids), on)
    rules = competent(directory, item.kind, item.level, state.against, state.receiving_authority_id, on).rules
    proposed = (state.kind, state.level, state.competent_authority_id, state.holder_id)
    decided = (item.kind, item.level, item.competent_authority_id, item.holder_id)
    event = ClassificationConfirmed(
        kind=item.kind,
        level=item.level,
        competent_authority_id=item.competent_authority_id,
        holder_id=item.holder_id,
        rules=list(rules),
        corrected=proposed != decided,
        confirmed_by=officer_id,
        receiving_authority_id=state.receiving_authority_id,
        excluded=list(hidden_from),
        barred=list(barred_ids),
        received_on=state.received_on,
    )
    confirmed = replace(
        state,
        status=Status.CONFIRMED,
        kind=item.kind,
        level=item.level,
        competent_authority_id=item.competent_authority_id,
        holder_id=item.holder_id,
        excluded=hidden_from,
    )
    return Decision(confirmed, (Draft(event),))


def _confirmers(directory: Directory, state: Classification, on: date) -> frozenset[str]:
    roles = (Role.HANDLER, Role.HEAD)
    in_post = {officer for role in roles for officer in directory.holders_of(state.confirmer_authority_id, role, on)}
    acting = {
        recipient.officer_id
        for role in roles
        if (recipient := directory.available(state.confirmer_authority_id, role, on)) is not None
    }
    return frozenset(in_post | acting)


def _check_assignment(directory: Directory, item: ConfirmItem, out: tuple[str, ...], on: date) -> None:
    if not directory.has_authority(item.competent_authority_id):
        raise Refused(ErrorCode.UNKNOWN_AUTHORITY, field="competent_authority_id")
    if not directory.knows(item.holder_id):
        raise Refused(ErrorCode.UNKNOWN_OFFICER, field="holder_id")
    posts = directory.posts_of(item.holder_id, on)
    if not any(post.authority_id == item.competent_authority_id for post in posts):
        raise Refused(ErrorCode.UNKNOWN_OFFICER, field="holder_id")
    if item.holder_id in out:
        raise Refused(ErrorCode.RECUSED, field="holder_id")
