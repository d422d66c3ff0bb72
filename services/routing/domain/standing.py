"""Who may act on a letter now: the classifier of what is proposed, the receiver of what was transferred."""

from collections.abc import Collection
from datetime import date

from services.routing.domain.exclusion import classifiers, excluded_now
from services.routing.domain.state import Classification
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Stage
from shared.directory import Directory


def to_classify(
    directory: Directory,
    state: Classification | None,
    officer_id: str,
    expected_version: int,
    on: date,
    stages: Collection[Stage] = (Stage.PROPOSED,),
) -> Classification:
    """The letter, if this person may settle it now.

    Raises:
        Denied: not found (also for those from whom it is hidden), not the confirmer, an old version, or settled.
    """
    state = _seen(directory, state, officer_id, on)
    allowed = classifiers(directory, state, state.confirmer_authority_id, on)
    return _ready(state, officer_id, allowed, expected_version, stages)


def to_receive(
    directory: Directory,
    state: Classification | None,
    officer_id: str,
    expected_version: int,
    on: date,
    stages: Collection[Stage],
) -> Classification:
    """The letter, if this person's authority is the one it was transferred to.

    Raises:
        Denied: as for classifying; also when it was not transferred or was returned.
    """
    state = _seen(directory, state, officer_id, on)
    if state.to_authority_id is None:
        raise Denied(ErrorCode.WRONG_STATE)
    allowed = classifiers(directory, state, state.to_authority_id, on)
    return _ready(state, officer_id, allowed, expected_version, stages)


def _seen(directory: Directory, state: Classification | None, officer_id: str, on: date) -> Classification:
    if state is None or officer_id in excluded_now(directory, state, on):
        raise Denied(ErrorCode.NOT_FOUND)
    return state


def _ready(
    state: Classification,
    officer_id: str,
    allowed: Collection[str],
    expected_version: int,
    stages: Collection[Stage],
) -> Classification:
    if officer_id not in allowed:
        raise Denied(ErrorCode.NOT_ALLOWED)
    if state.version != expected_version:
        raise Denied(ErrorCode.VERSION_CONFLICT)
    if state.stage not in stages:
        raise Denied(ErrorCode.WRONG_STATE)
    return state
