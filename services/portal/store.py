"""Reading the read model. Every list, count and detail goes through the policy's condition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.portal.policy import PROTECTED, Viewer, guarded
from shared.postgres.queries import load_queries

Q = guarded(load_queries(__file__))
PAGE = 50
"""Rows of a page."""
LATELY = 20
"""Rows of a short list of what happened last."""
_START = "0001-01-01~00000000-0000-0000-0000-000000000000"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and where the next page goes on; None at the end."""

    rows: list[Row]
    next: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list: the name of a view, and the parameters of its query."""

    name: str
    parameters: tuple[list[str] | str | date | bool, ...] = ()

    @property
    def query(self) -> str:
        """Open and ended cases are found in the same way."""
        return Q["cases_seen" if self.name in ("all", "ended") else f"cases_{self.name}"]


class ReadModel:
    """The read model as pages ask for it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def cases(self, viewer: Viewer, listing: Listing, after: str = "") -> Page:
        """Cases the viewer may see, nearest due first, those looked up by number in its order.

        A malformed `after` starts at the beginning.
        """
        numbered = listing.name == "number"
        by, place = ("register_number", _number_cursor(after)) if numbered else ("due_on", _cursor(after))
        rows = await self._pool.fetch(listing.query, *viewer.scope, *place, PAGE + 1, *listing.parameters)
        more = f"{rows[PAGE - 1][by]}~{rows[PAGE - 1]['case_id']}" if len(rows) > PAGE else None
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

    async def cases_by_id(self, viewer: Viewer, case_ids: Sequence[UUID]) -> dict[UUID, Row]:
        """Those of these cases that the viewer may see."""
        rows = await self._pool.fetch(Q["cases_by_id"], *viewer.scope, list(case_ids))
        return {row["case_id"]: _case(row) for row in rows}

    async def work(self, viewer: Viewer, today: date) -> Row:
        """Exact counts of what waits for the viewer."""
        places = list(viewer.confirms_at), today, list(viewer.decides_at)
        [mine] = await self._pool.fetch(Q["work_counts"], *viewer.scope, *places)
        [unit] = await self._pool.fetch(Q["unit_counts"], *viewer.scope, list(viewer.oversees), today)
        return dict(mine) | {f"unit_{name}": count for name, count in unit.items()}

    async def queues(self, viewer: Viewer, today: date) -> dict[tuple[str, str], int]:
        """Exact counts, by authority and queue, of rows that the viewer may open."""
        rows = await self._pool.fetch(Q["queue_counts"], *viewer.scope, list(viewer.oversees), today)
        return {(row["authority_id"], row["name"]): row["count"] for row in rows}

    async def unopened(self, viewer: Viewer) -> dict[str, int]:
        """Letters waiting for classification, by authority, beyond those that the viewer may open."""
        rows = await self._pool.fetch(Q["unopened_counts"], *viewer.scope, list(viewer.oversees))
        return {row["authority_id"]: row["count"] for row in rows}

    async def denunciations(self, viewer: Viewer, since: date) -> dict[date, int]:
        """Denunciations under all that the viewer oversees together, by first day of the quarter."""
        rows = await self._pool.fetch(Q["denunciation_counts"], viewer.officer_id, list(viewer.oversees), since)
        return {row["quarter"]: row["count"] for row in rows}

    async def boxes(self, viewer: Viewer) -> list[Row]:
        """Boxes opened lately at the viewer's authority, newest first."""
        return [dict(row) for row in await self._pool.fetch(Q["boxes"], viewer.authority_id, LATELY)]

    async def has_box(self, viewer: Viewer, box_id: UUID) -> bool:
        """Whether a box that was opened has arrived here."""
        return any(box["box_id"] == box_id for box in await self.boxes(viewer))

    async def slips(self, viewer: Viewer) -> list[Row]:
        """Sheets of slips issued lately by the viewer's authority, newest first."""
        return [dict(row) for row in await self._pool.fetch(Q["slips"], viewer.authority_id, LATELY)]

    async def inbox_state(self, viewer: Viewer) -> tuple[int, datetime | None]:
        """Something that changes when the viewer's inbox changes, and at nothing else."""
        [row] = await self._pool.fetch(Q["inbox_state"], *viewer.scope)
        return row["waiting"], row["latest"]

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
    """A row as people see it: the envelope of separated contents is named from the protected one only."""
    case = dict(row) | {name: orjson.loads(row[name]) for name in ("versions", "documents")}
    case |= {"excluded": case.pop("hidden_from"), "marks": case["marks"] or []}
    return case | {"split_from": case["split_from"] if case["kind"] in PROTECTED else None}


def _cursor(after: str) -> tuple[date, UUID]:
    day, _, case_id = (after or _START).partition("~")
    try:
        return date.fromisoformat(day), UUID(case_id)
    except ValueError:
        return _cursor(_START)


def _number_cursor(after: str) -> tuple[str, UUID]:
    number, _, case_id = after.partition("~")
    try:
        return number.replace("\0", ""), UUID(case_id)
    except ValueError:
        return "", UUID(int=0)


def _alert_cursor(after: str) -> tuple[datetime, UUID]:
    at, _, alert_id = after.partition("~")
    try:
        return datetime.fromisoformat(at), UUID(alert_id)
    except ValueError:
        return datetime.fromisoformat("0001-01-01T00:00:00+00:00"), UUID(int=0)
