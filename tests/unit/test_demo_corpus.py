"""The demo's letters are many, different from each other, and labelled as the law says."""

import re
from collections import Counter
from itertools import combinations
from typing import Any

import pytest

from shared.contracts.vocabulary import Channel, Flag, Kind
from shared.directory import Level, Role, load
from simulation.corpus.checks import check
from simulation.corpus.corpus import CorpusError, DemoLetter, Fate, load_corpus, parse
from simulation.corpus.model import FIRST_DAY

LETTERS = load_corpus()
BY_ID = {letter.id: letter for letter in LETTERS}
DIRECTORY = load("thach_an")
COMMUNES = {each.id for each in DIRECTORY.authorities(FIRST_DAY) if each.level is Level.COMMUNE}

GOOD: dict[str, Any] = {
    "id": "good-01",
    "day": 3,
    "channel": "counter",
    "desk": "le-lai",
    "signed": True,
    "against": ["le-lai-04"],
    "sender": "Nông Thị Thử",
    "address": "Thôn Nà Thử, xã Lê Lai",
    "text": "Tôi tố cáo.",
    "label": {"kind": "denunciation", "level": 1, "authority": "le-lai", "flags": []},
    "fate": "decide",
}


def shingles(letter: DemoLetter) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", letter.text.lower())
    size = min(4, len(words))
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}


def label(kind: str, authority: str, *flags: str, level: int = 1) -> dict[str, Any]:
    return {"kind": kind, "level": level, "authority": authority, "flags": list(flags)}


def test_there_are_enough_letters_and_every_id_is_its_own() -> None:
    assert len(LETTERS) >= 80
    assert len(BY_ID) == len(LETTERS)


def test_no_letter_repeats_another() -> None:
    assert len({letter.text for letter in LETTERS}) == len(LETTERS)
    told = [(letter.id, shingles(letter)) for letter in LETTERS]
    for (one, left), (other, right) in combinations(told, 2):
        assert len(left & right) <= 0.2 * min(len(left), len(right)), (one, other)


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (Kind.COMPLAINT, 24),
        (Kind.DENUNCIATION, 14),
        (Kind.INFORMATION, 10),
        (Kind.FEEDBACK, 26),
        (Kind.LAND_DISPUTE, 7),
        (Kind.MIXED, 4),
        (Kind.OUT_OF_SCOPE, 5),
    ],
)
def test_every_kind_is_there(kind: Kind, least: int) -> None:
    assert sum(letter.label.kind is kind for letter in LETTERS) >= least


@pytest.mark.parametrize(
    ("fate", "least"),
    [
        (Fate.DECIDE, 30),
        (Fate.LATE, 8),
        (Fate.NEVER, 4),
        (Fate.FORGOTTEN_UNCONFIRMED, 3),
        (Fate.REFUSE, 5),
        (Fate.TRANSFER_INSIDE, 5),
        (Fate.TRANSFER_OUTSIDE, 3),
        (Fate.GUIDE, 4),
        (Fate.FILE, 4),
        (Fate.SPLIT, 4),
    ],
)
def test_every_fate_is_played(fate: Fate, least: int) -> None:
    assert sum(letter.fate is fate for letter in LETTERS) >= least


def test_every_flag_channel_and_desk_occurs() -> None:
    assert {flag for letter in LETTERS for flag in letter.label.flags} == set(Flag)
    assert {letter.channel for letter in LETTERS} == set(Channel)
    desks = Counter(letter.desk for letter in LETTERS)
    assert set(desks) == COMMUNES | {"thach-an", "cao-bang"}
    assert min(desks.values()) >= 3
    assert sum(letter.label.level == 2 for letter in LETTERS) >= 5


def test_letters_come_on_many_days_and_none_at_tet() -> None:
    days = {letter.day for letter in LETTERS}
    assert len(days) >= 25
    assert not days & set(range(19, 28))


def test_people_write_with_and_without_diacritics() -> None:
    bare = {letter.label.kind for letter in LETTERS if letter.text.isascii()}
    assert sum(letter.text.isascii() for letter in LETTERS) >= 12
    assert {Kind.COMPLAINT, Kind.DENUNCIATION, Kind.INFORMATION, Kind.FEEDBACK, Kind.LAND_DISPUTE} <= bare


