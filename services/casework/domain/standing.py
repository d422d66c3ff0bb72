"""Who may act on a case, and on which dates (law 7; LKN Đ7.1, LTC Đ12.1)."""

from datetime import date

from services.casework.domain.state import CaseFile
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Kind
from shared.directory import Directory, DirectoryError, Role, Via
from shared.procedure import Act


def by_holder(state: CaseFile | None, act: Act, officer_id: str, expected_version: int) -> CaseFile:
    """The case, for an act of its holder.

    Raises:
        Denied: not found (also for those from whom it is hidden), an old version, not the holder, not in this state.
    """
    case = _found(state, officer_id)
    return _open_to(case, act, expected_version, may=officer_id == case.holder_id)


def by_head(
    directory: Directory, state: CaseFile | None, act: Act, officer_id: str, expected_version: int, on: date
) -> CaseFile:
    """The case, for an act of the competent person.

    Raises:
        Denied: not found (also for those from whom it is hidden), an old version, not competent, not in this state.
    """
    case = _found(state, officer_id)
    return _open_to(case, act, expected_version, may=officer_id in competent_persons(directory, case, on))


def competent_persons(directory: Directory, case: CaseFile, on: date) -> frozenset[str]:
    """The head of the authority and whoever acts for an absent one; when the law leaves nobody there, the head above.

    The author of the contested act may decide a complaint at first level only: it is he whom the law asks first.
    """
    own = case.kind is Kind.COMPLAINT and case.level == 1
    away = frozenset(case.excluded) if own else frozenset(case.excluded + case.barred)
    heads = frozenset(directory.holders_of(case.authority_id, Role.HEAD, on)) - away
    acting = directory.available(case.authority_id, Role.HEAD, on, away)
    if acting is not None:
        return heads | {acting.officer_id}
    return heads or _head_above(directory, case.authority_id, on, away)


def _found(state: CaseFile | None, officer_id: str) -> CaseFile:
    if state is None or officer_id in state.excluded:
        raise Denied(ErrorCode.NOT_FOUND)
    return state


def _open_to(case: CaseFile, act: Act, expected_version: int, *, may: bool) -> CaseFile:
    if case.version != expected_version:
        raise Denied(ErrorCode.VERSION_CONFLICT)
    if not may:
        raise Denied(ErrorCode.NOT_ALLOWED)
    if act not in case.step.acts:
        raise Denied(ErrorCode.WRONG_STATE)
    return case


def _head_above(directory: Directory, authority_id: str, on: date, away: frozenset[str]) -> frozenset[str]:
    try:
        found = directory.resolve(authority_id, Role.HEAD, on, away)
    except DirectoryError:
        return frozenset()
    return frozenset({found.officer_id}) if found.via is Via.NEXT_LEVEL else frozenset()
