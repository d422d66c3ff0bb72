"""What each store says, as plain data: state, outboxes, stream, inboxes, effects, chain, sinks."""

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from operations.embedded.mails import read_mails
from services.audit.domain import Entry, SignedHead
from shared.contracts.bus.subjects import STREAM, inbox_prefix, partition_of_subject
from shared.contracts.house import SERVICES
from shared.security.secrets import STEWARD

_CONSUMER = "steward-ledger"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """An outbox row."""

    event_id: str
    service: str
    type: str
    case_id: UUID
    aggregate_id: str
    version: int
    body: str
    """SHA-256 of the body."""
    sequence: int | None


@dataclass(frozen=True, slots=True)
class Streamed:
    """A message of the stream."""

    sequence: int
    event_id: str
    type: str
    partition: int
    body: str


@dataclass(frozen=True, slots=True)
class RungRow:
    """A rung that escalation recorded."""

    clock_id: UUID
    step: int
    recipient_id: str


@dataclass(slots=True)
class Facts:
    """Everything the equations look at. Ids, numbers and digests only."""

    receipts_given: set[UUID] | None = None
    """The sender's own list, when there is one."""
    petitions: set[UUID] = field(default_factory=set)
    receipts: set[UUID] = field(default_factory=set)
    capsules: Mapping[UUID, int] = field(default_factory=dict)
    classified: set[UUID] = field(default_factory=set)
    shown: set[UUID] = field(default_factory=set)
    registers: Mapping[tuple[str, str], Sequence[int]] = field(default_factory=dict)
    """Numbers used, or skipped by a restore, by authority and series."""
    outbox: list[Sent] = field(default_factory=list)
    stream: list[Streamed] = field(default_factory=list)
    inbox: dict[str, set[str]] = field(default_factory=dict)
    held: dict[str, set[str]] = field(default_factory=dict)
    positions: dict[str, dict[int, int]] = field(default_factory=dict)
    clocks: dict[UUID, tuple[str, bool]] = field(default_factory=dict)
    """Due date and whether it runs or rests, by clock."""
    clocks_started: dict[UUID, str] = field(default_factory=dict)
    """Due date as it was announced, and as papers moved it since."""
    moves: set[tuple[UUID, str]] = field(default_factory=set)
    """Case and document number of every clock that was moved or paused."""
    papers: set[tuple[UUID, str]] = field(default_factory=set)
    """Case and document number of every paper that moved a term."""
    clocks_ended: set[UUID] = field(default_factory=set)
    rungs: list[RungRow] = field(default_factory=list)
    rungs_fired: list[tuple[UUID, int, str]] = field(default_factory=list)
    alerts: list[tuple[UUID, UUID, str]] = field(default_factory=list)
    """Alert, clock, recipient."""
    mails_sent: set[UUID] = field(default_factory=set)
    mails_waiting: set[UUID] = field(default_factory=set)
    sink: list[str] | None = None
    """Message ids that the mail server took, when it is ours."""
    entries: list[Entry] = field(default_factory=list)
    entry_events: list[str] = field(default_factory=list)
    heads: list[SignedHead] = field(default_factory=list)
    realm: str = ""
    audit_key: bytes = b""


async def collect(
    admin: asyncpg.Connection, stream: Sequence[Streamed], audit_key: bytes, *, mails: Path | None = None,
    receipts_given: set[UUID] | None = None,
) -> Facts:  # fmt: skip
    """Read every store. Services should be at rest, else what is under way shows as missing."""
    facts = Facts(receipts_given=receipts_given, stream=list(stream), audit_key=audit_key)
    await _petitions(admin, facts)
    await _events(admin, facts)
    await _effects(admin, facts)
    await _chain(admin, facts)
    if mails is not None:
        facts.sink = [mail.message_id for mail in read_mails(mails)]
    return facts


_OUTBOX = """
select event_id, case_id, headers::json ->> 'ce-type' as type, headers::json ->> 'ce-aggregate' as aggregate,
    (headers::json ->> 'ce-aggregateversion')::int as version, body, stream_sequence
from {service}.outbox left join {service}.outbox_sent using (number)
"""


async def _ids(admin: asyncpg.Connection, query: str) -> set[UUID]:
    return {row[0] for row in await admin.fetch(query)}


async def _petitions(admin: asyncpg.Connection, facts: Facts) -> None:
    facts.petitions = await _ids(admin, "select case_id from intake.petition")
    facts.receipts = await _ids(admin, "select case_id from intake.receipt")
    rows = await admin.fetch("select case_id, count(*) as n from intake.capsule group by 1")
    facts.capsules = {row["case_id"]: row["n"] for row in rows}
    facts.classified = await _ids(admin, "select case_id from routing.classification")
    facts.shown = await _ids(admin, "select case_id from portal.case_view")
    numbers: dict[tuple[str, str], list[int]] = {}
    query = "select registry_id, register_number from intake.petition where register_number is not null"
    for row in await admin.fetch(query):
        series, _, number = row["register_number"].rpartition("-")
        numbers.setdefault((row["registry_id"], series), []).append(int(number))
    for row in await admin.fetch("select authority_id, register, year, first, last from intake.skipped_number"):
        series = f"{row['register']}-{row['year']}"
        numbers.setdefault((row["authority_id"], series), []).extend(range(row["first"], row["last"] + 1))
    facts.registers = numbers


