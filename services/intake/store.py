"""State of intake in PostgreSQL. Functions take a transaction and never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from services.intake.vault.capsules import Capsule
from shared.contracts.intake import Register
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries

Q = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class Change:
    """What events change on a petition."""

    case_id: UUID
    version: int
    readers: tuple[str, ...]
    purpose: str
    kind: str | None = None
    number: str | None = None


async def add_petition(tx: Connection, case_id: UUID, version: int, command: Register, registered_by: str) -> None:
    """Insert a petition."""
    await tx.execute(
        Q["add_petition"], case_id, version, command.channel_of_arrival, command.authority_id, command.received_on,
        command.letter_on, command.postmark_on, command.signed, registered_by,
    )  # fmt: skip


async def add_capsules(tx: Connection, capsules: Sequence[Capsule]) -> None:
    """Insert sealed capsules."""
    await tx.execute(
        Q["add_capsules"],
        [capsule.case_id for capsule in capsules],
        [capsule.capsule for capsule in capsules],
        [capsule.key_id for capsule in capsules],
        [capsule.ciphertext for capsule in capsules],
    )


async def add_receipt(tx: Connection, code_hash: bytes, case_id: UUID, pin_hash: bytes) -> None:
    """Insert a receipt."""
    await tx.execute(Q["add_receipt"], code_hash, case_id, pin_hash)


async def lock_petitions(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, asyncpg.Record]:
    """Petitions an event is about, locked."""
    return {row["case_id"]: row for row in await tx.fetch(Q["lock_petitions"], case_ids)}


async def save_changes(tx: Connection, changes: Sequence[Change]) -> None:
    """Write what events changed."""
    await tx.execute(
        Q["save_petitions"],
        [change.case_id for change in changes],
        [change.version for change in changes],
        [" ".join(change.readers) for change in changes],
        [change.purpose for change in changes],
        [change.kind for change in changes],
        [change.number for change in changes],
    )


async def draw_numbers(tx: Connection, authority_id: str, register: str, year: int, count: int) -> range:
    """Draw consecutive numbers of a register."""
    last: int = await tx.fetchval(Q["draw_numbers"], authority_id, register, year, count)
    return range(last - count + 1, last + 1)


async def counters(tx: Connection) -> tuple[dict[str, int], int]:
    """Law counters and the number of petitions."""
    names = ("receipts_without_petition", "petitions_without_capsules", "series_gaps")
    return {name: int(await tx.fetchval(Q[name])) for name in names}, await tx.fetchval(Q["count_petitions"])