def test_letters_are_short_and_long() -> None:
    lengths = sorted(len(letter.text) for letter in LETTERS)
    assert lengths[0] < 100
    assert lengths[8] < 250
    assert sum(length > 1_000 for length in lengths) >= 5
    assert sum(1_800 < length < 3_000 for length in lengths) >= 2
    assert 11_000 < lengths[-1] < 14_000


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("tố cáo", Kind.COMPLAINT),
        ("tố cáo", Kind.OUT_OF_SCOPE),
        ("tố cáo", Kind.INFORMATION),
        ("kiến nghị", Kind.DENUNCIATION),
        ("kiến nghị", Kind.COMPLAINT),
        ("khiếu nại", Kind.LAND_DISPUTE),
        ("khiếu nại", Kind.FEEDBACK),
        ("khiếu nại", Kind.OUT_OF_SCOPE),
    ],
)
def test_some_titles_mislead(word: str, kind: Kind) -> None:
    assert any(word in letter.title.lower() and letter.label.kind is kind for letter in LETTERS)


def test_nobody_who_writes_bears_an_officials_name_and_no_telephone_is_in_use() -> None:
    officials = {officer.name for officer in DIRECTORY.officers()}
    assert not officials & {letter.sender for letter in LETTERS}
    assert all(re.fullmatch(r"(0900000\d{3})?", letter.phone) for letter in LETTERS)


def test_a_denunciation_of_a_head_or_deputy_goes_to_the_superior_and_of_others_to_the_managing_body() -> None:
    for letter in LETTERS:
        if letter.label.kind not in (Kind.DENUNCIATION, Kind.INFORMATION) or not letter.against:
            continue
        posts = [post for target in letter.against for post in DIRECTORY.posts_of(target, FIRST_DAY)]
        body = posts[0].authority_id
        managed_above = any(post.role in (Role.HEAD, Role.DEPUTY) for post in posts)
        expected = DIRECTORY.superior_of(body, FIRST_DAY) if managed_above else body
        assert letter.label.authority == expected, letter.id


def test_what_was_told_from_afar_or_without_a_name_is_never_a_denunciation() -> None:
    for letter in LETTERS:
        if letter.channel in (Channel.WEB, Channel.HOTLINE) or not letter.signed or not letter.sender:
            assert letter.label.kind is not Kind.DENUNCIATION, letter.id
        assert (Flag.ANONYMOUS in letter.label.flags) is (letter.sender == ""), letter.id


def test_complaints_are_never_transferred() -> None:
    for letter in LETTERS:
        if letter.label.kind is Kind.COMPLAINT:
            assert letter.fate not in (Fate.TRANSFER_INSIDE, Fate.TRANSFER_OUTSIDE), letter.id


@pytest.mark.parametrize(
    ("letter_id", "kind", "level", "authority"),
    [
        ("off-01", "denunciation", 1, "le-lai"),  # an ordinary official of the commune
        ("off-02", "denunciation", 1, "thach-an"),  # a commune's head
        ("off-04", "denunciation", 1, "thach-an"),  # a deputy
        ("off-07", "denunciation", 1, "thach-an"),  # an ordinary official of the district
        ("off-08", "denunciation", 1, "cao-bang"),  # the district's deputy
        ("off-10", "denunciation", 1, "kim-dong"),  # sent above the commune
        ("inf-06", "information", 1, "cao-bang"),
        ("land-02", "complaint", 1, "thach-an"),  # the district's own decision
        ("land-06", "complaint", 1, "le-loi"),  # sent above the issuer
        ("sec-02", "complaint", 2, "thach-an"),  # first left overdue
        ("sec-04", "complaint", 2, "cao-bang"),
        ("fb-08", "feedback", 1, "thach-an"),
        ("land-13", "land_dispute", 1, "thai-cuong"),  # mediation is the commune's, whoever received it
    ],
)
def test_labels_of_known_letters(letter_id: str, kind: str, level: int, authority: str) -> None:
    found = BY_ID[letter_id].label
    assert (found.kind, found.level, found.authority) == (kind, level, authority)


