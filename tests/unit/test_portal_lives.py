"""Lives of letters in the read model: transfers, returns, ends at the desk, notices owed, separated contents."""

from dataclasses import replace
from datetime import date

import pytest

from services.portal.projection.case import Case
from services.portal.projection.registry import registry_changes
from services.portal.store import Row, _case
from shared.contracts.base import Event
from shared.contracts.casework import CaseClosed, CaseDecided, CaseReassigned, CaseRefused, CaseTaken, NoticeProven
from shared.contracts.intake import BoxOpened, PetitionRegistered, PetitionSplit, SlipsIssued
from shared.contracts.routing import (
    ClassificationProposed,
    LetterFiled,
    LetterGuided,
    LetterSplit,
    LetterTransferred,
    TransferReceived,
    TransferReturned,
)
from shared.contracts.vocabulary import (
    Body,
    Channel,
    FilingGround,
    Kind,
    Notice,
    Outcome,
    Proof,
    RefusalGround,
    Result,
    ReturnReason,
    Task,
)
from tests.builders.projections import ACCEPTED, CASE, CONFIRMED, DAY, OPENED, PROPOSED, REGISTERED, after, envelope

LATER = date(2025, 1, 20)
DESK, OFFICER, HEAD = "dong-khe-03", "dong-khe-04", "dong-khe-01"


def transferred(to: str | None = "canh-tan", *, body: Body | None = None, excluded: tuple[str, ...] = ()) -> Event:
    return LetterTransferred(
        kind=Kind.FEEDBACK, from_authority_id="dong-khe", to_authority_id=to, to_body=body,
        to_handler_id="canh-tan-03" if to else None, document_number="07/PC-UBND", dispatched_on=DAY,
        proof=Proof.POSTED, transferred_by=DESK, rules=["XL-16"], excluded=list(excluded), received_on=DAY,
    )  # fmt: skip


RECEIVED = TransferReceived(authority_id="canh-tan", received_on=LATER, received_by="canh-tan-03")
REPROPOSED = ClassificationProposed(
    kind=Kind.FEEDBACK, competent_authority_id="canh-tan", holder_id="canh-tan-04", rules=[], reasons=[],
    alternatives=[], confidence=0.9, abstained=False, receiving_authority_id="canh-tan",
    confirmer_authority_id="canh-tan", confirmer_id="canh-tan-03", excluded=[], received_on=LATER,
)  # fmt: skip
RETURNED = TransferReturned(
    from_authority_id="canh-tan",
    superior_authority_id="thach-an",
    superior_handler_id="thach-an-04",
    reason=ReturnReason.NOT_COMPETENT,
    returned_on=LATER,
    returned_by="canh-tan-03",
)
GUIDED = LetterGuided(
    kind=Kind.COMPLAINT, authority_id="dong-khe", document_number="08/HD-UBND", guided_on=DAY, proof=Proof.HANDED_OVER,
    guided_by=DESK, rules=["XL-11"],
)  # fmt: skip
FILED = LetterFiled(
    kind=None, authority_id="dong-khe", ground=FilingGround.UNREADABLE, filed_on=DAY, filed_by=DESK, rules=["XL-19"]
)
SPLIT = PetitionSplit(authority_id="dong-khe", parts=2, split_by=DESK)
ENVELOPE = LetterSplit(authority_id="dong-khe", split_on=DAY, parts=2)
REFUSED = CaseRefused(
    kind=Kind.COMPLAINT, level=1, authority_id="dong-khe", holder_id=OFFICER, document_number="16/TB-UBND",
    signed_by=HEAD, refused_on=DAY, ground=RefusalGround.NOT_SIGNED, legal_basis="KN-31", task=Task.SEND_NOTICE,
    expected_result=Result.NOTICE_SENT,
)  # fmt: skip
DECIDED = CaseDecided(
    kind=Kind.COMPLAINT, level=1, authority_id="dong-khe", holder_id=OFFICER, document_number="20/QĐ-UBND",
    signed_by=HEAD, decided_on=LATER, outcome=Outcome.REJECTED, task=Task.SEND_NOTICE,
    expected_result=Result.NOTICE_SENT,
)  # fmt: skip
CLOSED = CaseClosed(kind=Kind.COMPLAINT, authority_id="dong-khe", closed_on=LATER)


def proven(notice: Notice, *still: Notice) -> NoticeProven:
    return NoticeProven(
        notice=notice, authority_id="dong-khe", document_number="20/QĐ-UBND", sent_on=LATER, proof=Proof.SIGNED_FOR,
        still_owed=list(still), task=Task.SEND_NOTICE if still else Task.CLOSE,
        expected_result=Result.NOTICE_SENT if still else Result.CLOSED_FILE,
    )  # fmt: skip


TAKEN_ON = (REGISTERED, PROPOSED, CONFIRMED, OPENED)
LIVES: tuple[tuple[Event, ...], ...] = (
    (REGISTERED, PROPOSED, transferred(), RECEIVED, REPROPOSED),
    (REGISTERED, PROPOSED, transferred(), RETURNED),
    (*TAKEN_ON, ACCEPTED, proven(Notice.ACCEPTANCE), DECIDED, proven(Notice.DECISION), CLOSED),
    (*TAKEN_ON, REFUSED, proven(Notice.REFUSAL), CLOSED),
    (REGISTERED, PROPOSED, transferred(None, body=Body.COURT)),
    (REGISTERED, PROPOSED, GUIDED),
    (REGISTERED, PROPOSED, FILED),
    (REGISTERED, PROPOSED, SPLIT, ENVELOPE),
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life[-1].type())
def test_the_five_clears_are_never_empty_whatever_happens(life: tuple[Event, ...]) -> None:
    for length in range(1, len(life) + 1):
        case = after(*life[:length])
        assert all((case.person_id, case.task, case.authority_id, case.due_on, case.expected_result))


