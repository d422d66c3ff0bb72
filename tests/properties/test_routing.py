"""For every letter: no excluded person confirms or holds it, competence is above the denounced, channels count."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.channels import may_be
from services.routing.domain.confirmation import confirm
from services.routing.domain.exclusion import DENOUNCING, barred, excluded, lines_of
from services.routing.domain.transfer import receive, send_back, transfer
from shared.contracts.denial import Denied
from shared.contracts.intake import Evidence, KindScore, PetitionRead
from shared.contracts.routing import ClassificationProposed, LetterTransferred
from shared.contracts.vocabulary import Channel, Flag, Kind
from shared.directory import Level, Role
from shared.directory.model import RANK
from shared.effects import numbered
from tests.escalation_events import MONDAY
from tests.routing_letters import PROVINCE, THACH_AN, arrival, dispatch, letter, proposed, returning, said

PEOPLE = sorted(each.id for each in THACH_AN.officers())
BELOW = [each for each in PEOPLE if not each.startswith(PROVINCE)]
PLACES = [each.id for each in THACH_AN.authorities(MONDAY)]
COMMUNES = [each for each in PLACES if THACH_AN.authority(each).level is Level.COMMUNE]
TARGETS = st.lists(st.sampled_from([*BELOW, *(each for each in PLACES if each != PROVINCE)]), max_size=3, unique=True)
SCORES = st.lists(
    st.builds(KindScore, kind=st.sampled_from(Kind), score=st.floats(0, 1)),
    max_size=3,
    unique_by=lambda each: each.kind,
)


@st.composite
def letters(draw: st.DrawFn) -> PetitionRead:
    scores = sorted(draw(SCORES), key=lambda each: -each.score)
    return PetitionRead(
        authority_id=draw(st.sampled_from(PLACES)), channel=draw(st.sampled_from(Channel)), signed=draw(st.booleans()),
        received_on=MONDAY, kind_ticked=draw(st.none() | st.sampled_from(Kind)), scores=scores,
        abstained=draw(st.booleans()) or not scores, flags=draw(st.lists(st.sampled_from(Flag), unique=True)),
        against=draw(TARGETS), evidence=[Evidence(rule="a", start=0, end=1)], lexicon="small-2026.1",
    )  # fmt: skip


def respects(event: ClassificationProposed, read: PetitionRead) -> None:
    """What holds for every proposal, whoever receives the letter."""
    hidden = set(event.excluded)
    assert event.confirmer_id not in hidden
    assert event.confirmer_id not in read.against
    if event.kind is None:
        assert event.competent_authority_id is None
        return
    assert may_be(event.kind, read.channel, read.signed, Flag.ANONYMOUS not in read.flags, MONDAY)
    assert event.holder_id not in excluded(THACH_AN, event.kind, read.against, MONDAY)
    assert event.holder_id not in barred(THACH_AN, event.kind, read.against, MONDAY)
    if event.kind in DENOUNCING:
        assert hidden >= set(lines_of(THACH_AN, read.against, MONDAY))
        assert event.competent_authority_id is not None
        assert THACH_AN.head_of(event.competent_authority_id, MONDAY) not in hidden
    if event.holder_id is not None:
        places = {post.authority_id for post in THACH_AN.posts_of(event.holder_id, MONDAY)}
        assert event.competent_authority_id in places


@given(read=letters())
def test_a_proposal_never_names_an_excluded_person(read: PetitionRead) -> None:
    _, event = proposed(read)
    respects(event, read)


@given(read=letters(), kind=st.sampled_from(Kind), officer=st.sampled_from(PEOPLE))
def test_an_excluded_person_gets_the_answer_of_a_letter_that_does_not_exist(
    read: PetitionRead, kind: Kind, officer: str
) -> None:
    state, event = proposed(read)
    place = state.competent_authority_id or read.authority_id
    item = said(state, kind=kind, competent_authority_id=place, holder_id=state.holder_id or "nobody")
    code, confirmed = "", state
    try:
        confirmed = confirm(THACH_AN, state, item, officer, MONDAY).state
    except Denied as refused:
        code = refused.code
    assert (code == "not_found") is (officer in event.excluded)
    if not code:
        assert may_be(kind, read.channel, read.signed, Flag.ANONYMOUS not in read.flags, MONDAY)
        assert confirmed.holder_id not in confirmed.excluded


@given(
    against=TARGETS,
    kind=st.sampled_from([Kind.DENUNCIATION, Kind.INFORMATION, Kind.FEEDBACK]),
    here=st.sampled_from(COMMUNES),
    to=st.sampled_from(PLACES),
    returned=st.booleans(),
)
def test_exclusion_travels_with_a_transfer(against: list[str], kind: Kind, here: str, to: str, returned: bool) -> None:
    read = letter(kind, against=against, authority_id=here)
    state, event = proposed(read)
    try:
        command = dispatch(state.case_id, 1, kind, to)
        sent = numbered(state, transfer(THACH_AN, state, command, event.confirmer_id, MONDAY))
    except Denied:
        return
    told = sent.drafts[0].event
    assert isinstance(told, LetterTransferred)
    assert told.to_handler_id is not None
    before = (
        () if kind is Kind.FEEDBACK else event.excluded
    )  # of feedback he who sends it has said: nobody is denounced
    assert told.to_handler_id not in {*told.excluded, *before}
    act, order = (send_back, returning) if returned else (receive, arrival)
    decision = act(THACH_AN, sent.state, order(state.case_id, 2), told.to_handler_id, MONDAY)  # type: ignore[operator]
    again = decision.drafts[-1].event
    assert isinstance(again, ClassificationProposed)
    assert set(again.excluded) >= set(event.excluded if kind in DENOUNCING else told.excluded)
    respects(again, read)
    assert decision.state.first_received_on == MONDAY


@given(
    head=st.sampled_from([each for place in PLACES for each in THACH_AN.holders_of(place, Role.HEAD, MONDAY)]),
    level=st.sampled_from(Level),
    kind=st.sampled_from(DENOUNCING),
    day=st.dates(date(2021, 11, 15), date(2025, 6, 30)),
)
def test_competence_is_above_the_denounced_head(head: str, level: Level, kind: Kind, day: date) -> None:
    [post] = THACH_AN.posts_of(head, day)
    if post.authority_id == PROVINCE:
        return
    here = next(each for each in PLACES if THACH_AN.authority(each).level is level)
    read = letter(kind, against=[head], authority_id=here, received_on=day)
    _, event = proposed(read, at=datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
    assert event.competent_authority_id is not None
    competent = THACH_AN.authority(event.competent_authority_id, day)
    assert RANK[competent.level] > RANK[THACH_AN.authority(post.authority_id, day).level]
