"""`read(letter) → signals`: what the desk ticked and what the words say; it proposes nothing and decides nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from services.intake.reading.lexicon import FlagRule, KindRule, Lexicon, may_match
from shared.contracts.intake import Evidence, KindScore, PetitionRead
from shared.contracts.vocabulary import Channel, Flag, Kind
from shared.text import reading_form

TICKED = 0.5
"""What the desk's tick adds to a kind."""
LEAST_CONFIDENCE = 0.7
"""Below this the reader abstains."""
MARGIN = 0.25
"""When the second kind is closer than this, the reader abstains."""
EVIDENCE_PER_RULE = 5
_WORD = re.compile(r"\w+")

R = TypeVar("R", KindRule, FlagRule)


@dataclass(frozen=True, slots=True, repr=False)
class WorkingLetter:
    """What is read: the letter as typed, before the mask, and what the desk entered beside it."""

    text: str
    authority_id: str
    channel: Channel
    received_on: date
    kind_ticked: Kind | None
    against: tuple[str, ...]
    signed: bool
    named: bool
    transferred: bool = False


def read(letter: WorkingLetter, lexicon: Lexicon) -> PetitionRead:
    """Read a letter in its reading form. Offsets are characters of the text as typed, and so of the working text."""
    folded, offsets = reading_form(letter.text)
    words = frozenset(_WORD.findall(folded))
    kinds = list(_evidence(lexicon.kinds, words, folded, offsets))
    flags = list(_evidence(lexicon.flags, words, folded, offsets))
    scores = _scores(letter.kind_ticked, {(rule.id, rule.kind, rule.weight) for rule, _ in kinds})
    found = {rule.flag for rule, _ in flags}
    if not letter.named:
        found.add(Flag.ANONYMOUS)
    return PetitionRead(
        authority_id=letter.authority_id,
        channel=letter.channel,
        signed=letter.signed,
        received_on=letter.received_on,
        kind_ticked=letter.kind_ticked,
        scores=scores,
        abstained=_in_doubt(scores),
        flags=sorted(found),
        against=list(letter.against),
        evidence=[item for _, item in (*kinds, *flags)][:200],
        lexicon=lexicon.version,
        transferred_before=letter.transferred,
    )


def _scores(ticked: Kind | None, matched: set[tuple[str, Kind, float]]) -> list[KindScore]:
    sums: dict[Kind, float] = {ticked: TICKED} if ticked else {}
    for _, kind, weight in sorted(matched):
        sums[kind] = sums.get(kind, 0.0) + weight
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [KindScore(kind=kind, score=round(min(1.0, score), 3)) for kind, score in ranked]


def _in_doubt(scores: list[KindScore]) -> bool:
    if not scores or scores[0].score < LEAST_CONFIDENCE:
        return True
    return len(scores) > 1 and scores[0].score - scores[1].score < MARGIN


def _evidence(
    rules: Sequence[R], words: frozenset[str], folded: str, offsets: Sequence[int]
) -> Iterator[tuple[R, Evidence]]:
    for rule in rules:
        if not may_match(rule.ways, words):
            continue
        for match in islice(rule.pattern.finditer(folded), EVIDENCE_PER_RULE):
            yield rule, Evidence(rule=rule.id, start=offsets[match.start()], end=offsets[match.end() - 1] + 1)
