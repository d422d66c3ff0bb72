"""What is read from a letter: kinds with evidence, flags, and silence where the words do not say."""

import pytest

from services.intake.reading.lexicon import load_lexicon
from services.intake.reading.masking import MASK, working_text
from services.intake.reading.read import WorkingLetter, read
from shared.contracts.intake import Letter, PetitionRead
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


@pytest.mark.parametrize("written", ["Nông Văn Bảo", "NÔNG VĂN BẢO", "nong van bao"])
def test_the_senders_own_name_is_masked_however_it_is_written(written: str) -> None:
    letter = Letter(sender_name="Nông Văn Bảo", text=f"Tôi là {written}, ở xóm trên.", pin="274913")
    assert working_text(letter) == f"Tôi là {MASK * len(written)}, ở xóm trên."
