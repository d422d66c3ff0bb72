"""Whatever is typed, ticked and read: until a named person answers, nobody who may be denounced and nobody under him
sees a letter, lists it, reads it or may act on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.petition import Petition, after
from services.intake.reading.lexicon import Lexicon, load_lexicon
from services.intake.reading.read import WorkingLetter, read
from services.portal.policy import audience, viewer_of
from services.routing.domain.confirmation import confirm
from services.routing.domain.exclusion import leaders_of
from services.routing.domain.state import Classification
from shared.contracts.denial import Denied
from shared.contracts.routing import ClassificationProposed
from shared.contracts.vocabulary import Channel, Kind
from tests.escalation_events import MONDAY
from tests.routing_letters import PROVINCE, THACH_AN, proposed, said
from tests.routing_letters import after as told_after

READS_NOTHING = Lexicon("nothing", (), ())
PEOPLE = sorted(each.id for each in THACH_AN.officers())
BELOW = [each for each in PEOPLE if not each.startswith(PROVINCE)]
PLACES = [each.id for each in THACH_AN.authorities(MONDAY)]
TARGETS = st.lists(
    st.sampled_from([*BELOW, *(each for each in PLACES if each != PROVINCE)]), min_size=1, max_size=3, unique=True
)
WORDS = st.sampled_from([
    "Tôi khiếu nại quyết định thu hồi đất, tôi không đồng ý, đề nghị xem xét lại.", "kiến nghị sửa đường hỏng",
    "tố cáo", "nhận hối lộ", "Ông Chủ tịch xã còn lấy tiền ủng hộ bão lũ của dân bỏ túi riêng", "Kính gửi Ủy ban.",
    "tranh chấp ranh giới đất với nhà bên cạnh",
])  # fmt: skip
BREAKS = st.sampled_from([" ", "  ", "\n", "-\n", "\u200b", "\u00ad", "\u00a0", " \u200b "])


@st.composite
def letters(draw: st.DrawFn) -> WorkingLetter:
    between = draw(BREAKS)
    text = " ".join(draw(st.lists(WORDS | st.text(max_size=20), min_size=1, max_size=4))).replace(" ", between)
    return WorkingLetter(
        text=text, authority_id=draw(st.sampled_from(PLACES)), channel=draw(st.sampled_from(Channel)),
        received_on=MONDAY, kind_ticked=draw(st.none() | st.sampled_from(Kind)), against=tuple(draw(TARGETS)),
        signed=draw(st.booleans()), named=draw(st.booleans()),
    )  # fmt: skip


def kept_away(letter: WorkingLetter) -> set[str]:
    """Those named, and everybody of the bodies named or led by somebody named, and below them."""
    return {officer for target in letter.against for officer in THACH_AN.line_of(target, MONDAY)}


def see(event: ClassificationProposed) -> set[str]:
    """Who has the letter on his lists."""
    tags = set(
        audience(
            stage="proposed", kind=event.kind, confirmer_authority_id=event.confirmer_authority_id,
            receiving_authority_id=event.receiving_authority_id, competent_authority_id=event.competent_authority_id,
            person_id=event.confirmer_id, holder_id=event.holder_id, transferred_by=None, alerted=(),
        )
    )  # fmt: skip
    viewers = (viewer_of(THACH_AN, officer, MONDAY) for officer in PEOPLE)
    return {each.officer_id for each in viewers if each and tags & set(each.tags)} - set(event.excluded)


def read_by(event: ClassificationProposed, state: Classification) -> set[str]:
    """Who may open its text."""
    desk = state.receiving_authority_id
    kept = Petition(state.case_id, 2, desk, MONDAY, registry_id=desk, desk_id=desk)
    return set(after(THACH_AN, kept, event, MONDAY).readers)


@pytest.mark.parametrize("lexicon", [READS_NOTHING, load_lexicon()], ids=["reads_nothing", "reads"])
@given(letter=letters())
def test_nobody_complained_of_and_nobody_under_him_meets_an_unconfirmed_letter(
    lexicon: Lexicon, letter: WorkingLetter
) -> None:
    state, event = proposed(read(letter, lexicon))
    away = kept_away(letter)
    item = said(state, kind=Kind.COMPLAINT, competent_authority_id="thach-an", holder_id="thach-an-05")
    assert not see(event) & away
    assert not read_by(event, state) & away
    for officer in sorted(away):
        with pytest.raises(Denied) as refused:
            confirm(THACH_AN, state, item, officer, MONDAY)
        assert refused.value.code == "not_found"


@given(letter=letters())
def test_where_the_desk_answers_itself_its_leaders_still_meet_nothing(letter: WorkingLetter) -> None:
    decision = told_after(None, read(letter, load_lexicon()), desks=frozenset(PLACES))
    event = decision.drafts[0].event
    assert isinstance(event, ClassificationProposed)
    leaders = set(leaders_of(THACH_AN, letter.against, MONDAY)) | {each for each in letter.against if each in PEOPLE}
    assert not see(event) & leaders
    assert not read_by(event, decision.state) & leaders


@given(letter=letters())
def test_reading_adds_protection_and_takes_none_away(letter: WorkingLetter) -> None:
    _, blind = proposed(read(letter, READS_NOTHING))
    _, sighted = proposed(read(letter, load_lexicon()))
    assert sighted.excluded == blind.excluded
    assert sighted.confirmer_id == blind.confirmer_id