async def _events(admin: asyncpg.Connection, facts: Facts) -> None:
    for service in SERVICES:
        rows = await admin.fetch(_OUTBOX.format(service=service))
        facts.outbox.extend(
            Sent(
                str(row["event_id"]), service, row["type"], row["case_id"], row["aggregate"], row["version"],
                digest(row["body"].encode()), row["stream_sequence"],
            )
            for row in rows
        )  # fmt: skip
        facts.inbox[service] = {str(each) for each in await _ids(admin, f"select event_id from {service}.inbox")}  # noqa: S608
        facts.held[service] = {str(each) for each in await _ids(admin, f"select event_id from {service}.held")}  # noqa: S608
        positions = await admin.fetch(f"select partition, sequence from {service}.position")  # noqa: S608
        facts.positions[service] = {row["partition"]: row["sequence"] for row in positions}


_MAILS = "select alert_id from notify.delivery where medium = 'mail'"


_CLOCKS = "select clock_id, due_on, live or paused_on is not null as live from escalation.clock"
_OF_CLOCKS = """
select headers::json ->> 'ce-type' as type, body::json ->> 'clock_id' as clock, case_id, body::json as body
from escalation.outbox order by number
"""
_PAPERS = """
select case_id, body::json ->> 'document_number' as number
from casework.outbox where headers::json ->> 'ce-type' = 'casework.case.moved'
"""


async def _effects(admin: asyncpg.Connection, facts: Facts) -> None:
    for row in await admin.fetch(
        "select clock_id, due_on, live or paused_on is not null as live from escalation.clock"
    ):
        facts.clocks[row["clock_id"]] = (row["due_on"].isoformat(), row["live"])
    for row in await admin.fetch(_OF_CLOCKS):
        _announced(facts, row)
    facts.papers = {(row["case_id"], row["number"]) for row in await admin.fetch(_PAPERS)}
    facts.rungs = [
        RungRow(row["clock_id"], row["step"], row["recipient_id"])
        for row in await admin.fetch("select clock_id, step, recipient_id from escalation.rung")
    ]
    alerts = await admin.fetch("select alert_id, clock_id, recipient_id from notify.alert")
    facts.alerts = [(row["alert_id"], row["clock_id"], row["recipient_id"]) for row in alerts]
    facts.mails_sent = await _ids(admin, f"{_MAILS} and sent_at is not null")
    facts.mails_waiting = await _ids(admin, f"{_MAILS} and sent_at is null")


def _announced(facts: Facts, row: asyncpg.Record) -> None:
    body = json.loads(row["body"])
    match row["type"]:
        case "escalation.clock.started":
            facts.clocks_started[UUID(row["clock"])] = body["due_on"]
        case "escalation.clock.moved":
            facts.clocks_started[UUID(row["clock"])] = body["due_on"]
            facts.moves.add((row["case_id"], body["document_number"]))
        case "escalation.clock.paused":
            facts.moves.add((row["case_id"], body["document_number"]))
        case "escalation.clock.ended":
            facts.clocks_ended.add(UUID(row["clock"]))
        case "escalation.rung.fired":
            facts.rungs_fired.append((UUID(row["clock"]), body["step"], body["recipient_id"]))


async def _chain(admin: asyncpg.Connection, facts: Facts) -> None:
    facts.realm = await admin.fetchval("select tag from house.realm")
    rows = await admin.fetch("select number, event_id, content, previous, hash from audit.entry order by number")
    facts.entries = [Entry(row["number"], row["content"], row["previous"], row["hash"]) for row in rows]
    facts.entry_events = [str(row["event_id"]) for row in rows]
    heads = await admin.fetch("select number, hash, signed_at, signature from audit.signed_head order by number")
    facts.heads = [SignedHead(row["number"], row["hash"], row["signed_at"], row["signature"]) for row in heads]


def digest(body: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(body).hexdigest()


async def read_stream(steward: Client) -> list[Streamed]:
    """Every message of the stream, in order."""
    js = steward.jetstream()
    with contextlib.suppress(NotFoundError):
        await js.delete_consumer(STREAM, _CONSUMER)
    config = ConsumerConfig(
        name=_CONSUMER, ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.ALL, mem_storage=True
    )
    await js.add_consumer(STREAM, config)
    prefix = f"{inbox_prefix(STEWARD)}.".encode()
    subscription = await js.pull_subscribe_bind(_CONSUMER, stream=STREAM, inbox_prefix=prefix)
    last = (await js.stream_info(STREAM)).state.last_seq
    found: list[Streamed] = []
    while not found or found[-1].sequence < last:
        if last == 0:
            break
        for message in await subscription.fetch(_PAGE, timeout=10):
            headers = message.headers or {}
            found.append(
                Streamed(
                    message.metadata.sequence.stream, headers.get("ce-id", ""), headers.get("ce-type", ""),
                    partition_of_subject(message.subject), digest(message.data),
                )
            )  # fmt: skip
    await js.delete_consumer(STREAM, _CONSUMER)
    return found
