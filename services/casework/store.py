"""State of casework in PostgreSQL. Functions take a transaction and never commit."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.casework.domain.state import CaseFile
from shared.contracts.vocabulary import CaseState, Kind
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries

Q = load_queries(__file__)


async def load(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, CaseFile]:
    """States of these cases, locked."""
    return {row["case_id"]: _state(row) for row in await tx.fetch(Q["load"], case_ids)}


async def save(tx: Connection, states: Sequence[CaseFile]) -> None:
    """Write whole states."""
    await tx.execute(
        Q["save"],
        [state.case_id for state in states],
        [state.version for state in states],
        [state.state for state in states],
        [state.kind for state in states],
        [state.level for state in states],
        [state.authority_id for state in states],
        [state.holder_id for state in states],
        [state.received_on for state in states],
        [" ".join(state.excluded) for state in states],
        [" ".join(state.barred) for state in states],
        [state.document_number for state in states],
        [state.accepted_on for state in states],
        [state.signed_by for state in states],
    )


async def number_taken(tx: Connection, authority_id: str, number: str, case_id: UUID) -> bool:
    """Whether another case of the authority bears this document number."""
    return bool(await tx.fetchval(Q["number_taken"], authority_id, number, case_id))


async def counters(tx: Connection) -> tuple[int, int]:
    """Cases held by somebody whom the law keeps away (law 7), and cases that are not accepted yet."""
    return await tx.fetchval(Q["held_by_excluded"]), await tx.fetchval(Q["open_cases"])


def _state(row: asyncpg.Record) -> CaseFile:
    return CaseFile(
        case_id=row["case_id"],
        state=CaseState(row["state"]),
        kind=Kind(row["kind"]),
        level=row["level"],
        authority_id=row["authority_id"],
        holder_id=row["holder_id"],
        received_on=row["received_on"],
        excluded=tuple(row["excluded_officers"]),
        barred=tuple(row["barred_officers"]),
        document_number=row["document_number"],
        accepted_on=row["accepted_on"],
        signed_by=row["signed_by"],
        version=row["version"],
    )
