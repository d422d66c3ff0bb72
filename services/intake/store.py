"""State of intake in PostgreSQL. Functions take a transaction and never commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from services.intake.domain.correction import Entered
from services.intake.domain.people import OPENINGS_PER_HOUR
from services.intake.domain.petition import Petition
from services.intake.vault.capsules import Capsule
from shared.contracts.intake import ReceiptCorrected
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import Body, Channel, ErrorCode, Kind, Purpose
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries

Q = load_queries(__file__)

Series = tuple[str, str, int]
"""Authority, register and year: what is numbered without a gap."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A petition as it is entered."""

    case_id: UUID
    channel: Channel
    authority_id: str
    received_on: date
    letter_on: date | None
    postmark_on: date | None
    signed: bool
    registered_by: str
    forwarded_by: Body | None = None
    forwarding_on: date | None = None
    at_since: date | None = None
    """When this authority received it, if that is not the first receipt anywhere."""
    transferred: bool = False
    recorded_on: date | None = None
    desk_id: str | None = None
    """The authority whose desk answers for the first receipt, if that is not this one."""


async def add_petitions(tx: Connection, entries: Sequence[Entry], version: int) -> None:
    """Insert petitions."""
    rows = [
        (
            entry.case_id, entry.channel, entry.authority_id, entry.received_on, entry.letter_on, entry.postmark_on,
            entry.signed, entry.registered_by, entry.forwarded_by, entry.forwarding_on,
            entry.at_since or entry.received_on, entry.transferred, entry.recorded_on,
            entry.desk_id or entry.authority_id,
        )
        for entry in entries
    ]  # fmt: skip
    await tx.execute(Q["add_petitions"], version, *map(list, zip(*rows, strict=True)))


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
        Refused: not found (also for those who may not), or the hour's budget is used up.
    """
    row = await tx.fetchrow(Q["openable"], case_id, officer_id)
    if row is None or row["purpose"] != purpose:
        raise Refused(ErrorCode.NOT_FOUND)
    if await tx.fetchval(Q["count_opening"], officer_id) > OPENINGS_PER_HOUR:
        raise Refused(ErrorCode.TOO_MANY_TRIES)
    return row


async def capsules_of(tx: Connection, case_id: UUID) -> dict[str, Capsule]:
    """Capsules of a petition by name."""
    return {row["capsule"]: Capsule(**row) for row in await tx.fetch(Q["capsules_of"], case_id)}


async def use_slip(tx: Connection, code_hash: bytes, authority_id: str, case_id: UUID) -> None:
    """Mark a slip of this authority as used for this petition.

    Raises:
        Refused: this authority issued no such slip, or it was used.
    """
    slip = await tx.fetchrow(Q["lock_slip"], code_hash, authority_id)
    if slip is None:
        raise Refused(ErrorCode.SLIP_UNKNOWN, field="slip")
    if slip["case_id"] is not None:
        raise Refused(ErrorCode.SLIP_USED, field="slip")
    await tx.execute(Q["use_slip"], code_hash, case_id)


async def take_from_box(tx: Connection, box_id: UUID, authority_id: str, received_on: date) -> None:
    """Count one more letter of a box; its receipt is the day on which the box was opened.

    Raises:
        Refused: no such box of this authority, another day, or more letters than the minutes say.
    """
    box = await tx.fetchrow(Q["lock_box"], box_id, authority_id)
    if box is None:
        raise Refused(ErrorCode.NOT_FOUND, field="box_id")
    if box["opened_on"] != received_on:
        raise Refused(ErrorCode.DATES_CONTRADICT, field="received_on")
    if box["registered"] >= box["letters"]:
        raise Refused(ErrorCode.BOX_COUNT_DIFFERS, field="box_id")
    await tx.execute(Q["count_letter_of_box"], box_id)


async def lock_petitions(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Petition]:
    """Petitions that events are about, locked."""
    return {row["case_id"]: _petition(row) for row in await tx.fetch(Q["lock_petitions"], case_ids)}


async def save_petitions(tx: Connection, petitions: Sequence[Petition]) -> None:
    """Write petitions after events."""
    await tx.execute(
        Q["save_petitions"],
        [each.case_id for each in petitions],
        [each.version for each in petitions],
        [each.at_authority_id for each in petitions],
        [each.at_since for each in petitions],
        [each.registry_id for each in petitions],
        [" ".join(each.readers) for each in petitions],
        [each.purpose for each in petitions],
        [each.holder_id for each in petitions],
        [each.transferred for each in petitions],
        [each.parts for each in petitions],
        [each.kind for each in petitions],
        [each.register_number for each in petitions],
        [each.above_id for each in petitions],
        [None if each.hidden_from is None else " ".join(each.hidden_from) for each in petitions],
        [each.resolver_id for each in petitions],
        [each.acted_on for each in petitions],
    )


async def lock_receipt(tx: Connection, case_id: UUID) -> Entered | None:
    """A receipt with what limits its correction, locked."""
    row = await tx.fetchrow(Q["lock_receipt"], case_id)
    if row is None:
        return None
    closed = {"kind": Kind(row["kind"]) if row["kind"] else None, "hidden_from": _officers(row["hidden_from"])}
    return Entered(**{**row, **closed})


async def save_correction(
    tx: Connection, case_id: UUID, version: int, event: ReceiptCorrected, reason: Capsule
) -> None:
    """Write a corrected day and its reason."""
    await tx.execute(Q["correct_receipt"], case_id, version, event.received_on)
    await tx.execute(
        Q["add_correction"], case_id, version, event.was_on, event.received_on, event.document_number,
        event.document_on, event.corrected_by, reason.key_id, reason.ciphertext,
    )  # fmt: skip


def _officers(column: list[str] | None) -> tuple[str, ...] | None:
    return None if column is None else tuple(column)


def _petition(row: asyncpg.Record) -> Petition:
    closed = {
        "readers": tuple(row["readers"]),
        "hidden_from": _officers(row["hidden_from"]),
        "purpose": Purpose(row["purpose"]),
        "kind": Kind(row["kind"]) if row["kind"] else None,
    }
    return Petition(**{**row, **closed})


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
