"""State of notify in PostgreSQL. Functions take a transaction and never commit."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.notify.domain import Alert
from shared.contracts.vocabulary import Rung
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries

Q = load_queries(__file__)

_COLUMNS = tuple(each.name for each in fields(Alert))


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A leased mail, with what its text may tell."""

    alert_id: UUID
    recipient_id: str
    rung: Rung
    due_on: date
    tries: int


async def insert(tx: Connection, alerts: Sequence[Alert]) -> None:
    """New alerts, each with a mail that waits."""
    await tx.execute(Q["insert_alerts"], orjson.dumps(alerts).decode())
    await tx.execute(Q["insert_mails"], [alert.alert_id for alert in alerts])


async def load(tx: Connection, alert_id: UUID) -> Alert | None:
    """One alert, locked."""
    row = await tx.fetchrow(Q["load_alert"], alert_id)
    if row is None:
        return None
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    values["rung"] = Rung(values["rung"])
    return Alert(**values)


async def save(tx: Connection, alert: Alert) -> None:
    """Write what may change of an alert."""
    await tx.execute(Q["save_alert"], alert.alert_id, alert.version, alert.acknowledged_at, alert.acknowledged_version)


async def claim_mails(pool: asyncpg.Pool, token: UUID, most: int, lease_seconds: float) -> list[WaitingMail]:
    """Lease at most `most` mails that are due."""
    return [
        WaitingMail(row["alert_id"], row["recipient_id"], Rung(row["rung"]), row["due_on"], row["tries"])
        for row in await pool.fetch(Q["claim_mails"], token, most, lease_seconds)
    ]


async def mark_sent(tx: Connection, alert_id: UUID, token: UUID, reply_code: int) -> bool:
    """Record the proof; False when the lease was lost or the mail is marked already."""
    return bool(await tx.fetchval(Q["mark_sent"], alert_id, token, reply_code))


async def put_off(pool: asyncpg.Pool, alert_ids: Sequence[UUID], token: UUID, seconds: float) -> None:
    """Give leases back; try again after so many seconds of machine time."""
    await pool.execute(Q["put_off"], alert_ids, token, seconds)


async def counters(tx: Connection, officer_ids: Sequence[str]) -> dict[str, int]:
    """Every figure of the query, by name."""
    row = await tx.fetchrow(Q["counters"], officer_ids)
    return dict(row) if row else {}
