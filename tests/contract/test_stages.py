"""Progress has one vocabulary, also in SQL, where it is written out for the sake of partial indexes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.escalation.domain.state import Phase
from shared.contracts.house import SERVICES
from shared.contracts.vocabulary import Stage
from shared.procedure import AT_WORK, ENDED, LEADS_TO, ON_THE_WAY, UNCONFIRMED

ROOT = Path(__file__).parents[2] / "services"
_COMPARED = re.compile(r"\b(?:stage|status|state|resumes)\b\s*(?:=|<>|(?:not )?in)\s*(\(\s*'[^)]*\)|'[a-z_]+')")
_WORD = re.compile(r"'([a-z_]+)'")
WORDS = {service: frozenset(Phase if service == "escalation" else Stage) for service in SERVICES}


def compared(service: str) -> Iterator[tuple[str, str]]:
    """Words that a service's SQL compares its progress with, and the file."""
    for file in sorted((ROOT / service).rglob("*.sql")):
        text = " ".join(file.read_text(encoding="utf-8").split())
        for found in _COMPARED.finditer(text):
            yield from ((file.name, word) for word in _WORD.findall(found[1]))


@pytest.mark.parametrize("service", SERVICES)
def test_sql_compares_progress_with_no_other_words(service: str) -> None:
    assert [each for each in compared(service) if each[1] not in WORDS[service]] == []


def test_the_comparisons_are_found() -> None:
    assert {word for service in ("routing", "casework", "portal") for _, word in compared(service)} == set(Stage)
    assert len(list(compared("portal"))) > 60


def test_every_stage_is_unconfirmed_at_work_or_ended_but_the_moments_between() -> None:
    sorts = (UNCONFIRMED, AT_WORK, frozenset(ENDED))
    assert frozenset().union(*sorts) == frozenset(Stage) - {Stage.REGISTERED, Stage.CONFIRMED}
    assert sum(map(len, sorts)) == len(frozenset().union(*sorts))
    assert ON_THE_WAY <= UNCONFIRMED
    assert {end for ends in LEADS_TO.values() for end in ends} | {Stage.REGISTERED} == set(Stage)