def test_the_contents_of_a_mixed_letter_become_letters_of_their_own() -> None:
    letter = BY_ID["mix-01"]
    complaint, denunciation = (letter.for_part(part) for part in letter.parts)
    assert (complaint.label.kind, complaint.label.authority) == (Kind.COMPLAINT, "le-lai")
    assert (denunciation.label.kind, denunciation.label.authority) == (Kind.DENUNCIATION, "thach-an")
    assert "\n\n".join((complaint.text, denunciation.text)) == letter.text
    assert complaint.fate is Fate.DECIDE
    assert complaint.parts == ()


def test_a_title_opens_the_text_without_moving_its_paragraphs() -> None:
    letter = BY_ID["land-02"]
    assert letter.text.startswith(letter.title + "\n")
    assert letter.title in letter.paragraphs[0]


@pytest.mark.parametrize(
    "change",
    [
        {"day": "3"},
        {"day": True},
        {"channel": "pigeon"},
        {"signed": 1},
        {"against": "le-lai-04"},
        {"fate": "lost"},
        {"surprise": "x"},
        {"fate": "refuse", "ground": "because"},
        {"label": label("denunciation", "le-lai", "loud")},
        {"label": label("denunciation", "le-lai", level=3)},
        {"parts": [{"kind": "complaint", "against": ["nobody-01"], "paragraphs": [0]}]},
    ],
)
def test_a_row_of_the_wrong_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CorpusError) as refused:
        parse(GOOD | change, "x.toml[0]")
    assert (refused.value.code, refused.value.place) == ("bad_row", "x.toml[0]")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("bad_id", {"id": "Letter 1"}),
        ("unknown_directory_id", {"desk": "ha-noi"}),
        ("unknown_directory_id", {"against": ["le-lai-99"]}),
        ("bad_date", {"day": 46}),
        ("bad_date", {"day": 5}),  # a Saturday
        ("bad_date", {"day": 22}),  # Tết
        ("bad_date", {"written": 1}),
        ("bad_date", {"channel": "post", "written": -1, "postmark": -2}),
        ("bad_arrival", {"postmark": -1}),
        ("bad_arrival", {"channel": "forwarded"}),
        ("bad_arrival", {"channel": "forwarded", "forwarded_by": "press", "forwarding_number": "12-CV"}),
        ("bad_arrival", {"channel": "web"}),
        ("denunciation_form", {"channel": "hotline", "signed": False}),
        ("denunciation_form", {"sender": "", "label": label("denunciation", "le-lai", "anonymous")}),
        ("denunciation_form", {"label": label("information", "le-lai")}),
        ("complaint_form", {"signed": False, "label": label("complaint", "le-lai")}),
        ("bad_slip", {"sealed_slip": True}),
        ("not_competent", {"against": ["le-lai-01"]}),
        ("not_competent", {"label": label("complaint", "le-lai", "second_time", level=2)}),
        ("not_competent", {"label": label("land_dispute", "thach-an")}),
        ("bad_flags", {"label": label("denunciation", "le-lai", "anonymous")}),
        ("bad_flags", {"desk": "thach-an"}),
        ("bad_flags", {"label": label("complaint", "le-lai", "second_time")}),
        ("unlawful_fate", {"fate": "guide"}),
        ("unlawful_fate", {"fate": "transfer_inside", "target": "thach-an"}),
        ("unlawful_fate", {"fate": "split"}),
        ("bad_ground", {"fate": "refuse"}),
        ("bad_parts", {"parts": [{"kind": "complaint", "against": [], "paragraphs": [0]}]}),
    ],
)
def test_a_letter_that_contradicts_itself_or_the_law_is_refused(code: str, change: dict[str, Any]) -> None:
    with pytest.raises(CorpusError) as refused:
        check([parse(GOOD | change, "x.toml[0]")])
    assert refused.value.code == code


def test_an_id_is_used_once() -> None:
    good = parse(GOOD, "x.toml[0]")
    check([good])
    with pytest.raises(CorpusError, match="duplicate_id"):
        check([good, good])
