"""Letters as routing hears of them, and commands of the people who settle them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.routing.domain.proposal import react
from services.routing.domain.state import Classification
from shared.contracts.base import Event
from shared.contracts.intake import Evidence, KindScore, PetitionRead, PetitionSplit
from shared.contracts.routing import (
    ClassificationProposed,
    ConfirmItem,
    File,
    Guide,
    ReceiveTransfer,
    ReturnTransfer,
    Transfer,
)
from shared.contracts.vocabulary import Channel, FilingGround, Flag, Kind, Proof, ReturnReason
from shared.directory import Directory, load
from shared.effects import Effect, numbered
from tests.escalation_events import MONDAY, MORNING, told

THACH_AN = load("thach_an")
COMMUNE, OTHER, DISTRICT, PROVINCE = "le-lai", "dong-khe", "thach-an", "cao-bang"
DESK, HOLDER, HEAD = "le-lai-03", "le-lai-04", "le-lai-01"
OTHER_DESK, DISTRICT_DESK, DISTRICT_HEAD, PROVINCE_DESK = "dong-khe-03", "thach-an-04", "thach-an-01", "cao-bang-03"


def letter(
    kind: Kind | None = Kind.COMPLAINT,
    *,
    against: Sequence[str] = (),
    score: float = 1.0,
    channel: Channel = Channel.COUNTER,
    signed: bool = True,
    flags: Sequence[Flag] = (),
    authority_id: str = COMMUNE,
    received_on: date = MONDAY,
    transferred_before: bool = False,
) -> PetitionRead:
    return PetitionRead(
        authority_id=authority_id, channel=channel, signed=signed, received_on=received_on, kind_ticked=kind,
        scores=[KindScore(kind=kind, score=score)] if kind else [], abstained=kind is None, flags=list(flags),
        against=list(against), evidence=[Evidence(rule="complaint.word", start=0, end=4)], lexicon="small-2026.1",
        transferred_before=transferred_before,
    )  # fmt: skip


def after(
    state: Classification | None,
    event: Event,
    *,
    at: datetime = MORNING,
    directory: Directory = THACH_AN,
    desks: frozenset[str] = frozenset(),
) -> Effect[Classification]:
    decision = react(directory, desks, state, told(event, at=at, case_id=state.case_id if state else None))
    assert decision is not None
    return numbered(state, decision)


def proposed(read: PetitionRead, *, at: datetime = MORNING) -> tuple[Classification, ClassificationProposed]:
    decision = after(None, read, at=at)
    [draft] = decision.drafts
    assert isinstance(draft.event, ClassificationProposed)
    return decision.state, draft.event


def said(state: Classification, **changes: Any) -> ConfirmItem:
    """One key: what was proposed, unless corrected."""
    values = {
        "case_id": state.case_id,
        "expected_version": state.version,
        "kind": state.kind,
        "level": state.level,
        "competent_authority_id": state.competent_authority_id,
        "holder_id": state.holder_id,
        "nobody_denounced": True,
    }
    return ConfirmItem(**(values | changes))


def dispatch(case_id: UUID, version: int, kind: Kind, to: str | None = DISTRICT, **changes: Any) -> Transfer:
    values = {
        "case_id": case_id, "expected_version": version, "kind": kind, "to_authority_id": to,
        "document_number": "7/PC-UBND", "dispatched_on": MONDAY, "proof": Proof.POSTED, "nobody_denounced": True,
    }  # fmt: skip
    return Transfer(**(values | changes))


def arrival(case_id: UUID, version: int, received_on: date = MONDAY) -> ReceiveTransfer:
    return ReceiveTransfer(case_id=case_id, expected_version=version, received_on=received_on)


def returning(case_id: UUID, version: int) -> ReturnTransfer:
    return ReturnTransfer(case_id=case_id, expected_version=version, reason=ReturnReason.NOT_COMPETENT)


def guidance(case_id: UUID, version: int, kind: Kind = Kind.COMPLAINT, **changes: Any) -> Guide:
    values = {
        "case_id": case_id,
        "expected_version": version,
        "kind": kind,
        "document_number": "8/HD-UBND",
        "guided_on": MONDAY,
        "proof": Proof.HANDED_OVER,
    }
    return Guide(**(values | changes))


def filing(
    case_id: UUID, version: int, ground: FilingGround = FilingGround.UNREADABLE, kind: Kind | None = None
) -> File:
    return File(case_id=case_id, expected_version=version, ground=ground, kind=kind)


SPLIT = PetitionSplit(authority_id=COMMUNE, parts=2, split_by=DESK)
