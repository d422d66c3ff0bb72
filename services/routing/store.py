"""State of routing in PostgreSQL. Functions take a transaction and never commit."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.routing.domain.state import Classification, Status
from shared.contracts.vocabulary import Kind
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries

Q = load_queries(__file__)


async def load(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Classification]:
    """States of these cases, locked."""
    return {row["case_id"]: _state(row) for row in await tx.fetch(Q["load"], case_ids)}


async def save(tx: Connection, states: Sequence[Classification]) -> None:
    """Write whole states."""
    await tx.execute(
        Q["save"],
        [state.case_id for state in states],
        [state.version for state in states],
        [state.status for state in states],
        [state.receiving_authority_id for state in states],
        [state.confirmer_authority_id for state in states],
        [state.received_on for state in states],
        [" ".join(state.against) for state in states],
        [" ".join(state.excluded) for state in states],
        [state.kind for state in states],
        [state.level for state in states],
        [state.competent_authority_id for state in states],
        [state.holder_id for state in states],
    )


def _state(row: asyncpg.Record) -> Classification:
    return Classification(
        case_id=row["case_id"],
        status=Status(row["status"]),
        receiving_authority_id=row["receiving_authority_id"],
        confirmer_authority_id=row["confirmer_authority_id"],
        received_on=row["received_on"],
        against=tuple(row["against"]),
        excluded=tuple(row["hidden_from"]),
        kind=Kind(row["kind"]) if row["kind"] else None,
        level=row["level"],
        competent_authority_id=row["competent_authority_id"],
        holder_id=row["holder_id"],
        version=row["version"],
    )


async def counters(tx: Connection) -> tuple[int, int]:
    """Incomplete confirmations (law 4) and proposals that wait."""
    return await tx.fetchval(Q["incomplete_confirmations"]), await tx.fetchval(Q["waiting_confirmations"])
