"""State of intake in PostgreSQL. Functions take a transaction and never commit."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from services.intake.domain.correction import Entered
from services.intake.domain.entry import Entry
from services.intake.domain.people import OPENINGS_PER_HOUR
from services.intake.domain.petition import Petition
from services.intake.vault.capsules import Capsule
from shared.contracts.denial import Denied
from shared.contracts.intake import ReceiptCorrected
from shared.contracts.vocabulary import ErrorCode, Purpose
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries
from shared.postgres.states import States

Q = load_queries(__file__)

_ENTRIES, _PETITIONS, _ENTERED = States(Entry), States(Petition), States(Entered)

Series = tuple[str, str, int]
"""Authority, register and year: what is numbered without a gap."""


async def add_petitions(tx: Connection, entries: Sequence[Entry], version: int) -> None:
    """Insert petitions."""
    await tx.execute(Q["add_petitions"], version, _ENTRIES.written(entries))


async def add_capsules(tx: Connection, capsules: Sequence[Capsule]) -> None:
    """Insert sealed capsules."""
    await tx.execute(
        Q["add_capsules"],
        [capsule.case_id for capsule in capsules],
        [capsule.capsule for capsule in capsules],
        [capsule.key_id for capsule in capsules],
        [capsule.ciphertext for capsule in capsules],
    )


async def add_receipts(tx: Connection, receipts: Sequence[tuple[bytes, UUID, bytes]]) -> None:
    """Insert receipts: hash of the code, petition, hash of the PIN."""
    await tx.execute(Q["add_receipts"], *map(list, zip(*receipts, strict=True)))


async def openable(tx: Connection, case_id: UUID, officer_id: str, purpose: Purpose) -> asyncpg.Record:
    """The petition, locked, if this person may open it now for this purpose; the opening is counted.

    Raises:
        Denied: not found (also for those who may not), or the hour's budget is used up.
    """
    row = await tx.fetchrow(Q["openable"], case_id, officer_id)
    if row is None or row["purpose"] != purpose:
        raise Denied(ErrorCode.NOT_FOUND)
    if await tx.fetchval(Q["count_opening"], officer_id) > OPENINGS_PER_HOUR:
        raise Denied(ErrorCode.TOO_MANY_TRIES)
    return row


async def capsules_of(tx: Connection, case_id: UUID) -> dict[str, Capsule]:
    """Capsules of a petition by name."""
    return {row["capsule"]: Capsule(**row) for row in await tx.fetch(Q["capsules_of"], case_id)}


async def use_slip(tx: Connection, code_hash: bytes, authority_id: str, case_id: UUID) -> None:
    """Mark a slip of this authority as used for this petition.

    Raises:
        Denied: this authority issued no such slip, or it was used.
    """
    slip = await tx.fetchrow(Q["lock_slip"], code_hash, authority_id)
    if slip is None:
        raise Denied(ErrorCode.SLIP_UNKNOWN, field="slip")
    if slip["case_id"] is not None:
        raise Denied(ErrorCode.SLIP_USED, field="slip")
    await tx.execute(Q["use_slip"], code_hash, case_id)


async def take_from_box(tx: Connection, box_id: UUID, authority_id: str, received_on: date) -> None:
    """Count one more letter of a box; its receipt is the day on which the box was opened.

    Raises:
        Denied: no such box of this authority, another day, or more letters than the minutes say.
    """
    box = await tx.fetchrow(Q["lock_box"], box_id, authority_id)
    if box is None:
        raise Denied(ErrorCode.NOT_FOUND, field="box_id")
    if box["opened_on"] != received_on:
        raise Denied(ErrorCode.DATES_CONTRADICT, field="received_on")
    if box["registered"] >= box["letters"]:
        raise Denied(ErrorCode.BOX_COUNT_DIFFERS, field="box_id")
    await tx.execute(Q["count_letter_of_box"], box_id)


async def lock_petitions(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Petition]:
    """Petitions that events are about, locked."""
    petitions = _PETITIONS.read(await tx.fetch(Q["lock_petitions"], case_ids))
    return {petition.case_id: petition for petition in petitions}


async def save_petitions(tx: Connection, petitions: Sequence[Petition]) -> None:
    """Write petitions after events."""
    await tx.execute(Q["save_petitions"], _PETITIONS.written(petitions))


async def lock_receipt(tx: Connection, case_id: UUID) -> Entered | None:
    """A receipt with what limits its correction, locked."""
    row = await tx.fetchrow(Q["lock_receipt"], case_id)
    return _ENTERED.read([row])[0] if row else None


async def save_correction(
    tx: Connection, case_id: UUID, version: int, event: ReceiptCorrected, reason: Capsule
) -> None:
    """Write a corrected day and its reason."""
    await tx.execute(Q["correct_receipt"], case_id, version, event.received_on)
    await tx.execute(
        Q["add_correction"], case_id, version, event.was_on, event.received_on, event.document_number,
        event.document_on, event.corrected_by, reason.key_id, reason.ciphertext,
    )  # fmt: skip


async def draw_numbers(tx: Connection, counts: Mapping[Series, int]) -> dict[Series, range]:
    """Draw so many consecutive numbers of each series; whoever draws of several names them in the same order."""
    if not counts:
        return {}
    authorities, registers, years = map(list, zip(*counts, strict=True))
    rows = await tx.fetch(Q["draw_numbers"], authorities, registers, years, list(counts.values()))
    last = {(row["authority_id"], row["register"], row["year"]): row["last"] for row in rows}
    return {series: range(last[series] - count + 1, last[series] + 1) for series, count in counts.items()}


async def counters(tx: Connection) -> tuple[dict[str, int], dict[str, int]]:
    """Law counters, and gauges: petitions kept, boxes not registered to the end."""
    laws = ("receipts_without_petition", "petitions_without_capsules", "series_gaps")
    gauges = {
        "petitions": await tx.fetchval(Q["count_petitions"]),
        "boxes_short": await tx.fetchval(Q["boxes_short"]),
    }
    return {name: int(await tx.fetchval(Q[name])) for name in laws}, gauges
