"""A code typed on a Vietnamese keyboard is read back, or refused; it never becomes another code."""

import random
import unicodedata
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.security.codes import CodeRefused, code_hash, derive_code, grouped, parse_code
from shared.security.keyboard import MOST_SPELLINGS, spellings
from tests.builders.keyboards import TONES, Keyboard

KEY = bytes(range(32))
CODES = st.uuids().map(lambda cause: derive_code(KEY, cause))


KEYBOARDS = st.builds(lambda layout, free: Keyboard(layout, free=free), st.sampled_from(sorted(TONES)), st.booleans())


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("5F5Á", {"5F5A1", "5F5AS"}),
        ("VƯ5", {"VW5"}),
        ("Đ0", {"DD0", "D90"}),
        ("Â7", {"AA7", "A67"}),
        ("Ă7", {"AW7", "A87"}),
        ("ÁN", {"ASN", "ANS", "A1N", "AN1"}),
        ("TÝ-5", {"TYS5", "TY15"}),
        ("Ấ", {"AAS", "ASA", "A61", "A16"}),
        ("Ứ", {"WS"}),
        ("YÉ", {"YSE", "YES", "Y1E", "YE1"}),
    ],
)
def test_every_spelling_that_may_have_been_meant_is_found(text: str, typed: set[str]) -> None:
    length = max(len(each) for each in typed)
    for form in ("NFC", "NFD"):
        assert spellings(unicodedata.normalize(form, text), length) == typed


@pytest.mark.parametrize("text", ["5F5A1", "Ñ", "Ç1", "\u0301A", "", "A\u0301" * 30, "ÁÉÝÁÉÝÁ"])
def test_nothing_is_made_of_what_no_keyboard_left(text: str) -> None:
    assert spellings(text, 15) == set()


def test_a_code_from_the_field_is_read_back() -> None:
    code = next(
        each for each in (derive_code(KEY, UUID(int=n)) for n in range(100_000)) if "A1" in each and "W" in each
    )
    assert parse_code(Keyboard("vni", free=False).type(grouped(code))) == code
    assert parse_code(Keyboard("telex", free=False).type(grouped(code)).lower()) == code
    assert code_hash(KEY, Keyboard("vni", free=False).type(code)) == code_hash(KEY, code)


@settings(max_examples=2000)
@given(CODES, KEYBOARDS, st.booleans(), st.booleans())
def test_what_was_typed_comes_back_or_is_refused(code: str, keyboard: Keyboard, dashes: bool, lower: bool) -> None:
    shown = keyboard.type(grouped(code) if dashes else code)
    try:
        found = parse_code(shown.lower() if lower else shown)
    except CodeRefused:
        return
    assert found == code


@pytest.mark.parametrize(("layout", "free"), [(layout, free) for layout in TONES for free in (False, True)])
def test_most_mangled_codes_come_back(layout: str, free: bool) -> None:
    drawn = random.Random(5)
    told: Counter[str] = Counter()
    for _ in range(4000):
        code = derive_code(KEY, UUID(int=drawn.getrandbits(128)))
        shown = Keyboard(layout, free=free).type(grouped(code))
        if shown == grouped(code):
            continue
        told["mangled"] += 1
        try:
            assert parse_code(shown) == code
            told["read back"] += 1
        except CodeRefused as refused:
            told[refused.code] += 1
    assert told["read back"] > 0.75 * told["mangled"], told
    assert told["code_check_failed"] < 0.12 * told["mangled"], "several spellings are codes"


def test_the_work_is_bounded() -> None:
    assert len(spellings("ÁÉÝÁÉBCÝ", 15)) <= MOST_SPELLINGS
