"""For every letter: cut, nothing is lost or in a wrong part; masked, no name is left; read, no rule is passed over."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.separation import check_separation, cut
from services.intake.masking.mask import own_data, working_text
from services.intake.masking.places import Bodies
from services.intake.reading.lexicon import FlagRule, KindRule, load_lexicon, may_match
from services.intake.reading.read import WorkingLetter, read
from shared.contracts.denial import Denied
from shared.contracts.intake import Letter
from shared.contracts.vocabulary import Channel
from shared.text import fold
from tests.escalation_events import MONDAY

LEXICON = load_lexicon()
RULES: tuple[KindRule | FlagRule, ...] = (*LEXICON.kinds, *LEXICON.flags)
_ALWAYS = (frozenset[str](),)
PLAIN = replace(
    LEXICON,
    kinds=tuple(replace(rule, ways=_ALWAYS) for rule in LEXICON.kinds),
    flags=tuple(replace(rule, ways=_ALWAYS) for rule in LEXICON.flags),
)
"""The same rules, every pattern tried on every letter."""
WORDS = sorted({word for rule in RULES for word in re.findall(r"[a-z0-9]+", rule.pattern.pattern)})
PIECES = st.sampled_from(WORDS) | st.sampled_from(RULES).flatmap(lambda rule: st.from_regex(rule.pattern))
TEXTS = st.text(st.sampled_from("aăâđ ơ\n\tXyz."), min_size=2, max_size=60).filter(str.strip)


@st.composite
def separations(draw: st.DrawFn) -> tuple[str, list[list[tuple[int, int]]]]:
    """A text cut at random places, its pieces dealt out to parts; every part has some words."""
    text = draw(TEXTS)
    places = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=6))})
    pieces = list(pairwise(places))
    parts: list[list[tuple[int, int]]] = [[], [], []]
    for piece in pieces:
        parts[draw(st.integers(0, 2))].append(piece)
    return text, [part for part in parts if cut(text, part).strip()]


@given(separations())
def test_every_word_is_in_some_part_or_the_cut_is_refused(made: tuple[str, list[list[tuple[int, int]]]]) -> None:
    text, parts = made
    check_separation(text, parts)
    characters = sorted(each for each in text if not each.isspace())
    kept = sorted(each for part in parts for each in cut(text, part) if not each.isspace())
    assert kept == characters


@given(TEXTS, st.data())
def test_a_word_left_out_is_told_with_its_place(text: str, data: st.DataObject) -> None:
    words = [place for place, character in enumerate(text) if not character.isspace()]
    left_out = data.draw(st.sampled_from(words))
    stretches = [(0, left_out), (left_out + 1, len(text))]
    parts = [[stretch] for stretch in stretches if text[slice(*stretch)].strip()]
    if not parts:
        return
    with pytest.raises(Denied) as caught:
        check_separation(text, parts)
    assert (caught.value.code, caught.value.error.position) == ("split_incomplete", left_out)


@given(TEXTS, st.text(st.sampled_from("aăâđXyz "), min_size=3, max_size=8))
def test_masking_keeps_every_place(text: str, name: str) -> None:
    letter = Letter(text=f"{text} {name} {text}", sender_name=name, pin="274913")
    spans = own_data(letter, Bodies(frozenset()))
    assert len(working_text(letter, spans)) == len(letter.text)


@given(TEXTS, st.lists(st.sampled_from(["Nông", "Văn", "Bảo", "Hòa", "Đặng"]), min_size=3, max_size=4, unique=True))
def test_masking_leaves_no_full_name_however_often_it_stands_there(text: str, words: list[str]) -> None:
    name = " ".join(words)
    letter = Letter(text=f"{name} {text}\n{name.upper()}, {text} ({fold(name)})", sender_name=name, pin="274913")
    assert fold(name) not in fold(working_text(letter, own_data(letter, Bodies(frozenset()))))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
@given(data=st.data())
def test_no_rule_is_passed_over_that_matches(rule: KindRule | FlagRule, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(rule.pattern))
    assert may_match(rule.ways, frozenset(re.findall(r"\w+", text)))


@given(st.lists(st.tuples(PIECES, st.sampled_from([" ", " ", " ", ", ", "\n", "_", "ự"])), max_size=12))
def test_the_words_asked_first_change_nothing_that_is_read(pieces: list[tuple[str, str]]) -> None:
    letter = WorkingLetter(
        text="".join(piece + between for piece, between in pieces), authority_id="le-lai", channel=Channel.POST,
        received_on=MONDAY, kind_ticked=None, against=(), signed=True, named=True,
    )  # fmt: skip
    assert read(letter, LEXICON) == read(letter, PLAIN)
