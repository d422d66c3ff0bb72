"""A named person confirms or corrects a proposal."""

from dataclasses import replace
from datetime import date

from services.routing.domain.channels import may_be
from services.routing.domain.competence import competent, stands_above
from services.routing.domain.exclusion import DENOUNCING, barred, excluded
from services.routing.domain.places import check_stands
from services.routing.domain.standing import to_classify
from services.routing.domain.state import Classification
from shared.contracts.denial import Denied
from shared.contracts.routing import ClassificationConfirmed, ConfirmItem
from shared.contracts.vocabulary import ErrorCode, Kind, Stage
from shared.directory import Directory, Level
from shared.effects import Draft, Effect


def confirm(
    directory: Directory, state: Classification | None, item: ConfirmItem, officer_id: str, on: date
) -> Effect[Classification]:
    """Decide one confirmation.

    Raises:
        Denied: not found (also for those from whom the case is hidden), not the confirmer, an old version, already
            settled, a kind that is no case or that cannot arrive so, whether it denounces somebody unanswered, or an
            authority or holder that may not have it.
    """
    state = to_classify(directory, state, officer_id, item.expected_version, on)
    if item.kind in (Kind.MIXED, Kind.OUT_OF_SCOPE):
        raise Denied(ErrorCode.WRONG_STATE, field="kind")
    if not may_be(item.kind, state.channel, state.signed, state.named, on):
        raise Denied(ErrorCode.CHANNEL_CANNOT, field="kind")
    check_cleared(item.kind, item.nobody_denounced)
    hidden = _excluded(directory, state, item.kind, on)
    barred_ids = barred(directory, item.kind, state.against, on)
    _check_authority(directory, state, item, on)
    _check_holder(directory, item, (*hidden, *barred_ids), on)
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
        excluded=list(hidden),
        barred=list(barred_ids),
        nobody_denounced=item.nobody_denounced and item.kind not in DENOUNCING,
        received_on=state.received_on,
    )
    confirmed = replace(
        state,
        stage=Stage.CONFIRMED,
        kind=item.kind,
        level=item.level,
        competent_authority_id=item.competent_authority_id,
        holder_id=item.holder_id,
        excluded=hidden,
        possible=item.kind in DENOUNCING,
        cleared=item.nobody_denounced and item.kind not in DENOUNCING,
    )
    return Effect(confirmed, (Draft(event),))


def check_cleared(kind: Kind, nobody_denounced: bool) -> None:
    """Whoever calls a letter something else than a denunciation answers the question of its own first.

    Raises:
        Denied: he has not said that nothing in it denounces anybody.
    """
    if kind not in DENOUNCING and not nobody_denounced:
        raise Denied(ErrorCode.DENUNCIATION_OPEN, field="nobody_denounced")


def _excluded(directory: Directory, state: Classification, kind: Kind, on: date) -> tuple[str, ...]:
    """Exclusion follows persons: whoever was in the line when the letter came stays excluded from a denunciation."""
    before = state.excluded if kind in DENOUNCING else ()
    return tuple(sorted({*before, *excluded(directory, kind, state.against, on)}))


def _check_authority(directory: Directory, state: Classification, item: ConfirmItem, on: date) -> None:
    check_stands(directory, item.competent_authority_id, on, "competent_authority_id")
    at = directory.authority(item.competent_authority_id, on)
    if item.kind is Kind.LAND_DISPUTE and at.level is not Level.COMMUNE:
        raise Denied(ErrorCode.LAW_REFUSES, field="competent_authority_id")
    if not stands_above(directory, item.kind, state.against, item.competent_authority_id, on):
        raise Denied(ErrorCode.LAW_REFUSES, field="competent_authority_id")


def _check_holder(directory: Directory, item: ConfirmItem, out: tuple[str, ...], on: date) -> None:
    if not directory.knows(item.holder_id):
        raise Denied(ErrorCode.UNKNOWN_OFFICER, field="holder_id")
    posts = (*directory.posts_of(item.holder_id, on), *directory.acts_for(item.holder_id, on))
    if not any(post.authority_id == item.competent_authority_id for post in posts):
        raise Denied(ErrorCode.UNKNOWN_OFFICER, field="holder_id")
    if item.holder_id in out:
        raise Denied(ErrorCode.RECUSED, field="holder_id")
