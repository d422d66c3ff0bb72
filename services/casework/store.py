"""State of casework in PostgreSQL. Functions take a transaction and never commit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from services.casework.domain.receipt import Correction
from services.casework.domain.state import CaseFile
from shared.contracts.envelope import Envelope
from shared.contracts.intake import ReceiptCorrected
from shared.contracts.vocabulary import Kind, Notice, Stage
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries

Q = load_queries(__file__)

_CONFIDENTIAL = frozenset({Kind.DENUNCIATION, Kind.INFORMATION})
"""Kinds whose papers have a number series of their own, so that no other series tells of them (VT-02, LB-08)."""


async def load(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, CaseFile]:
    """States of these cases, locked."""
    return {row["case_id"]: _state(row) for row in await tx.fetch(Q["load"], case_ids)}


async def save(tx: Connection, states: Sequence[CaseFile]) -> None:
    """Write whole states."""
    await tx.execute(
        Q["save"],
        [state.case_id for state in states],
        [state.version for state in states],
        [state.state for state in states],
        [state.resumes for state in states],
        [state.kind for state in states],
        [state.level for state in states],
        [state.authority_id for state in states],
        [state.holder_id for state in states],
        [state.received_on for state in states],
        [" ".join(state.excluded) for state in states],
        [" ".join(state.barred) for state in states],
        [" ".join(sorted(state.owed)) for state in states],
        [state.accepted_on for state in states],
        [state.settled_on for state in states],
        [state.told_on for state in states],
        [state.closed_on for state in states],
    )


async def note_corrections(tx: Connection, envelopes: Sequence[Envelope]) -> None:
    """Keep corrections of receipts from which our cases may count."""
    rows = [
        (envelope.case_id, envelope.version, event.was_on, event.received_on)
        for envelope in envelopes
        if isinstance(event := envelope.event, ReceiptCorrected) and not event.transferred
    ]
    if rows:
        await tx.execute(Q["note_corrections"], *map(list, zip(*rows, strict=True)))


async def corrections(tx: Connection, case_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Correction]]:
    """Corrections of these cases' receipts, in their order."""
    found: dict[UUID, list[Correction]] = defaultdict(list)
    for row in await tx.fetch(Q["corrections"], case_ids):
        found[row["case_id"]].append(Correction(row["was_on"], row["received_on"]))
    return found


async def claim_number(tx: Connection, case: CaseFile, number: str, dated_on: date) -> bool:
    """Give the case a document number of its authority's series of that year; False when another case bears it."""
    confidential = case.kind in _CONFIDENTIAL
    return bool(
        await tx.fetchval(Q["claim_number"], case.authority_id, confidential, dated_on.year, number, case.case_id)
    )


async def counters(tx: Connection) -> dict[str, int]:
    """Every figure of the query, by name."""
    row = await tx.fetchrow(Q["counters"])
    return dict(row) if row else {}


def _state(row: asyncpg.Record) -> CaseFile:
    return CaseFile(
        case_id=row["case_id"],
        state=Stage(row["state"]),
        kind=Kind(row["kind"]),
        level=row["level"],
        authority_id=row["authority_id"],
        holder_id=row["holder_id"],
        received_on=row["received_on"],
        excluded=tuple(row["excluded_officers"]),
        barred=tuple(row["barred_officers"]),
        resumes=Stage(row["resumes"]),
        owed=frozenset(Notice(notice) for notice in row["owed"]),
        accepted_on=row["accepted_on"],
        settled_on=row["settled_on"],
        told_on=row["told_on"],
        closed_on=row["closed_on"],
        version=row["version"],
    )
