"""Acts that move the term of a case, or end it before it is decided: on which ground, by which rule, once or twice.

A complaint knows no extension: it is determined to be complicated in writing (KN-49). A denunciation is extended in
writing, once when it is complicated and twice when it is specially complicated (TC-15..19).
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from shared.contracts.vocabulary import EndGround, Kind, Mark, Notice, PauseGround
from shared.law import LawError, rule
from shared.procedure.acts import Act


@dataclass(frozen=True, slots=True)
class Move:
    """One such act."""

    rules: Mapping[str, tuple[str, ...]]
    """By ground, or under no word where there is none to choose: the rules it rests on, the first in force counts."""
    form: str = ""
    """Number of its form; empty where the law prescribes none."""
    criteria: int = 0
    """How many of the seven criteria of a complicated case it takes (KN-49, TC-18, TC-19)."""
    needs: frozenset[Mark] = field(default_factory=frozenset)
    bars: frozenset[Mark] = field(default_factory=frozenset)
    adds: frozenset[Mark] = field(default_factory=frozenset)
    clears: frozenset[Mark] = field(default_factory=frozenset)
    owes: Notice | None = None

    def fits(self, marks: Iterable[Mark]) -> bool:
        """Whether a case with these marks may be moved so."""
        return self.needs <= set(marks) and self.bars.isdisjoint(marks)


_SUSPENDED = frozenset({Mark.SUSPENDED})


def _suspension(rule: str, form: str, *grounds: PauseGround) -> Move:
    rules = {ground.value: (rule,) for ground in grounds}
    return Move(rules, form, bars=_SUSPENDED, adds=_SUSPENDED, owes=Notice.SUSPENSION)


def _resumption(rule: str, form: str) -> Move:
    return Move({"": (rule,)}, form, needs=_SUSPENDED, clears=_SUSPENDED, owes=Notice.RESUMPTION)


def _termination(form: str, **grounds: tuple[str, ...]) -> Move:
    return Move({EndGround[name].value: rules for name, rules in grounds.items()}, form, clears=_SUSPENDED)


def _complaint(resolution: str) -> Mapping[Act, tuple[Move, ...]]:
    complicated = frozenset({Mark.COMPLICATED})
    pauses = (PauseGround.FORCE_MAJEURE, PauseGround.OBSTACLE, PauseGround.AWAITS_RESULT)
    ends = {"WITHDRAWN": ("KN-37", "KN-36"), "DIED": ("KN-39",), "DISSOLVED": ("KN-39",)}
    return {
        Act.COMPLICATE: (
            Move({"": ("KN-49", resolution)}, criteria=1, bars=complicated | _SUSPENDED, adds=complicated),
        ),
        Act.SUSPEND: (_suspension("KN-38", "14a", *pauses),),
        Act.RESUME: (_resumption("KN-40", "14b"),),
        Act.TERMINATE: (_termination("14a", **ends),),
    }


def _extension(rule: str, criteria: int, before: frozenset[Mark], mark: Mark) -> Move:
    barred = frozenset({mark}) | _SUSPENDED
    return Move({"": (rule,)}, "01", criteria, needs=before, bars=barred, adds=frozenset({mark}), owes=Notice.EXTENSION)


_DENUNCIATION: Mapping[Act, tuple[Move, ...]] = {
    Act.EXTEND: (
        _extension("TC-15", 1, frozenset(), Mark.EXTENDED),
        _extension("TC-16", 2, frozenset({Mark.EXTENDED}), Mark.EXTENDED_TWICE),
    ),
    Act.SUSPEND: (_suspension("TC-29", "", PauseGround.AWAITS_BODY, PauseGround.AWAITS_EXPERTS),),
    Act.RESUME: (_resumption("TC-29", ""),),
    Act.TERMINATE: (_termination("", WITHDRAWN=("TC-27",), DENOUNCED_DIED=("TC-29",), JUDGED=("TC-29",)),),
}

_MOVES: Mapping[tuple[Kind, int], Mapping[Act, tuple[Move, ...]]] = {
    (Kind.COMPLAINT, 1): _complaint("KN-14"),
    (Kind.COMPLAINT, 2): _complaint("KN-16"),
    (Kind.DENUNCIATION, 1): _DENUNCIATION,
}

MOVING = (Act.COMPLICATE, Act.EXTEND, Act.SUSPEND, Act.RESUME, Act.TERMINATE)


def moves(kind: Kind, level: int, act: Act) -> tuple[Move, ...]:
    """The ways of doing this act to such a case, in the order in which they may be done."""
    return _MOVES.get((kind, level if kind is Kind.COMPLAINT else 1), {}).get(act, ())


def grounds(kind: Kind, level: int, act: Act, on: date) -> tuple[str, ...]:
    """What may be chosen as the ground of the act that day."""
    known = (each for move in moves(kind, level, act) for each in move.rules.items())
    return tuple(ground for ground, rules in known if ground and first_in_force(rules, on))


def possible(kind: Kind, level: int, act: Act, marks: Iterable[Mark], on: date) -> bool:
    """Whether a case with these marks may be moved so that day."""
    fitting = (move for move in moves(kind, level, act) if move.fits(marks))
    return any(first_in_force(rules, on) for move in fitting for rules in move.rules.values())


def first_in_force(rule_ids: Iterable[str], on: date) -> str | None:
    """The first of these rules that is in force on that day."""
    for rule_id in rule_ids:
        with suppress(LawError):
            return rule(rule_id, on).id
    return None
