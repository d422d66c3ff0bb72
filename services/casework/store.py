"""State of casework in PostgreSQL. Functions take a transaction and never commit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.casework.domain.receipt import Correction
from services.casework.domain.state import CaseFile
from shared.contracts.bus.envelope import Envelope
from shared.contracts.intake import ReceiptCorrected
from shared.contracts.vocabulary import Kind
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries
from shared.postgres.states import States

Q = load_queries(__file__)
_CASES = States(CaseFile)

_CONFIDENTIAL = frozenset({Kind.DENUNCIATION, Kind.INFORMATION})
"""Kinds whose papers have a number series of their own, so that no other series tells of them (VT-02, LB-08)."""


async def load(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, CaseFile]:
    """States of these cases, locked."""
    return {case.case_id: case for case in _CASES.read(await tx.fetch(Q["load"], case_ids))}


async def save(tx: Connection, states: Sequence[CaseFile]) -> None:
    """Write whole states."""
    await tx.execute(Q["save"], _CASES.written(states))


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
