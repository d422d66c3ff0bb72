"""Folding, alphabetical order, and what a letter may contain."""

import random
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import (
    LETTER_LIMIT,
    NAME_LIMIT,
    TextError,
    fold,
    fold_with_offsets,
    normalise_letter,
    normalise_name,
    sort_key,
)

VIETNAMESE = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẩẫấậềểễếệồổỗốộờởỡớợừửữứựĐÂƯ ., \u0301\u0323\u0302")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đơn tố cáo", "don to cao"),
        ("ĐẶNG Thị Nguyệt", "dang thi nguyet"),
        ("khiếu nại quyết định", "khieu nai quyet dinh"),
        ("đền bù giải phóng mặt bằng", "den bu giai phong mat bang"),
        ("Số 12/QĐ-UBND", "so 12/qd-ubnd"),
        ("", ""),
    ],
)
def test_folding_drops_case_and_diacritics(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


@given(st.text())
def test_folding_twice_is_folding_once_in_either_form(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(fold(text)) == fold(text)


@given(st.one_of(st.text(), VIETNAMESE))
def test_offsets_lead_back_to_the_text(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(text)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_evidence_found_without_diacritics_is_shown_with_them(form: Literal["NFC", "NFD"]) -> None:
    text = unicodedata.normalize(form, "Ông Nông Văn Đạt đã nhận tiền đền bù.")
    folded, offsets = fold_with_offsets(text)
    at = folded.index("nhan tien")
    assert unicodedata.normalize("NFC", text[offsets[at] : offsets[at + len("nhan tien")]]) == "nhận tiền"


@pytest.mark.parametrize(
    "ordered",
    [
        ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g", "h", "i", "o", "ô", "ơ", "p", "u", "ư", "v", "y"],
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["An", "Ân", "Bế", "Chu", "Dương", "Đàm", "Đặng", "Em", "Hà", "Hoàng", "Lý", "Mã", "Nông", "Ước", "Vi"],
        ["Lan", "Lan Anh", "Làn", "Lăng", "Lân"],
        ["Nông Văn", "Nông Văn An", "Nông Văn Ánh", "Nông Văn Ân", "Nông Vân"],
        ["Tổ 2", "Tổ an", "Tổ ăn"],
        ["dã", "đa", "đá"],
        ["hoa", "hòa", "hoà lạc"],
        ["hien", "hiên", "hiền", "hiển", "hiến", "hiện", "hiêu"],
    ],
)
def test_names_stand_in_the_order_of_the_alphabet(ordered: list[str]) -> None:
    shuffled = random.Random(7).sample(ordered, len(ordered))
    assert sorted(shuffled, key=sort_key) == ordered
    assert sorted(shuffled, key=lambda each: sort_key(each).encode()) == ordered


@given(VIETNAMESE)
def test_the_order_does_not_depend_on_case_form_or_spacing(text: str) -> None:
    key = sort_key(text)
    assert key == sort_key(unicodedata.normalize("NFD", text)) == sort_key(f"  {text} ".upper())
    assert "\x00" not in key


def test_a_letter_is_kept_in_composed_form_with_plain_line_ends() -> None:
    given_text = unicodedata.normalize("NFD", "Kính gửi:\r\n\tUBND xã Lê Lợi\r\n  ")
    assert normalise_letter(given_text) == "Kính gửi:\n\tUBND xã Lê Lợi\n  "


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "text_empty", 0),
        (" \r\n\t \u00a0", "text_empty", 0),
        ("a" * (LETTER_LIMIT + 1), "text_too_long", LETTER_LIMIT),
        ("ab\x00c", "text_has_control_characters", 2),
        ("ab\x1b[0m", "text_has_control_characters", 2),
        ("a\x85b", "text_has_control_characters", 1),
        ("a\x7fb", "text_has_control_characters", 1),
        ("a\r\nb\rc", "text_has_control_characters", 4),
        ("a\ud800", "text_has_control_characters", 1),
        ("a\udc00b", "text_has_control_characters", 1),
        *((f"abc{mark}d", "text_has_direction_marks", 3) for mark in "\u200e\u200f\u202a\u202e\u2066\u2069\u061c"),
    ],
)
def test_a_letter_that_cannot_be_kept_is_refused_with_its_place(text: str, code: str, position: int) -> None:
    with pytest.raises(TextError) as refused:
        normalise_letter(text)
    assert (refused.value.code, refused.value.position, str(refused.value)) == (code, position, code)
    assert refused.value.advice
    assert "{" not in refused.value.advice


@pytest.mark.parametrize("ordinary", ["Đơn 😀", "a\u200bb", "1\t2\n3", "Việt\u00a0Nam", "漢字"])
def test_ordinary_letters_pass_untouched(ordinary: str) -> None:
    assert normalise_letter(ordinary) == ordinary


def test_the_limit_counts_composed_characters() -> None:
    assert normalise_letter(unicodedata.normalize("NFD", "ậ" * 10), max_chars=10) == "ậ" * 10
    with pytest.raises(TextError):
        normalise_letter("ậ" * 11, max_chars=10)


@given(VIETNAMESE.filter(lambda text: bool(text.strip())))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise_letter(text)
    assert normalise_letter(once) == once


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Nông  Văn\u00a0Thắng ", "Nông Văn Thắng"),
        (unicodedata.normalize("NFD", "Đàm Thị Nguyệt"), "Đàm Thị Nguyệt"),
        ("Hoàng Văn Kiên\r\n", "Hoàng Văn Kiên"),
        ("x" * NAME_LIMIT, "x" * NAME_LIMIT),
    ],
)
def test_a_name_becomes_one_line_with_single_spaces(text: str, name: str) -> None:
    assert normalise_name(text) == name


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("   ", "text_empty", 0),
        ("x" * (NAME_LIMIT + 1), "text_too_long", NAME_LIMIT),
        (" Nông\nVăn", "text_not_one_line", 5),
        ("Nông\tVăn", "text_not_one_line", 4),
        ("Nông\u2028Văn", "text_not_one_line", 4),
        ("Nông\u202eVăn", "text_has_direction_marks", 4),
        ("Nông\x00", "text_has_control_characters", 4),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused(text: str, code: str, position: int) -> None:
    with pytest.raises(TextError) as refused:
        normalise_name(text)
    assert (refused.value.code, refused.value.position) == (code, position)
