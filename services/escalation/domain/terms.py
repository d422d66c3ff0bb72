"""Which rule of the law table a clock runs under, and the term that follows; tables and look-ups only."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date

from services.escalation.domain.state import Phase
from shared.contracts.vocabulary import Duty, Kind
from shared.directory import Directory, UnknownAuthority
from shared.law import Due, LawError, due

LETTER_RULE = "XL-08"
"""From receipt until the letter is confirmed, transferred, guided, filed or split."""
TRACKING_RULE = "CS-08"
"""From dispatch until receipt is confirmed, and from a return until it is settled; policy."""
POLICY_RULE = "CS-01"
"""The clock that runs where the table has no rule in force; policy, never statute."""

_HANDLING: Mapping[tuple[Kind, int], str] = {
    (Kind.COMPLAINT, 1): "KN-12",
    (Kind.COMPLAINT, 2): "KN-13",
    (Kind.DENUNCIATION, 1): "TC-07",
    (Kind.LAND_DISPUTE, 1): "HG-02",
}
_RESOLUTION: Mapping[tuple[Kind, int, bool], tuple[str, ...]] = {
    (Kind.COMPLAINT, 1, False): ("KN-14",),
    (Kind.COMPLAINT, 1, True): ("KN-15",),
    (Kind.COMPLAINT, 2, False): ("KN-16",),
    (Kind.COMPLAINT, 2, True): ("KN-17",),
    (Kind.DENUNCIATION, 1, False): ("TC-14",),
    (Kind.DENUNCIATION, 1, True): ("TC-14",),
    (Kind.LAND_DISPUTE, 1, False): ("HG-03", "CS-02"),
    (Kind.LAND_DISPUTE, 1, True): ("HG-03", "CS-02"),
}
PROCESSING_RULES = ("CS-06", "CS-07", "KL-01")
"""A letter that lies unprocessed: two warnings of policy at 30 and 40 days, and the ground of removal at 45."""
GUARD_RULE = "KN-58"
"""Beside the term of acceptance in working days the one of the statute, until a lawyer says which stands."""
REVIEW_RULE = "CS-05"
"""Whether the ground of a suspension still stands; policy."""
_MOVE_TELLING: Mapping[tuple[Kind, Duty], str] = {
    (Kind.COMPLAINT, Duty.TELL_SUSPENSION): "KN-40",
    (Kind.COMPLAINT, Duty.TELL_RESUMPTION): "KN-40",
    (Kind.DENUNCIATION, Duty.TELL_SUSPENSION): "TC-29",
}
_END_TELLING: Mapping[Kind, tuple[str, ...]] = {Kind.COMPLAINT: ("KN-40",), Kind.DENUNCIATION: ("TC-29",)}
ACCEPTANCE_TELLING: Mapping[Kind, str] = {Kind.DENUNCIATION: "TC-13"}
PUBLISHING: Mapping[Kind, str] = {Kind.COMPLAINT: "KN-22", Kind.DENUNCIATION: "TC-24"}
_TELLING: Mapping[tuple[Kind, int], str] = {
    (Kind.COMPLAINT, 1): "KN-20",
    (Kind.COMPLAINT, 2): "KN-21",
    (Kind.DENUNCIATION, 1): "TC-22",
}
TELLING_RULE = "CS-04"
"""A refusal, an answer or minutes are told at once; the table has no number, the policy has."""


def handling_rule(kind: Kind, level: int) -> str:
    """The term that runs from receipt until somebody accepts or answers the case."""
    return _HANDLING.get((kind, _level(kind, level)), POLICY_RULE)


def resolution_rules(kind: Kind, level: int, *, remote: bool) -> tuple[str, ...]:
    """The term that runs after acceptance: the first that is in force."""
    return _RESOLUTION.get((kind, _level(kind, level), remote), (POLICY_RULE,))


def resolution_start(kind: Kind, accepted_on: date, received_on: date) -> date:
    """Resolution counts from acceptance; a mediation from the receipt of the request (HG-03)."""
    return received_on if kind is Kind.LAND_DISPUTE else accepted_on


def handling_duty(kind: Kind) -> Duty:
    """Whether the case is first accepted, or answered at once."""
    return Duty.ACCEPT if any(each is kind for each, _ in _HANDLING) else Duty.RESOLVE


def duty_of(rule_id: str, phase: Phase) -> Duty:
    """What a clock waits for that the version before started, which ran one at a time."""
    if rule_id == LETTER_RULE:
        return Duty.CLASSIFY
    if rule_id == TRACKING_RULE:
        return Duty.RECEIVE
    match phase:
        case Phase.SETTLED:
            return Duty.CLOSE if rule_id == POLICY_RULE else Duty.TELL
        case Phase.CONFIRMED if rule_id in _HANDLING.values():
            return Duty.ACCEPT
        case _:
            return Duty.RESOLVE


def decision_notice_rule(kind: Kind, level: int) -> str:
    """The term in which a decision or conclusion is sent."""
    return _TELLING.get((kind, _level(kind, level)), TELLING_RULE)


def move_notice_rules(kind: Kind, duty: Duty) -> tuple[str, ...]:
    """The term in which a paper that moved the case's own is sent."""
    return (_MOVE_TELLING[kind, duty], TELLING_RULE) if (kind, duty) in _MOVE_TELLING else (TELLING_RULE,)


def end_notice_rules(kind: Kind) -> tuple[str, ...]:
    """The term in which a termination is sent."""
    return (*_END_TELLING.get(kind, ()), TELLING_RULE)


def term_of(rule_ids: Sequence[str], start: date, recorded_on: date) -> Due:
    """The term of the first rule in force, else of the policy clock, else that from the day of recording: never none.

    Raises:
        LawError: even the policy clock cannot be counted from the day of recording.
    """
    for rule_id in (*rule_ids, POLICY_RULE):
        with suppress(LawError):
            return due(rule_id, start)
    return due(POLICY_RULE, recorded_on)


def is_remote(directory: Directory, authority_id: str, on: date) -> bool:
    """Whether the authority lies in a remote area that day; an abolished one as it was last."""
    with suppress(UnknownAuthority):
        return directory.authority(authority_id, on).remote
    with suppress(UnknownAuthority):
        return directory.authority(authority_id).remote
    return False


def _level(kind: Kind, level: int) -> int:
    """Only complaints have a second level."""
    return level if kind is Kind.COMPLAINT else 1
