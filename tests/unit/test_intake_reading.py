"""What is read from a letter: kinds with evidence, flags, and silence where the words do not say."""

import unicodedata

import pytest

from services.intake.reading.lexicon import load_lexicon
from services.intake.reading.read import WorkingLetter, read
from shared.contracts.intake import PetitionRead
from shared.contracts.vocabulary import Channel, Flag, Kind
from tests.escalation_events import MONDAY


def reading(
    text: str,
    ticked: Kind | None = None,
    *,
    named: bool = True,
    signed: bool = True,
    channel: Channel = Channel.POST,
) -> PetitionRead:
    letter = WorkingLetter(
        text=text, authority_id="le-lai", channel=channel, received_on=MONDAY, kind_ticked=ticked, against=(),
        signed=signed, named=named,
    )  # fmt: skip
    return read(letter, load_lexicon())


@pytest.mark.parametrize(
    ("text", "ticked", "kind"),
    [
        ("Tôi khiếu nại quyết định thu hồi đất, tôi không đồng ý.", None, Kind.COMPLAINT),
        ("Tôi tố cáo ông A tham ô tiền hỗ trợ.", None, Kind.DENUNCIATION),
        ("Cán bộ nhận tiền, khai khống, sợ bị trả thù.", None, Kind.DENUNCIATION),
        ("Kiến nghị sửa đường vào xóm đã hỏng nặng.", None, Kind.FEEDBACK),
        ("Cán bộ một cửa thái độ hách sách, tôi phản ánh.", None, Kind.FEEDBACK),
        ("Nhà bên cạnh dời mốc, lấn chiếm đất vườn; đề nghị hòa giải tranh chấp.", None, Kind.LAND_DISPUTE),
        ("Tòa án đã có bản án, đề nghị thi hành án.", Kind.OUT_OF_SCOPE, Kind.OUT_OF_SCOPE),
    ],
)
def test_words_speak_for_a_kind(text: str, ticked: Kind | None, kind: Kind) -> None:
    found = reading(text, ticked)
    assert (found.scores[0].kind, found.abstained) == (kind, False)
    assert found.evidence
    assert all(0 <= item.start < item.end <= len(text) for item in found.evidence)


@pytest.mark.parametrize(
    ("text", "ticked"),
    [
        ("Kính gửi Ủy ban.", None),
        ("Kính gửi Ủy ban.", Kind.COMPLAINT),
        ("Tôi khiếu nại và tố cáo ông A.", None),
        ("Tôi khiếu nại quyết định; tôi kiến nghị sửa đường hỏng.", None),
    ],
)
def test_in_doubt_it_abstains(text: str, ticked: Kind | None) -> None:
    assert reading(text, ticked).abstained


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("Tôi không đồng ý với quyết định giải quyết khiếu nại.", Flag.SECOND_TIME),
        ("Chúng tôi gồm 12 hộ dân cùng ký.", Flag.MULTI_SIGNER),
        ("Tôi xin rút đơn.", Flag.WITHDRAWN),
        ("Cầu sắp sập, rất nguy hiểm.", Flag.URGENT),
        ("Tôi chưa gửi đơn cho xã mà gửi thẳng lên đây.", Flag.BYPASS),
    ],
)
def test_what_is_noticed_beside_the_kind(text: str, flag: Flag) -> None:
    assert flag in reading(text).flags
    assert flag not in reading("Kính gửi Ủy ban.").flags


@pytest.mark.parametrize(("named", "signed"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_letter_without_name_is_anonymous_and_one_without_signature_unsigned(named: bool, signed: bool) -> None:
    found = reading("Kính gửi Ủy ban.", named=named, signed=signed, channel=Channel.BOX)
    assert (Flag.ANONYMOUS in found.flags, found.signed, found.channel) == (not named, signed, Channel.BOX)


DENOUNCES = "Tôi tố cáo ông A nhận hối lộ."


@pytest.mark.parametrize(
    "written",
    [
        "Tôi tố\ncáo ông A nhận hối\nlộ.",
        "Tôi tố  cáo ông A nhận  hối lộ.",
        "Tôi tố\u200bcáo ông A nhận hố\u200bi lộ.",
        "Tôi tố\u00adcáo ông A nhận hối l\u00adộ.",
        "Tôi tố-\ncáo ông A nhận hối-\n lộ.",
        "Tôi T Ố  C Á O ông A nhận hối lộ.",
        "Tôi T Ố C Á O ông A N H Ậ N H Ố I L Ộ.",
        "Tôi tố\u00a0cáo ông A nhận hối\u2003lộ.",
        "Tôi tố сáо ông A nhận hốі lộ.",
        unicodedata.normalize("NFD", DENOUNCES),
        "\u00ad".join(DENOUNCES),
    ],
)
def test_breaks_and_spellings_change_nothing_of_what_is_read(written: str) -> None:
    plain, found = reading(DENOUNCES), reading(written)
    assert (found.scores, found.flags) == (plain.scores, plain.flags)
    assert all(0 <= item.start < item.end <= len(written) for item in found.evidence)
