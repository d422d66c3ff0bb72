"""Who may act on a letter now: the classifier of what is proposed, the receiver of what was transferred."""

from collections.abc import Collection
from datetime import date

from services.routing.domain.exclusion import classifiers, hidden_now
from services.routing.domain.state import Classification
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import ErrorCode, Stage
from shared.directory import Directory


def to_classify(
    directory: Directory,
    state: Classification | None,
    officer_id: str,
    expected_version: int,
    on: date,
    statuses: Collection[Stage] = (Stage.PROPOSED,),
) -> Classification:
    """The letter, if this person may settle it now.

    Raises:
        Refused: not found (also for those from whom it is hidden), not the confirmer, an old version, or settled.
    """
    state = _seen(directory, state, officer_id, on)
    allowed = classifiers(directory, state, state.confirmer_authority_id, on)
    return _ready(state, officer_id, allowed, expected_version, statuses)


def to_receive(
    directory: Directory,
    state: Classification | None,
    officer_id: str,
    expected_version: int,
    on: date,
    statuses: Collection[Stage],
) -> Classification:
    """The letter, if this person's authority is the one it was transferred to.

    Raises:
        Refused: as for classifying; also when it was not transferred or was returned.
    """
    state = _seen(directory, state, officer_id, on)
    if state.to_authority_id is None:
        raise Refused(ErrorCode.WRONG_STATE)
    allowed = classifiers(directory, state, state.to_authority_id, on)
    return _ready(state, officer_id, allowed, expected_version, statuses)


def _seen(directory: Directory, state: Classification | None, officer_id: str, on: date) -> Classification:
    if state is None or officer_id in hidden_now(directory, state, on):
        raise Refused(ErrorCode.NOT_FOUND)
    return state


def _ready(
    state: Classification,
    officer_id: str,
    allowed: Collection[str],
    expected_version: int,
    statuses: Collection[Stage],
) -> Classification:
    if officer_id not in allowed:
        raise Refused(ErrorCode.NOT_ALLOWED)
    if state.version != expected_version:
        raise Refused(ErrorCode.VERSION_CONFLICT)
    if state.status not in statuses:
        raise Refused(ErrorCode.WRONG_STATE)
    return state
