"""Which rules a decision cites, and how a letter that is not ours may end."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from shared.contracts.denial import Denied
from shared.contracts.vocabulary import Channel, ErrorCode, FilingGround, Kind
from shared.law import RuleNotInForce, rule

Ending = Literal["guide", "transfer"]

_BEFORE = {"HG-01": "CS-02"}
"""What is cited on days when a rule of the table was not in force: the house's policy."""

_FILING = {
    FilingGround.INELIGIBLE: ("XL-19", "XL-06"),
    FilingGround.OUT_OF_TIME: ("XL-19",),
    FilingGround.SETTLED: ("XL-19",),
    FilingGround.UNREADABLE: ("XL-19", "XL-06"),
    FilingGround.ALREADY_SENT_TO_COMPETENT: ("XL-19", "XL-07"),
    FilingGround.ALREADY_GUIDED: ("XL-19", "XL-07"),
    FilingGround.INFORMATION_WITHOUT_EVIDENCE: ("TC-20",),
}


def in_force(rules: Sequence[str], on: date) -> tuple[str, ...]:
    """The rules that may be cited on that day."""
    return tuple(found for each in rules if (found := _citable(each, on)))


def ending_rules(ending: Ending, kind: Kind, channel: Channel, on: date) -> tuple[str, ...]:
    """The rules by which a letter of this kind ends so.

    Raises:
        Denied: the law knows no such end: a complaint is never transferred (XL-11), a denunciation by letter is
            transferred and one in person guided (TC-10).
    """
    for row in _endings()[ending]:
        if row["kind"] == kind and channel in row.get("channels", Channel):
            return in_force(row["rules"], on)
    raise Denied(ErrorCode.LAW_REFUSES, field="kind")


def filing_rules(ground: FilingGround, kind: Kind | None, on: date) -> tuple[str, ...]:
    """The rules by which a letter is filed.

    Raises:
        Denied: the ground is one of another kind.
    """
    if ground is FilingGround.INFORMATION_WITHOUT_EVIDENCE and kind is not Kind.INFORMATION:
        raise Denied(ErrorCode.LAW_REFUSES, field="ground")
    return in_force(_FILING[ground], on)


@cache
def _endings() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "endings.toml").read_text(encoding="utf-8"))


def _citable(rule_id: str, on: date) -> str | None:
    try:
        return rule(rule_id, on).id
    except RuleNotInForce:
        return _citable(_BEFORE[rule_id], on) if rule_id in _BEFORE else None
