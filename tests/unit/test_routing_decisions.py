"""What people make of a proposal: confirm, transfer, receive, return, guide, file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.routing.domain.confirmation import confirm
from services.routing.domain.ending import file, guide
from services.routing.domain.state import Classification
from services.routing.domain.transfer import receive, send_back, transfer
from shared.contracts.denial import Denied
from shared.contracts.routing import (
    ClassificationConfirmed,
    ClassificationProposed,
    LetterFiled,
    LetterGuided,
    LetterTransferred,
    TransferReceived,
    TransferReturned,
)
from shared.contracts.vocabulary import Body, Channel, FilingGround, Kind, Stage
from shared.effects import Effect, numbered
from tests.escalation_events import MONDAY
from tests.routing_letters import (
    COMMUNE,
    DESK,
    DISTRICT,
    DISTRICT_DESK,
    HEAD,
    HOLDER,
    OTHER,
    OTHER_DESK,
    PROVINCE,
    PROVINCE_DESK,
    THACH_AN,
    arrival,
    dispatch,
    filing,
    guidance,
    letter,
    proposed,
    returning,
    said,
)

C, D, T, F, L = Kind.COMPLAINT, Kind.DENUNCIATION, Kind.INFORMATION, Kind.FEEDBACK, Kind.LAND_DISPUTE
LATER = date(2025, 1, 9)


def refusal(decide: Callable[..., Any], state: Classification | None, command: Any, officer: str = DESK) -> str:
    with pytest.raises(Denied) as caught:
        decide(THACH_AN, state, command, officer, MONDAY)
    return caught.value.code


def settled(
    decide: Callable[..., Effect[Classification]],
    state: Classification,
    command: Any,
    officer: str = DESK,
    on: date = MONDAY,
) -> Effect[Classification]:
    return numbered(state, decide(THACH_AN, state, command, officer, on))


def sent(kind: Kind = F, to: str = OTHER, **how: Any) -> Classification:
    state, _ = proposed(letter(kind, **how))
    return settled(transfer, state, dispatch(state.case_id, 1, kind, to)).state


def test_one_key_confirms_what_was_proposed() -> None:
    state, _ = proposed(letter(C, against=[COMMUNE]))
    decision = settled(confirm, state, said(state), DISTRICT_DESK)
    [draft] = decision.drafts
    assert isinstance(draft.event, ClassificationConfirmed)
    assert (draft.event.corrected, draft.event.confirmed_by, draft.event.holder_id) == (False, DISTRICT_DESK, HOLDER)
    assert refusal(confirm, decision.state, said(decision.state), DISTRICT_DESK) == "wrong_state"


def test_a_confirmed_denunciation_hides_from_the_line_of_its_day_too() -> None:
    state, _ = proposed(letter(D, against=[HEAD]))
    gone = replace(state, excluded=(*state.excluded, "duc-xuan-05"))
    decision = settled(confirm, gone, said(gone), DISTRICT_DESK)
    assert {"duc-xuan-05", HEAD, DESK} <= set(decision.state.excluded)


@pytest.mark.parametrize(
    ("changes", "officer", "code"),
    [
        ({}, HOLDER, "not_found"),
        ({}, OTHER_DESK, "not_allowed"),
        ({"nobody_denounced": False}, DISTRICT_DESK, "denunciation_open"),
        ({"expected_version": 0}, DISTRICT_DESK, "version_conflict"),
        ({"kind": Kind.MIXED}, DISTRICT_DESK, "wrong_state"),
        ({"kind": Kind.OUT_OF_SCOPE}, DISTRICT_DESK, "wrong_state"),
        ({"competent_authority_id": "nowhere"}, DISTRICT_DESK, "unknown_authority"),
        ({"holder_id": "nobody"}, DISTRICT_DESK, "unknown_officer"),
        ({"holder_id": "dong-khe-04"}, DISTRICT_DESK, "unknown_officer"),
        ({"kind": L, "competent_authority_id": DISTRICT, "holder_id": "thach-an-05"}, DISTRICT_DESK, "law_refuses"),
    ],
)
def test_what_cannot_be_confirmed(changes: dict[str, Any], officer: str, code: str) -> None:
    state, _ = proposed(letter(C, against=[COMMUNE]))
    assert refusal(confirm, state, said(state, **changes), officer) == code


@pytest.mark.parametrize("kind", [D, T, F])
@pytest.mark.parametrize("place", [COMMUNE, OTHER])
def test_only_a_body_above_the_named_head_is_competent(kind: Kind, place: str) -> None:
    state, _ = proposed(letter(D, against=["le-lai-02"]))
    item = said(state, kind=kind, competent_authority_id=place, holder_id=f"{place}-04")
    assert refusal(confirm, state, item, DISTRICT_DESK) == "law_refuses"
    above = said(state, kind=kind, competent_authority_id=DISTRICT)
    assert settled(confirm, state, above, DISTRICT_DESK).state.stage is Stage.CONFIRMED


def test_the_author_of_the_act_cannot_be_made_holder() -> None:
    state, _ = proposed(letter(C, against=[HOLDER]))
    assert refusal(confirm, state, said(state, holder_id=HOLDER)) == "recused"


@pytest.mark.parametrize("officer", [HEAD, DESK, HOLDER])
def test_for_the_excluded_the_letter_does_not_exist(officer: str) -> None:
    state, _ = proposed(letter(D, against=[HEAD]))
    commands = [
        (confirm, said(state)),
        (transfer, dispatch(state.case_id, 1, D)),
        (guide, guidance(state.case_id, 1)),
        (file, filing(state.case_id, 1)),
        (receive, arrival(state.case_id, 1)),
        (send_back, returning(state.case_id, 1)),
    ]
    for decide, command in commands:
        assert refusal(decide, state, command, officer) == "not_found"
        assert refusal(decide, None, command, officer) == "not_found"


@pytest.mark.parametrize(
    ("kind", "channel", "signed", "allowed"),
    [
        (D, Channel.WEB, True, False), (D, Channel.HOTLINE, False, False), (D, Channel.HAMLET, True, False),
        (D, Channel.BOX, False, False), (D, Channel.BOX, True, True), (T, Channel.WEB, False, True),
        (C, Channel.HOTLINE, False, False), (C, Channel.POST, False, False), (C, Channel.HAMLET, True, True),
        (F, Channel.HOTLINE, False, True), (L, Channel.HAMLET, False, True),
    ],
)  # fmt: skip
def test_the_channel_decides_what_it_can_be(kind: Kind, channel: Channel, signed: bool, allowed: bool) -> None:
    state, _ = proposed(letter(F, channel=channel, signed=signed))
    if allowed:
        assert settled(confirm, state, said(state, kind=kind)).state.kind is kind
    else:
        assert refusal(confirm, state, said(state, kind=kind)) == "channel_cannot"


def test_a_transfer_is_dispatched_received_and_proposed_anew_by_the_receivers_own_receipt() -> None:
    state = sent(F, OTHER)
    assert (state.stage, state.transferred, state.kind) == (Stage.TRANSFERRED, True, F)
    decision = settled(receive, state, arrival(state.case_id, 2, LATER), OTHER_DESK, LATER)
    received, again = (draft.event for draft in decision.drafts)
    assert received == TransferReceived(authority_id=OTHER, received_on=LATER, received_by=OTHER_DESK)
    assert isinstance(again, ClassificationProposed)
    assert (again.receiving_authority_id, again.received_on, again.confirmer_id) == (OTHER, LATER, OTHER_DESK)
    assert (decision.state.first_received_on, decision.state.version) == (MONDAY, 4)


def test_the_first_receipt_is_told_with_the_transfer() -> None:
    state, _ = proposed(letter(D, against=[HOLDER], received_on=date(2025, 1, 2)))
    [draft] = settled(transfer, state, dispatch(state.case_id, 1, D)).drafts
    assert isinstance(draft.event, LetterTransferred)
    assert (draft.event.rules, draft.event.to_handler_id) == (["TC-10", "XL-14"], DISTRICT_DESK)
    assert (draft.event.received_on, draft.event.excluded) == (date(2025, 1, 2), [HOLDER])


@pytest.mark.parametrize("already_received", [False, True])
def test_a_return_goes_to_the_common_superior(already_received: bool) -> None:
    state = sent(F, OTHER)
    if already_received:
        state = settled(receive, state, arrival(state.case_id, 2), OTHER_DESK).state
    decision = settled(send_back, state, returning(state.case_id, state.version), OTHER_DESK)
    returned, again = (draft.event for draft in decision.drafts)
    assert isinstance(returned, TransferReturned)
    assert (returned.superior_authority_id, returned.superior_handler_id) == (DISTRICT, DISTRICT_DESK)
    assert isinstance(again, ClassificationProposed)
    assert again.confirmer_id == DISTRICT_DESK
    assert refusal(send_back, decision.state, returning(state.case_id, decision.state.version), OTHER_DESK) == (
        "wrong_state"
    )
    settling = said(decision.state, competent_authority_id=COMMUNE, holder_id=HOLDER)
    assert settled(confirm, decision.state, settling, DISTRICT_DESK).state.stage is Stage.CONFIRMED


def test_between_commune_and_district_the_province_settles() -> None:
    state = sent(D, DISTRICT, against=[HOLDER])
    decision = settled(send_back, state, returning(state.case_id, 2), DISTRICT_DESK)
    assert decision.state.confirmer_authority_id == PROVINCE
    assert refusal(confirm, decision.state, said(decision.state)) == "not_allowed"


def test_a_content_is_transferred_once_also_by_the_receiver_and_as_a_part() -> None:
    state = sent(F, OTHER)
    assert refusal(transfer, state, dispatch(state.case_id, 2, F, "duc-long")) == "only_once"
    here = settled(receive, state, arrival(state.case_id, 2), OTHER_DESK).state
    assert refusal(transfer, here, dispatch(here.case_id, 4, F, COMMUNE), OTHER_DESK) == "only_once"
    part, _ = proposed(letter(F, transferred_before=True))
    assert refusal(transfer, part, dispatch(part.case_id, 1, F)) == "only_once"


@pytest.mark.parametrize(
    ("kind", "channel", "changes", "code"),
    [
        (C, Channel.COUNTER, {}, "law_refuses"),
        (Kind.MIXED, Channel.COUNTER, {}, "law_refuses"),
        (D, Channel.RECEPTION, {}, "law_refuses"),
        (D, Channel.WEB, {}, "channel_cannot"),
        (D, Channel.POST, {"to_authority_id": OTHER}, "recused"),
        (D, Channel.POST, {"to_authority_id": "duc-long"}, "law_refuses"),
        (F, Channel.COUNTER, {"to_authority_id": "nowhere"}, "unknown_authority"),
        (F, Channel.COUNTER, {"to_authority_id": COMMUNE}, "invalid"),
        (F, Channel.COUNTER, {"to_authority_id": None}, "invalid"),
        (F, Channel.COUNTER, {"to_body": Body.POLICE}, "invalid"),
        (L, Channel.COUNTER, {}, "law_refuses"),
        (L, Channel.COUNTER, {"to_authority_id": None, "to_body": Body.COURT}, "law_refuses"),
        (F, Channel.COUNTER, {"dispatched_on": LATER}, "date_in_future"),
        (F, Channel.COUNTER, {"dispatched_on": date(2025, 1, 5)}, "dates_contradict"),
    ],
)
def test_what_cannot_be_transferred(kind: Kind, channel: Channel, changes: dict[str, Any], code: str) -> None:
    state, _ = proposed(letter(F, channel=channel, against=["dong-khe-01"] if kind is D else []))
    assert refusal(transfer, state, dispatch(state.case_id, 1, kind, **changes)) == code


def test_nothing_is_sent_to_an_authority_that_is_no_more() -> None:
    on = date(2025, 7, 2)
    read = letter(F, authority_id=PROVINCE, received_on=on)
    state, _ = proposed(read, at=datetime(2025, 7, 2, 2, tzinfo=UTC))
    with pytest.raises(Denied) as caught:
        transfer(THACH_AN, state, dispatch(state.case_id, 1, F, DISTRICT, dispatched_on=on), PROVINCE_DESK, on)
    assert caught.value.code == "abolished_authority"


def test_a_letter_for_a_body_outside_names_no_handler() -> None:
    state, _ = proposed(letter(Kind.OUT_OF_SCOPE))
    command = dispatch(state.case_id, 1, Kind.OUT_OF_SCOPE, None, to_body=Body.COURT)
    decision = settled(transfer, state, command)
    [draft] = decision.drafts
    assert isinstance(draft.event, LetterTransferred)
    assert (draft.event.to_body, draft.event.to_handler_id) == (Body.COURT, None)
    assert refusal(receive, decision.state, arrival(state.case_id, 2), OTHER_DESK) == "wrong_state"


@pytest.mark.parametrize(
    ("kind", "channel", "rules"),
    [
        (C, Channel.COUNTER, ["XL-11"]), (C, Channel.HOTLINE, ["XL-11"]), (D, Channel.RECEPTION, ["TC-10"]),
        (T, Channel.HOTLINE, ["TC-20"]), (L, Channel.COUNTER, ["HG-01"]), (Kind.MIXED, Channel.RECEPTION, ["XL-17"]),
        (Kind.OUT_OF_SCOPE, Channel.COUNTER, ["XL-18"]), (D, Channel.POST, None), (F, Channel.COUNTER, None),
    ],
)  # fmt: skip
def test_what_is_guided_once(kind: Kind, channel: Channel, rules: list[str] | None) -> None:
    state, _ = proposed(letter(kind, channel=channel, signed=channel is not Channel.HOTLINE))
    command = guidance(state.case_id, 1, kind)
    if rules is None:
        assert refusal(guide, state, command) == "law_refuses"
        return
    decision = settled(guide, state, command)
    [draft] = decision.drafts
    assert isinstance(draft.event, LetterGuided)
    assert draft.event.rules == rules
    assert refusal(guide, decision.state, guidance(state.case_id, 2, kind)) == "only_once"
    assert refusal(confirm, decision.state, said(decision.state)) == "wrong_state"


@pytest.mark.parametrize(
    ("ground", "kind", "rules"),
    [
        (FilingGround.UNREADABLE, None, ["XL-19", "XL-06"]),
        (FilingGround.SETTLED, C, ["XL-19"]),
        (FilingGround.INFORMATION_WITHOUT_EVIDENCE, T, ["TC-20"]),
        (FilingGround.INFORMATION_WITHOUT_EVIDENCE, F, None),
    ],
)
def test_filing_names_its_ground(ground: FilingGround, kind: Kind | None, rules: list[str] | None) -> None:
    state, _ = proposed(letter(None))
    command = filing(state.case_id, 1, ground, kind)
    if rules is None:
        assert refusal(file, state, command) == "law_refuses"
        return
    decision = settled(file, state, command)
    [draft] = decision.drafts
    assert isinstance(draft.event, LetterFiled)
    assert draft.event.rules == rules
    assert refusal(file, decision.state, filing(state.case_id, 2)) == "wrong_state"
