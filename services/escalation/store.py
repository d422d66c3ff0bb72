"""State of escalation in PostgreSQL. Functions take a transaction and never commit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg

from services.escalation.domain.firing import DueRung, Fired
from services.escalation.domain.state import Clock, Told, Watched
from services.escalation.domain.terms import duty_of
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries
from shared.postgres.states import States

Q = load_queries(__file__)

_CASES, _CLOCKS = States(Watched), States(Clock)
_APART = frozenset({"clocks", "told"})
"""What a case has in tables of its own."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Due rungs of locked cases, the earliest first, and the instant before which no other rung is due."""

    due: list[DueRung]
    until: datetime


async def load(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Watched]:
    """Watched cases with all their clocks, locked."""
    cases = list(map(dict, await tx.fetch(Q["load_cases"], case_ids)))
    clocks: dict[UUID, list[Clock]] = defaultdict(list)
    for clock in _CLOCKS.read(await tx.fetch(Q["load_clocks"], [case["case_id"] for case in cases])):
        clocks[clock.case_id].append(clock)
    watched = _CASES.read([case | {"clocks": clocks[case["case_id"]]} for case in cases])
    return {case.case_id: _with_duties(case) for case in watched}


async def save(tx: Connection, states: Sequence[Watched]) -> None:
    """Write whole cases and their clocks."""
    await tx.execute(Q["save_cases"], _CASES.written(states, without=_APART))
    await tx.execute(Q["save_clocks"], _CLOCKS.written([clock for state in states for clock in state.clocks]))
    await _record_rungs(tx, [told for state in states for told in state.told])


async def claim_due(tx: Connection, now: datetime, most: int) -> Claimed:
    """Clocks whose next rung is due at this case time, the earliest first, locked with their cases.

    Nothing is waited for, so that a ticker and a reader never wait for each other.
    """
    await tx.execute(Q["by_index"])
    clocks = _CLOCKS.read(await tx.fetch(Q["claim_due"], now, most))
    rows = await tx.fetch(Q["claim_cases"], list({clock.case_id for clock in clocks}))
    cases = {row["case_id"]: row for row in rows}
    due = [
        DueRung(clock, case["holder_id"], tuple(case["excluded"]), case["version"])
        for clock in clocks
        if (case := cases.get(clock.case_id)) is not None
    ]
    last = clocks[-1].next_fire_at if len(clocks) == most else None
    return Claimed(due, last or now)


async def save_fired(tx: Connection, fired: Sequence[Fired], versions: Mapping[UUID, int]) -> None:
    """Write what the firing of claimed rungs changed."""
    last = {each.clock.clock_id: each.clock for each in fired}
    await tx.execute(Q["climb_clocks"], _CLOCKS.written(list(last.values())))
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


def _with_duties(case: Watched) -> Watched:
    known = (each if each.duty else replace(each, duty=duty_of(each.rule, case.phase)) for each in case.clocks)
    return replace(case, clocks=tuple(known))
