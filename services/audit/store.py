"""State of audit in PostgreSQL. Functions take a transaction and never commit."""

from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import UUID

import asyncpg

from services.audit.domain import Entry, SignedHead
from shared.contracts import audit, casework, intake, notify, routing
from shared.contracts.bus.envelope import Envelope
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries

Q = load_queries(__file__)
PAGE = 2000
ACTS_OF_PERSONS = frozenset(
    event.type()
    for event in (
        casework.CaseTaken,
        casework.CaseAccepted,
        casework.CaseRefused,
        casework.CaseDecided,
        casework.NoticeProven,
        casework.CaseReassigned,
        casework.CaseClosed,
        routing.ClassificationConfirmed,
        routing.LetterTransferred,
        routing.TransferReceived,
        routing.TransferReturned,
        routing.LetterGuided,
        routing.LetterFiled,
        intake.PetitionSplit,
        intake.DocumentOpened,
        notify.AlertAcknowledged,
        audit.EpochOpened,
    )
)
"""Types of events that no machine may cause (law 9)."""


async def lock_head(tx: Connection, genesis: bytes) -> tuple[int, bytes]:
    """The end of the chain, locked; begins the chain when there is none."""
    row = await tx.fetchrow(Q["lock_head"])
    if row is None:
        await tx.execute(Q["begin_chain"], genesis)
        row = await tx.fetchrow(Q["lock_head"])
    assert row is not None
    return row["number"], row["hash"]


async def add_entries(tx: Connection, entries: Sequence[Entry], events: Sequence[Envelope]) -> None:
    """Append entries and move the head."""
    await tx.execute(
        Q["add_entries"],
        [entry.number for entry in entries],
        [event.id for event in events],
        [event.sequence for event in events],
        [entry.content for entry in entries],
        [entry.previous for entry in entries],
        [entry.hash for entry in entries],
        entries[-1].number,
        entries[-1].hash,
    )


async def aggregate_versions(tx: Connection, events: Sequence[Envelope]) -> dict[tuple[str, UUID], int]:
    """Last versions of these events' aggregates."""
    keys = {(event.service, event.aggregate_id) for event in events}
    rows = await tx.fetch(Q["aggregates"], [service for service, _ in keys], [each for _, each in keys])
    return {(row["service"], row["aggregate_id"]): row["version"] for row in rows}


async def save_aggregates(tx: Connection, versions: Mapping[tuple[str, UUID], int], gaps: Sequence[UUID]) -> None:
    """Write last versions, and events that did not follow. The caller has locked the head: nobody else writes them."""
    await tx.execute(
        Q["save_aggregates"],
        [service for service, _ in versions],
        [aggregate_id for _, aggregate_id in versions],
        list(versions.values()),
    )
    if gaps:
        await tx.execute(Q["add_gaps"], gaps)


async def sign_due(tx: Connection) -> tuple[int, bytes, asyncpg.Record | None]:
    """The head, locked, and the last signed one."""
    row = await tx.fetchrow(Q["lock_head"])
    last = await tx.fetchrow(Q["last_signed"])
    return (row["number"], row["hash"], last) if row else (0, b"", None)


async def unsigned(connection: Connection) -> tuple[int, float]:
    """Entries after the last signed head, and the seconds since it was signed; 0 before the first."""
    row = await connection.fetchrow(Q["unsigned"])
    return (row["entries"], row["seconds"] or 0.0) if row else (0, 0.0)


async def entries(connection: Connection) -> AsyncIterator[Entry]:
    """The whole chain, page by page."""
    after = 0
    while rows := await connection.fetch(Q["entries"], after, PAGE):
        for row in rows:
            yield Entry(row["number"], row["content"], row["previous"], row["hash"])
        after = rows[-1]["number"]


async def signed_heads(connection: Connection) -> list[SignedHead]:
    """All signed heads."""
    rows = await connection.fetch(Q["signed_heads"])
    return [SignedHead(row["number"], row["hash"], row["signed_at"], row["signature"]) for row in rows]


async def counters(tx: Connection) -> dict[str, int]:
    """Law counters."""
    names = {
        "unlinked_entries": "unlinked_entries",
        "head_off_end": "head_off_end",
        "version_gaps": "count_gaps",
        "free_text_entries": "free_text_entries",
    }
    found = {name: await tx.fetchval(Q[query]) for name, query in names.items()}
    return found | {"acts_without_person": await tx.fetchval(Q["acts_without_person"], sorted(ACTS_OF_PERSONS))}
