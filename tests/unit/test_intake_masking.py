"""The sender's own data in a letter: masked by kind, never inside words, never a body that the letter speaks of."""

from typing import Any

import pytest

from services.intake.masking.mask import MASK, own_data, working_text
from services.intake.masking.places import Bodies
from shared.contracts.intake import Letter
from shared.directory import load
from tests.escalation_events import MONDAY

BODIES = Bodies.of(each.name for each in load("thach_an").authorities(MONDAY))


def masked(text: str, **own: Any) -> tuple[str, list[str]]:
    """The text with what is sure masked, one mark for each stretch, and what is asked."""
    letter = Letter(text=text, pin="274913", **own)
    spans = own_data(letter, BODIES)
    shown = working_text(letter, [each for each in spans if each.sure])
    assert len(shown) == len(text)
    while MASK * 2 in shown:
        shown = shown.replace(MASK * 2, MASK)
    return shown, [text[each.start : each.end] for each in spans if not each.sure]


@pytest.mark.parametrize(
    "written",
    ["0912345678", "0912 345 678", "+84912345678", "+84 912 345 678", "0912.345.678",
     "0912-345-678", "(+84) 912 345 678",
     "84912345678", "091\u200b2345678", "0912\n345678"],
)  # fmt: skip
def test_a_telephone_number_is_its_digits(written: str) -> None:
    assert masked(f"gọi {written}.", phone="0912345678") == ("gọi █.", [])
    assert masked(f"gọi {written}.", phone="+84 912 345 678") == ("gọi █.", [])


@pytest.mark.parametrize("written", ["001085012345", "001 085 012 345", "001.085.012.345", "001085-012345"])
def test_a_citizens_number_is_its_digits(written: str) -> None:
    assert masked(f"CCCD {written}, ký.", sender_id_number="001085012345") == ("CCCD █, ký.", [])


def test_a_number_inside_a_longer_one_is_asked() -> None:
    assert masked("hóa đơn 10912345678", phone="0912345678") == ("hóa đơn 10912345678", ["912345678"])


@pytest.mark.parametrize(
    "written",
    ["Nông Văn Bảo", "NÔNG VĂN BẢO", "nong van bao", "Nông Văn\nBảo", "Nông  Văn  Bảo", "Nông V. Bảo", "N.V. Bảo",
     "N. V. Bảo", "N.V.B.", "Nông Văn\u00ad Bảo"],
)  # fmt: skip
def test_a_name_is_masked_however_it_is_written(written: str) -> None:
    assert masked(f"Tôi là {written} ở đây.", sender_name="Nông Văn Bảo") == ("Tôi là █ ở đây.", [])


def test_a_name_that_is_a_common_word_stays_inside_common_words() -> None:
    own = {"sender_name": "Hòa", "phone": "0912345678", "sender_address": "xã Lê Lai"}
    text = "Kính gửi UBND xã Lê Lai. Nhờ hòa giải, không 3 hộ nào hoan nghênh. Hòa giải xong."
    assert masked(text, **own) == (text, [])
    assert masked("Tôi là Hòa, nhờ ông Hòa.", **own) == ("Tôi là █, nhờ ông Hòa.", ["Hòa"])


def test_a_name_of_two_common_words_is_asked_where_it_is_written_like_them() -> None:
    assert masked("Cần công lý. Tôi: Công Lý.", sender_name="Công Lý") == ("Cần công lý. Tôi: █.", ["công lý"])


@pytest.mark.parametrize("between", [", ", " - ", " – ", "; ", "\n"])
def test_an_address_is_masked_part_by_part_and_bodies_stay(between: str) -> None:
    address = between.join(["thôn Nà Lình", "xã Lê Lai", "huyện Thạch An", "tỉnh Cao Bằng"])
    text = "Nhà tôi ở thôn Nà Lình, xã Lê Lai. UBND xã Lê Lai, huyện Thạch An đã thu đất."
    shown = "Nhà tôi ở █, xã Lê Lai. UBND xã Lê Lai, huyện Thạch An đã thu đất."
    assert masked(text, sender_address=address.replace("\n", ", ")) == (shown, [])


def test_a_hamlet_named_like_its_commune_is_masked_and_the_commune_is_not() -> None:
    text = "Ở thôn Lê Lai, xã Lê Lai; UBND xã Lê Lai."
    assert masked(text, sender_address="thôn Lê Lai, xã Lê Lai") == ("Ở █, xã Lê Lai; UBND xã Lê Lai.", [])


def test_what_is_unsure_is_masked_unless_somebody_says_it_is_not_the_senders() -> None:
    letter = Letter(text="Nhờ ông Hòa nói.", sender_name="Hòa", pin="274913")
    spans = own_data(letter, BODIES)
    assert working_text(letter, spans) == "Nhờ ông ███ nói."
    answered = letter.model_copy(update={"not_own": frozenset({8})})
    assert working_text(answered, spans) == letter.text


def test_a_long_letter_of_nothing_but_names_is_masked() -> None:
    shown, asked = masked("Tôi là Hòa. ông Hòa, " * 5_000, sender_name="Hòa")
    assert (shown.count(MASK), len(asked)) == (5_000, 5_000)
