"""State of notify in PostgreSQL. Functions take a transaction and never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.notify.domain import Alert, Notice
from shared.contracts.vocabulary import Medium, Rung
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries
from shared.postgres.states import States

Q = load_queries(__file__)

_ALERTS = States(Alert)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A leased delivery."""

    notice: Notice
    tries: int

    @property
    def alert_id(self) -> UUID:
        """The alert to be delivered."""
        return self.notice.alert_id


async def insert(tx: Connection, alerts: Sequence[Alert], media: Sequence[Medium]) -> None:
    """New alerts, each with a delivery that waits for every medium."""
    await tx.execute(Q["insert_alerts"], _ALERTS.written(alerts))
    await tx.execute(Q["insert_deliveries"], [alert.alert_id for alert in alerts], media)


async def load(tx: Connection, alert_id: UUID) -> Alert | None:
    """One alert, locked."""
    row = await tx.fetchrow(Q["load_alert"], alert_id)
    return _ALERTS.read([row])[0] if row else None


async def save(tx: Connection, alert: Alert) -> None:
    """Write what may change of an alert."""
    await tx.execute(Q["save_alert"], alert.alert_id, alert.version, alert.acknowledged_at, alert.acknowledged_version)


async def claim(pool: asyncpg.Pool, medium: Medium, token: UUID, most: int, lease_seconds: float) -> list[Waiting]:
    """Lease at most `most` deliveries of a medium that are due."""
    return [
        Waiting(
            Notice(row["alert_id"], row["recipient_id"], Rung(row["rung"]), row["due_on"], row["acknowledge_by"]),
            row["tries"],
        )
        for row in await pool.fetch(Q["claim"], medium, token, most, lease_seconds)
    ]


async def mark_sent(tx: Connection, alert_id: UUID, medium: Medium, token: UUID, reply_code: int) -> bool:
    """Record the proof; False when the lease was lost or the delivery is marked already."""
    return bool(await tx.fetchval(Q["mark_sent"], alert_id, medium, token, reply_code))


async def put_off(pool: asyncpg.Pool, alert_ids: Sequence[UUID], medium: Medium, token: UUID, seconds: float) -> None:
    """Give leases back; try again after so many seconds of machine time."""
    await pool.execute(Q["put_off"], alert_ids, medium, token, seconds)


async def unacknowledged(connection: Connection, now: datetime) -> tuple[int, int, datetime | None]:
    """Alerts not acknowledged, those of them past their deadline, and when the first was raised; case time."""
    row = await connection.fetchrow(Q["unacknowledged"], now)
    assert row is not None
    return row["waiting"], row["overdue"], row["first_at"]


async def counters(tx: Connection, officer_ids: Sequence[str]) -> dict[str, int]:
    """Every figure of the query, by name."""
    row = await tx.fetchrow(Q["counters"], officer_ids)
    return dict(row) if row else {}
