"""State of escalation in PostgreSQL. Functions take a transaction and never commit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.escalation.domain.firing import DueRung, Fired
from services.escalation.domain.state import Clock, Phase, Told, Watched
from shared.contracts.vocabulary import Kind, Notice, Rung
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries

Q = load_queries(__file__)

_CLOCK_COLUMNS = tuple(each.name for each in fields(Clock))


@dataclass(frozen=True, slots=True)
class Claimed:
    """Due rungs of locked cases, the earliest first, and the instant before which no other rung is due."""

    due: list[DueRung]
    until: datetime


async def load(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Watched]:
    """Watched cases with all their clocks, locked."""
    cases = await tx.fetch(Q["load_cases"], case_ids)
    clocks: dict[UUID, list[Clock]] = defaultdict(list)
    for row in await tx.fetch(Q["load_clocks"], [case["case_id"] for case in cases]):
        clocks[row["case_id"]].append(_clock(row))
    return {
        row["case_id"]: Watched(
            case_id=row["case_id"],
            stage=Phase(row["stage"]),
            kind=Kind(row["kind"]) if row["kind"] else None,
            holder_id=row["holder_id"],
            excluded=tuple(row["hidden_from"]),
            received_on=row["received_on"],
            received_here_on=row["received_here_on"],
            notice=Notice(row["notice"]) if row["notice"] else None,
            clocks=tuple(clocks[row["case_id"]]),
            version=row["version"],
            level=row["level"],
            transferred=row["transferred"],
        )
        for row in cases
    }


async def save(tx: Connection, states: Sequence[Watched]) -> None:
    """Write whole cases and their clocks."""
    rows = [
        {
            "case_id": state.case_id,
            "version": state.version,
            "stage": state.stage,
            "kind": state.kind,
            "holder_id": state.holder_id,
            "hidden_from": state.excluded,
            "received_on": state.received_on,
            "received_here_on": state.received_here_on,
            "notice": state.notice,
            "level": state.level,
            "transferred": state.transferred,
        }
        for state in states
    ]
    await tx.execute(Q["save_cases"], _json(rows))
    await tx.execute(Q["save_clocks"], _json([clock for state in states for clock in state.clocks]))
    await _record_rungs(tx, [told for state in states for told in state.told])


async def claim_due(tx: Connection, now: datetime, most: int) -> Claimed:
    """Clocks whose next rung is due at this case time, the earliest first, locked with their cases.

    Nothing is waited for, so that a ticker and a reader never wait for each other.
    """
    await tx.execute(Q["by_index"])
    clocks = [_clock(row) for row in await tx.fetch(Q["claim_due"], now, most)]
    rows = await tx.fetch(Q["claim_cases"], list({clock.case_id for clock in clocks}))
    cases = {row["case_id"]: row for row in rows}
    due = [
        DueRung(clock, case["holder_id"], tuple(case["hidden_from"]), case["version"])
        for clock in clocks
        if (case := cases.get(clock.case_id)) is not None
    ]
    last = clocks[-1].next_fire_at if len(clocks) == most else None
    return Claimed(due, last or now)


async def save_fired(tx: Connection, fired: Sequence[Fired], versions: Mapping[UUID, int]) -> None:
    """Write what the firing of claimed rungs changed."""
    last = {each.clock.clock_id: each.clock for each in fired}
    await tx.execute(Q["climb_clocks"], _json(list(last.values())))
    await tx.execute(Q["move_versions"], list(versions), list(versions.values()))
    rows = [
        Told(each.clock.clock_id, each.step, recipient.officer_id, each.rung, each.cause.recorded_at)
        for each in fired
        for recipient in each.recipients
    ]
    await _record_rungs(tx, rows)


async def _record_rungs(tx: Connection, rows: Sequence[Told]) -> None:
    if rows:
        columns = [(each.clock_id, each.step, each.recipient_id, each.rung, each.at) for each in rows]
        await tx.execute(Q["record_rungs"], *map(list, zip(*columns, strict=True)))


async def next_due(connection: Connection | asyncpg.Pool) -> datetime | None:
    """The next instant at which a rung is due; None when no clock is live."""
    instant: datetime | None = await connection.fetchval(Q["next_due"])
    return instant


async def counters(tx: Connection, now: datetime) -> dict[str, int]:
    """Every figure of the query, by name."""
    row = await tx.fetchrow(Q["counters"], now)
    return dict(row) if row else {}


def _clock(row: asyncpg.Record) -> Clock:
    values: dict[str, Any] = {name: row[name] for name in _CLOCK_COLUMNS}
    for name in ("next_rung", "reached"):
        values[name] = Rung(values[name]) if values[name] else None
    return Clock(**values)


def _json(rows: Sequence[object]) -> str:
    return orjson.dumps(rows, default=str).decode()  # asyncpg's UUID is a subclass that orjson leaves to `default`