@pytest.mark.parametrize(
    ("last", "stage", "person"),
    [
        (transferred(None, body=Body.COURT), "dispatched", DESK),
        (GUIDED, "guided", DESK),
        (FILED, "filed", DESK),
        (SPLIT, "split", DESK),
    ],
)
def test_an_end_at_the_desk_closes_the_row(last: Event, stage: str, person: str) -> None:
    case = after(REGISTERED, PROPOSED, last)
    assert (case.stage, case.person_id, case.closed_on, case.expected_result) == (
        stage,
        person,
        DAY,
        Result.CLOSED_FILE,
    )


def test_a_transfer_is_tracked_by_the_receiver_and_seen_by_the_sender_until_it_arrives() -> None:
    case = after(REGISTERED, PROPOSED, transferred())
    assert (case.stage, case.person_id, case.task) == ("transferred", "canh-tan-03", Task.CONFIRM_RECEIPT)
    assert case.audience == ["confirm:canh-tan", "officer:canh-tan-03", f"officer:{DESK}"]
    assert case.documents == {"transfer": "07/PC-UBND"}
    assert f"officer:{DESK}" not in after(REGISTERED, PROPOSED, transferred(), RECEIVED, REPROPOSED).audience


def test_the_first_receipt_anywhere_never_moves() -> None:
    case = after(REGISTERED, PROPOSED, transferred(), RECEIVED, REPROPOSED)
    assert (case.first_received_on, case.received_on) == (DAY, LATER)
    assert (case.receiving_authority_id, case.stage) == ("canh-tan", "proposed")


def test_a_return_goes_to_the_common_superior() -> None:
    case = after(REGISTERED, PROPOSED, transferred(), RETURNED)
    assert (case.authority_id, case.person_id, case.task, case.ground) == (
        "thach-an",
        "thach-an-04",
        Task.SETTLE_RETURN,
        "not_competent",
    )


def test_exclusions_are_those_of_the_last_word_on_the_letter() -> None:
    assert after(REGISTERED, PROPOSED, transferred(excluded=("canh-tan-01",))).excluded == ["canh-tan-01"]


def test_notices_are_owed_until_proven() -> None:
    assert after(*TAKEN_ON, ACCEPTED).owed == ["acceptance"]
    assert after(*TAKEN_ON, ACCEPTED, DECIDED).owed == ["acceptance", "decision"]
    assert after(*TAKEN_ON, ACCEPTED, DECIDED, proven(Notice.ACCEPTANCE, Notice.DECISION)).owed == ["decision"]
    done = after(*TAKEN_ON, ACCEPTED, DECIDED, proven(Notice.DECISION))
    assert (done.owed, done.task, done.outcome) == ([], Task.CLOSE, "rejected")
    assert done.documents == {"acceptance": "15/TB-UBND", "decision": "20/QĐ-UBND"}


@pytest.mark.parametrize(
    ("before", "task", "stage"),
    [
        ((), Task.PREPARE_ACCEPTANCE, "taken"),
        ((ACCEPTED,), Task.RESOLVE, "accepted"),
        ((ACCEPTED, DECIDED), Task.SEND_NOTICE, "decided"),
        ((REFUSED,), Task.SEND_NOTICE, "refused"),
    ],
)
def test_a_reassigned_case_is_taken_over_anew_and_goes_on_where_it_was(
    before: tuple[Event, ...], task: Task, stage: str
) -> None:
    reassigned = CaseReassigned(
        authority_id="dong-khe",
        holder_id="dong-khe-05",
        assigned_by=HEAD,
        task=Task.TAKE_OVER,
        expected_result=Result.HOLDER_IN_CHARGE,
    )
    taken = CaseTaken(
        authority_id="dong-khe", holder_id="dong-khe-05", task=task, expected_result=Result.ACCEPTANCE_NOTICE
    )
    given = after(*TAKEN_ON, *before, reassigned)
    assert (given.stage, given.person_id, given.due_on) == ("open", "dong-khe-05", after(*TAKEN_ON).due_on)
    assert after(*TAKEN_ON, *before, reassigned, taken).stage == stage


def row_of(case: Case) -> Row:
    return case.columns() | {"hidden_from": [], "versions": "{}", "documents": "{}"}


@pytest.mark.parametrize(
    ("kind", "named"),
    [(Kind.DENUNCIATION, True), (Kind.INFORMATION, True), (Kind.COMPLAINT, False), (None, False)],
)
def test_the_envelope_is_named_from_the_protected_content_only(kind: Kind | None, named: bool) -> None:
    child = PetitionRegistered(
        channel=Channel.COUNTER, authority_id="dong-khe", received_on=DAY, signed=True, split_from=CASE
    )
    row = row_of(replace(after(child), kind=kind))
    assert (_case(row)["split_from"] is not None) is named  # type: ignore[arg-type]


def test_only_the_person_who_separated_the_contents_sees_the_envelope() -> None:
    case = after(REGISTERED, PROPOSED, SPLIT, ENVELOPE).after({"alerted": [HEAD]})
    assert case.audience == [f"officer:{DESK}"]


def test_boxes_and_slips_are_aggregates_of_their_own() -> None:
    box = BoxOpened(
        authority_id="dong-khe", opened_on=DAY, letters=3, minutes_number="03/BB-UBND", opened_by=[DESK, OFFICER]
    )
    changes = registry_changes(
        [envelope(box), envelope(SlipsIssued(authority_id="thach-an", count=20, issued_by=DESK))]
    )
    assert changes.boxes[0]["box_id"] == CASE
    assert changes.slips[0]["count"] == 20
