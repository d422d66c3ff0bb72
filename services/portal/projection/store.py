"""Writing the read model: rows travel as one JSON document per table. Functions take a transaction and never commit."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.portal.projection.case import Case
from services.portal.projection.escalation import ClockChanges
from services.portal.projection.house import StuckChanges
from services.portal.projection.notify import AlertChanges
from services.portal.projection.registry import RegistryChanges
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries

Q = load_queries(__file__)
CHANNEL = "portal_moved"
"""Every replica listens here; it is told when a batch has committed."""


async def load(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """Rows of these cases, locked in id order."""
    return {row["case_id"]: _case(row) for row in await tx.fetch(Q["load"], case_ids)} if case_ids else {}


def _case(row: asyncpg.Record) -> Case:
    columns = dict(row.items())
    for name in ("versions", "documents"):
        columns[name] = orjson.loads(columns[name])
    columns["excluded"] = columns.pop("hidden_from")
    columns["marks"] = columns["marks"] or []
    return Case(**columns)


async def save_cases(tx: Connection, cases: Sequence[Case]) -> None:
    """Write whole rows."""
    rows = [case.columns() for case in cases]
    await _each(tx, "save_cases", [row | {"hidden_from": row.pop("excluded")} for row in rows])


async def save_clocks(tx: Connection, changes: ClockChanges) -> None:
    """Start, move, warn, breach, pause and end clocks, then show each case its nearest due date."""
    await _each(tx, "start_clocks", changes.started)
    await _each(tx, "move_clocks", changes.moved)
    await _each(tx, "warn_clocks", changes.warned)
    await _each(tx, "breach_clocks", changes.breached)
    await _each(tx, "pause_clocks", changes.paused)
    await _each(tx, "end_clocks", changes.ended)
    if changes.cases_to_date:
        await tx.execute(Q["nearest_due"], changes.cases_to_date)


async def save_alerts(tx: Connection, changes: AlertChanges) -> None:
    """Raise, deliver and acknowledge alerts."""
    await _each(tx, "raise_alerts", changes.raised)
    await _each(tx, "deliver_alerts", changes.delivered)
    await _each(tx, "acknowledge_alerts", changes.acknowledged)


async def save_registry(tx: Connection, changes: RegistryChanges) -> None:
    """Note boxes that were opened and slips that were issued."""
    await _each(tx, "open_boxes", changes.boxes)
    await _each(tx, "issue_slips", changes.slips)


async def save_stuck(tx: Connection, changes: StuckChanges) -> None:
    """Note what is stuck, forget what was let go."""
    await _each(tx, "hold", list(changes.held.values()))
    await _each(tx, "release", changes.released)


async def save_timeline(tx: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Append to timelines."""
    await _each(tx, "append_timeline", rows)


async def save_tags(tx: Connection, case_ids: Sequence[UUID]) -> None:
    """Put these cases under the tags of those who may see them now, where lists find them."""
    await tx.execute(Q["save_tags"], case_ids)


async def standings(tx: Connection, case_ids: Sequence[UUID]) -> list[bytes]:
    """How those of these cases that are open stand in the tally."""
    return [row["standing"] for row in await tx.fetch(Q["standings"], case_ids)]


async def save_tally(tx: Connection, case_ids: Sequence[UUID], before: Sequence[bytes]) -> None:
    """Count these cases as they stand now and no longer as they stood before; pages that wait hear of the commit."""
    await tx.execute(Q["lock_tally"], CHANNEL)
    await tx.execute(Q["move_tally"], case_ids, before)


async def _each(tx: Connection, query: str, rows: Sequence[object]) -> None:
    if rows:
        await tx.execute(Q[query], orjson.dumps(rows, default=str).decode())
