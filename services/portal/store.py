"""Reading the read model. Every list, count and detail goes through the policy's condition."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.portal.policy import Viewer, guarded
from shared.postgres.queries import load_queries

Q = guarded(load_queries(__file__))
PAGE = 50
"""Rows of a page."""
_START = "0001-01-01~00000000-0000-0000-0000-000000000000"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and where the next page goes on; None at the end."""

    rows: list[Row]
    next: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list: `all`, `mine`, `unit`, `confirm` or `number`, and its one parameter."""

    name: str
    parameter: list[str] | str | None = None


class ReadModel:
    """The read model as pages ask for it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def cases(self, viewer: Viewer, listing: Listing, after: str = "") -> Page:
        """Cases the viewer may see, nearest due first. A malformed `after` starts at the beginning."""
        day, case_id = _cursor(after)
        extra = [] if listing.parameter is None else [listing.parameter]
        rows = await self._pool.fetch(Q[f"cases_{listing.name}"], *viewer.scope, day, case_id, PAGE + 1, *extra)
        more = f"{rows[PAGE - 1]['due_on']}~{rows[PAGE - 1]['case_id']}" if len(rows) > PAGE else None
        return Page([_case(row) for row in rows[:PAGE]], more)

    async def case(self, viewer: Viewer, case_id: UUID) -> Row | None:
        """One case with its clocks and timeline; None also when it is hidden from the viewer."""
        row = await self._pool.fetchrow(Q["case"], *viewer.scope, case_id)
        if row is None:
            return None
        clocks = [dict(each) for each in await self._pool.fetch(Q["clocks"], case_id)]
        timeline = await self._pool.fetch(Q["timeline"], case_id)
        steps = [dict(each) | {"facts": orjson.loads(each["facts"])} for each in timeline]
        return _case(row) | {"clocks": clocks, "timeline": steps}

    async def work(self, viewer: Viewer, today: date) -> Row:
        """Exact counts of what waits for the viewer."""
        [mine] = await self._pool.fetch(Q["work_counts"], *viewer.scope, list(viewer.confirms_at), today)
        [unit] = await self._pool.fetch(Q["unit_counts"], *viewer.scope, list(viewer.oversees), today)
        return dict(mine) | {f"unit_{name}": count for name, count in unit.items()}

    async def alerts_waiting(self, viewer: Viewer, after: str = "") -> Page:
        """Alerts the viewer has not acknowledged, oldest first."""
        at, alert_id = _alert_cursor(after)
        rows = await self._pool.fetch(Q["alerts_waiting"], *viewer.scope, at, alert_id, PAGE + 1)
        more = f"{rows[PAGE - 1]['raised_at'].isoformat()}~{rows[PAGE - 1]['alert_id']}" if len(rows) > PAGE else None
        return Page([dict(row) for row in rows[:PAGE]], more)

    async def alerts_done(self, viewer: Viewer) -> list[Row]:
        """Alerts the viewer acknowledged lately, newest first."""
        return [dict(row) for row in await self._pool.fetch(Q["alerts_done"], *viewer.scope, PAGE)]

    async def owns_alert(self, viewer: Viewer, alert_id: UUID) -> bool:
        """Whether the alert stands in the viewer's inbox."""
        return await self._pool.fetchval(Q["alert_case"], *viewer.scope, alert_id) is not None

    async def stage_of(self, case_id: UUID) -> str | None:
        """How far a case is; for the sender, who proved code and PIN."""
        stage: str | None = await self._pool.fetchval(Q["stage_of"], case_id)
        return stage

    async def has_version(self, case_id: UUID, service: str, version: int) -> bool:
        """Whether what a service decided on a case has arrived here."""
        return (await self._pool.fetchval(Q["version_of"], case_id, service) or 0) >= version

    async def has_acknowledgement(self, alert_id: UUID) -> bool:
        """Whether an alert's acknowledgement has arrived here."""
        return bool(await self._pool.fetchval(Q["alert_seen"], alert_id))

    async def stuck(self, viewer: Viewer) -> list[Row]:
        """Events that could not be digested, the oldest first."""
        return [dict(row) for row in await self._pool.fetch(Q["stuck"], viewer.officer_id, PAGE)]

    async def next_instant(self, now: datetime) -> datetime | None:
        """When a warning or a due date comes next."""
        instant: datetime | None = await self._pool.fetchval(Q["next_instant"], now)
        return instant


def _case(row: asyncpg.Record) -> Row:
    return dict(row) | {"versions": orjson.loads(row["versions"])}


def _cursor(after: str) -> tuple[date, UUID]:
    day, _, case_id = (after or _START).partition("~")
    try:
        return date.fromisoformat(day), UUID(case_id)
    except ValueError:
        return _cursor(_START)


def _alert_cursor(after: str) -> tuple[datetime, UUID]:
    at, _, alert_id = after.partition("~")
    try:
        return datetime.fromisoformat(at), UUID(alert_id)
    except ValueError:
        return datetime.fromisoformat("0001-01-01T00:00:00+00:00"), UUID(int=0)
