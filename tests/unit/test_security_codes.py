"""A receipt code survives handwriting and typing; a PIN is not the first guess; hashes compare and tell nothing."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.codes import (
    ALPHABET,
    CodeRefused,
    PinRefused,
    check_pin,
    code_hash,
    derive_code,
    grouped,
    keyed_hash,
    normalise_pin,
    parse_code,
    pin_hash,
)

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
CODES = st.uuids().map(lambda cause: derive_code(KEY, cause))


def refusal(text: str) -> str:
    with pytest.raises(CodeRefused) as refused:
        parse_code(text)
    return refused.value.code


@given(st.uuids())
def test_the_same_cause_gives_the_same_code_and_only_under_the_same_key(cause: UUID) -> None:
    code = derive_code(KEY, cause)
    assert code == derive_code(KEY, cause) == parse_code(grouped(code))
    assert code != derive_code(OTHER_KEY, cause)
    assert len(code) == 15
    assert set(code) <= set(ALPHABET)


def test_codes_use_all_their_bits() -> None:
    codes = [derive_code(KEY, UUID(int=number)) for number in range(2000)]
    assert all({code[place] for code in codes} == set(ALPHABET) for place in range(15))


def test_a_code_is_printed_in_three_groups() -> None:
    assert [len(part) for part in grouped(derive_code(KEY, UUID(int=1))).split("-")] == [5, 5, 5]


@given(CODES, st.data())
def test_one_wrong_character_is_seen(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 14))
    wrong = data.draw(st.sampled_from(ALPHABET.replace(code[place], "")))
    assert refusal(code[:place] + wrong + code[place + 1 :]) == "code_check_failed"


@given(CODES, st.data())
def test_two_swapped_characters_are_seen(code: str, data: st.DataObject) -> None:
    first, second = data.draw(st.lists(st.integers(0, 14), min_size=2, max_size=2, unique=True))
    swapped = list(code)
    swapped[first], swapped[second] = code[second], code[first]
    if swapped != list(code):
        assert refusal("".join(swapped)) == "code_check_failed"


@given(CODES)
def test_writing_it_down_otherwise_does_not_matter(code: str) -> None:
    typed = [code.lower(), f"  {grouped(code)}\n", " ".join(code), grouped(code).replace("-", " – ")]
    for written in (*typed, code.replace("0", "o").replace("1", "l"), code.replace("0", "O").replace("1", "I")):
        assert parse_code(written) == code
        assert code_hash(KEY, written) == code_hash(KEY, code)


@pytest.mark.parametrize("text", ["", "ABC", "0" * 14, "0" * 16, "U" * 15, "0" * 14 + "Đ", "0" * 14 + "٠", "-" * 99])
def test_what_is_no_code_is_malformed(text: str) -> None:
    assert refusal(text) == "code_malformed"


@pytest.mark.parametrize(("typed", "pin"), [("482915", "482915"), (" 48 29 15 ", "482915"), ("482-915", "482915")])
def test_a_pin_is_six_digits(typed: str, pin: str) -> None:
    assert normalise_pin(typed) == pin


@pytest.mark.parametrize(("typed", "code"), [
    ("", "pin_malformed"), ("48291", "pin_malformed"), ("4829155", "pin_malformed"), ("48291a", "pin_malformed"),
    ("٤٨٢٩١٥", "pin_malformed"), ("000000", "pin_too_simple"), ("777777", "pin_too_simple"),
    ("123456", "pin_too_simple"), ("654321", "pin_too_simple"), ("890123", "pin_too_simple"),
    ("121212", "pin_too_simple"), ("123123", "pin_too_simple"),
])  # fmt: skip
def test_a_pin_that_is_none_or_the_first_guess_is_refused(typed: str, code: str) -> None:
    with pytest.raises(PinRefused) as refused:
        normalise_pin(typed)
    assert str(refused.value) == refused.value.code == code


def test_a_pin_belongs_to_its_petition() -> None:
    stored = pin_hash(KEY, UUID(int=1), "482915")
    assert check_pin(KEY, UUID(int=1), "482 915", stored)
    assert not check_pin(KEY, UUID(int=1), "482916", stored)
    assert not check_pin(KEY, UUID(int=2), "482915", stored)
    assert not check_pin(OTHER_KEY, UUID(int=1), "482915", stored)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12/QĐ-UBND", "12/qđ-ubnd", True),
        ("12/QĐ-UBND", " 12 / QĐ - UBND ", True),
        ("12/Q\u0110-UBND n\u0103m", "12/Q\u0110-UBND na\u0306m", True),
        ("12/QĐ-UBND", "13/QĐ-UBND", False),
    ],
)
def test_document_numbers_match_however_they_are_typed(one: str, other: str, same: bool) -> None:
    assert (keyed_hash(KEY, "decision", one) == keyed_hash(KEY, "decision", other)) is same


def test_hashes_of_different_domains_and_keys_do_not_match() -> None:
    hashes = {keyed_hash(KEY, "a", "x"), keyed_hash(KEY, "b", "x"), keyed_hash(OTHER_KEY, "a", "x")}
    hashes.add(keyed_hash(KEY, "ax", ""))
    assert len(hashes) == 4
