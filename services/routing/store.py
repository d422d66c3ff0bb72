"""State of routing in PostgreSQL. Functions take a transaction and never commit."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
import orjson

from services.routing.domain.state import Classification
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import Channel, ErrorCode, Kind, Stage
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries

Q = load_queries(__file__)


async def load(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Classification]:
    """States of these cases, locked."""
    return {row["case_id"]: _state(row) for row in await tx.fetch(Q["load"], case_ids)}


async def save(tx: Connection, states: Sequence[Classification]) -> None:
    """Write whole states."""
    # asyncpg's own UUID is no plain one to orjson: as text.
    await tx.execute(Q["save"], orjson.dumps(states, default=str).decode())


async def claim_paper(tx: Connection, authority_id: str, number: str, dated: date, case_id: UUID) -> None:
    """Use a document number of an authority for this letter.

    Raises:
        Refused: the number stands on another paper of that year.
    """
    if not await tx.fetchval(Q["claim_paper"], authority_id, dated.year, number, case_id):
        raise Refused(ErrorCode.DOCUMENT_NUMBER_TAKEN, field="document_number")


def _state(row: asyncpg.Record) -> Classification:
    closed = {
        "status": Stage(row["status"]),
        "channel": Channel(row["channel"]),
        "kind": Kind(row["kind"]) if row["kind"] else None,
        "against": tuple(row["against"]),
        "excluded": tuple(row["excluded"]),
        "reasons": tuple(row["reasons"]),
        "alternatives": tuple(Kind(each) for each in row["alternatives"]),
    }
    return Classification(**{**row, **closed})


async def counters(tx: Connection) -> tuple[dict[str, int], dict[str, int]]:
    """Law counters (law 4), and gauges: proposals that wait, letters on their way."""
    laws = {"confirmed_without_holder": await tx.fetchval(Q["confirmed_without_holder"])}
    return laws, {name: await tx.fetchval(Q[name]) for name in ("awaiting_confirmation", "on_their_way")}
