"""Who may correct a received day, and to which day; what a correction makes of it in the other rooms."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.casework.domain.receipt import Correction, correct_receipt, received
from services.intake.domain.correction import Entered, check_reason, correct
from services.intake.domain.petition import acted
from services.portal.asking.acts import correction
from services.portal.policy import viewer_of
from shared.contracts.base import Sealed
from shared.contracts.denial import Denied
from shared.contracts.intake import CorrectReceipt, ReceiptCorrected
from shared.contracts.vocabulary import Kind, Stage
from tests.builders.petitions import confirmation, proposal, told, transferred
from tests.casework_acts import opened
from tests.routing_letters import (
    COMMUNE,
    DESK,
    DISTRICT,
    DISTRICT_DESK,
    DISTRICT_HEAD,
    HEAD,
    HOLDER,
    OTHER,
    OTHER_DESK,
    THACH_AN,
    after,
    letter,
)

WRONG, RIGHT, RECORDED, TODAY = date(2024, 1, 20), date(2025, 1, 20), date(2025, 1, 21), date(2025, 2, 3)
ENTERED = Entered(
    version=2, received_on=WRONG, recorded_on=RECORDED, letter_on=None, postmark_on=None, forwarding_on=None,
    acted_on=None, desk_id=COMMUNE, above_id=None, resolver_id=None, excluded=(), kind=None, transferred=False,
    parts=None,
)  # fmt: skip


def asked(**changes: Any) -> CorrectReceipt:
    values = {
        "case_id": uuid4(),
        "was_on": WRONG,
        "received_on": RIGHT,
        "reason": Sealed("x"),
        "document_on": TODAY,
        "document_number": "15/BC-UBND",
    }
    return CorrectReceipt(**(values | changes))


def code(entered: Entered | None = ENTERED, officer: str = DESK, **changes: Any) -> str:
    """The denied and its field; empty when it may be."""
    try:
        correct(THACH_AN, entered, asked(**changes), officer, TODAY)
    except Denied as denied:
        return " ".join(filter(None, (denied.code, denied.error.field)))
    return ""


SEALED = replace(ENTERED, above_id=DISTRICT, excluded=(HEAD, DESK))
DENOUNCED = replace(ENTERED, kind=Kind.DENUNCIATION, resolver_id=DISTRICT)


@pytest.mark.parametrize(
    ("entered", "officer", "said"),
    [
        (ENTERED, DESK, ""),
        (ENTERED, HOLDER, "not_allowed"),
        (ENTERED, HEAD, "not_allowed"),
        (ENTERED, OTHER_DESK, "not_allowed"),
        (ENTERED, DISTRICT_DESK, "not_allowed"),
        (None, DESK, "not_found"),
        (replace(ENTERED, excluded=None), DESK, "not_found"),
        (replace(ENTERED, excluded=(DESK,)), DESK, "not_found"),
        (SEALED, DESK, "not_found"),
        (SEALED, DISTRICT_DESK, ""),
        (replace(SEALED, excluded=()), DESK, ""),
        (DENOUNCED, DESK, ""),
        (DENOUNCED, DISTRICT_HEAD, ""),
        (DENOUNCED, HEAD, "not_allowed"),
        (replace(DENOUNCED, kind=Kind.COMPLAINT), DISTRICT_HEAD, "not_allowed"),
        (replace(DENOUNCED, excluded=(DISTRICT_HEAD,)), DISTRICT_HEAD, "not_found"),
        (replace(ENTERED, parts=2), DESK, "wrong_state"),
    ],
)
def test_who_may_correct(entered: Entered | None, officer: str, said: str) -> None:
    assert code(entered, officer) == said


@pytest.mark.parametrize(
    ("limits", "changes", "said"),
    [
        ({}, {"received_on": RECORDED}, ""),
        ({}, {"was_on": RIGHT}, "version_conflict"),
        ({}, {"received_on": date(2025, 2, 4)}, "date_in_future received_on"),
        ({}, {"received_on": WRONG}, "date_unchanged received_on"),
        ({}, {"received_on": date(1899, 12, 31)}, "date_too_old received_on"),
        ({}, {"received_on": date(2025, 1, 22)}, "date_after_recording received_on"),
        ({"recorded_on": None}, {"received_on": date(2025, 1, 22)}, ""),
        ({"acted_on": date(2025, 1, 19)}, {}, "date_after_act received_on"),
        ({"acted_on": RIGHT}, {}, ""),
        ({"letter_on": date(2025, 1, 21)}, {}, "dates_contradict received_on"),
        ({"postmark_on": date(2025, 1, 21)}, {}, "dates_contradict received_on"),
        ({"forwarding_on": date(2025, 1, 21)}, {}, "dates_contradict received_on"),
        ({}, {"received_on": date(2025, 1, 3)}, "date_far_back received_on"),
        ({}, {"received_on": date(2025, 1, 3), "far_back": True}, ""),
        ({}, {"received_on": date(2025, 1, 4)}, ""),
        ({}, {"document_on": date(2025, 2, 4)}, "date_in_future document_on"),
        ({}, {"document_on": date(2025, 1, 19)}, "paper_before_receipt document_on"),
        ({}, {"document_on": RIGHT}, ""),
    ],
)
def test_to_which_day(limits: dict[str, Any], changes: dict[str, Any], said: str) -> None:
    assert code(replace(ENTERED, **limits), **changes) == said


def test_what_is_told_names_days_paper_and_person_and_no_reason() -> None:
    event = correct(THACH_AN, ENTERED, asked(), DESK, TODAY)
    assert event == ReceiptCorrected(
        authority_id=COMMUNE,
        was_on=WRONG,
        received_on=RIGHT,
        document_number="15/BC-UBND",
        document_on=TODAY,
        corrected_by=DESK,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "reason_missing"),
        (" \n", "reason_missing"),
        ("a" * 2001, "reason_too_long"),
        ("a\x00b", "text_has_control_characters"),
    ],
)
def test_a_reason_says_something_that_can_be_read(text: str, said: str) -> None:
    with pytest.raises(Denied) as caught:
        check_reason(text)
    assert (caught.value.code, caught.value.error.field) == (said, "reason")
    assert check_reason(" Gõ nhầm năm.\r\n") == "Gõ nhầm năm."


def test_the_receipt_stays_with_the_desks_of_the_first_proposal() -> None:
    assert told(proposal()).above_id is None
    above = told(proposal(DISTRICT_DESK, DISTRICT))
    assert above.above_id == DISTRICT
    gone = told(transferred(), proposal(OTHER_DESK, OTHER, OTHER), start=above)
    assert (gone.desk_id, gone.above_id) == (COMMUNE, DISTRICT)
    came = replace(told(), transferred=True)
    assert told(proposal(OTHER_DESK, OTHER, OTHER), start=came).above_id is None


def test_the_earliest_act_limits_the_day_and_a_proposal_is_none() -> None:
    petition = told(proposal())
    assert acted(petition, proposal(), RIGHT).acted_on is None
    twice = acted(acted(petition, confirmation(), TODAY), transferred(), RECORDED)
    assert twice.acted_on == RECORDED
    assert acted(twice, confirmation(), TODAY).acted_on == RECORDED


def an_event(was_on: date = WRONG, received_on: date = RIGHT, *, transferred: bool = False) -> ReceiptCorrected:
    return ReceiptCorrected(
        authority_id=COMMUNE, was_on=was_on, received_on=received_on, document_number="15/BC-UBND",
        document_on=TODAY, corrected_by=DESK, transferred=transferred,
    )  # fmt: skip


def test_routing_keeps_what_counts_here_apart_from_the_first_receipt() -> None:
    here = after(None, letter(received_on=WRONG)).state
    fixed = after(here, an_event()).state
    assert (fixed.received_on, fixed.first_received_on, fixed.version) == (RIGHT, RIGHT, here.version)
    away = replace(here, transferred=True, stage=Stage.TRANSFERRED, from_authority_id=COMMUNE, dispatched_on=RECORDED)
    fixed = after(away, an_event(received_on=TODAY)).state
    assert (fixed.received_on, fixed.first_received_on) == (RECORDED, RECORDED)
    arrived = replace(away, stage=Stage.PROPOSED, received_on=TODAY)
    fixed = after(arrived, an_event()).state
    assert (fixed.received_on, fixed.first_received_on) == (TODAY, RIGHT)
    part = replace(here, transferred=True)
    assert after(part, an_event(transferred=True)).state == part


def test_no_correction_in_casework_goes_beyond_an_act() -> None:
    case = replace(opened(Kind.COMPLAINT).case, received_on=WRONG)
    fixed = correct_receipt(case, an_event())
    assert fixed is not None
    assert (fixed.state.received_on, fixed.drafts) == (RIGHT, ())
    acted_before = correct_receipt(replace(case, accepted_on=date(2025, 1, 10)), an_event())
    assert acted_before is not None
    assert acted_before.state.received_on == date(2025, 1, 10)
    assert correct_receipt(case, an_event(transferred=True)) is None
    assert correct_receipt(fixed.state, an_event()) is None
    assert correct_receipt(None, an_event()) is None


def test_a_confirmation_that_had_not_heard_of_corrections_counts_from_the_last_of_them() -> None:
    chain = [Correction(WRONG, RIGHT), Correction(RIGHT, RECORDED)]
    assert [received(day, chain) for day in (WRONG, RIGHT, RECORDED, TODAY)] == [RECORDED, RECORDED, RECORDED, TODAY]


def a_row(stage: str, kind: Kind | None, *desks: str) -> dict[str, Any]:
    return {"stage": stage, "kind": kind, "receipt_desks": list(desks), "competent_authority_id": COMMUNE}


@pytest.mark.parametrize(
    ("officer", "row", "may"),
    [
        (DESK, a_row("proposed", Kind.COMPLAINT, COMMUNE), True),
        (DESK, a_row("proposed", Kind.DENUNCIATION, COMMUNE), True),
        (DESK, a_row("proposed", None, COMMUNE), True),
        (DESK, a_row("accepted", Kind.FEEDBACK, COMMUNE), True),
        (DESK, a_row("registered", None), False),
        (DESK, a_row("proposed", Kind.COMPLAINT, DISTRICT), False),
        (DISTRICT_DESK, a_row("proposed", Kind.DENUNCIATION, COMMUNE, DISTRICT), True),
        (DESK, a_row("closed", Kind.COMPLAINT, COMMUNE), False),
        (HOLDER, a_row("taken", Kind.COMPLAINT, COMMUNE), False),
        (HEAD, a_row("taken", Kind.COMPLAINT, COMMUNE), False),
        (HEAD, a_row("proposed", Kind.DENUNCIATION, COMMUNE), False),
        (HEAD, a_row("taken", Kind.DENUNCIATION, COMMUNE), True),
        (HEAD, a_row("taken", Kind.INFORMATION, COMMUNE), True),
    ],
)
def test_the_pages_offer_it_to_whoever_may(officer: str, row: dict[str, Any], may: bool) -> None:
    viewer = viewer_of(THACH_AN, officer, TODAY)
    assert viewer is not None
    assert (correction(viewer, row) is not None) is may
