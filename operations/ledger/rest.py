"""Facts of a house at rest: taken again while something (a head being signed, a mail's proof) was still under way."""

import asyncio
from pathlib import Path
from uuid import UUID

import asyncpg
from nats.aio.client import Client

from operations.ledger.equations import balance
from operations.ledger.facts import Facts, collect, read_stream
from shared.contracts.bus.subjects import STREAM

TRIES = 10
PAUSE_SECONDS = 0.5
UNDER_WAY = ("outbox_unsent", "events_not_read")


async def collect_at_rest(
    admin: asyncpg.Connection,
    steward: Client,
    audit_key: bytes,
    *,
    mails: Path | None = None,
    receipts_given: set[UUID] | None = None,
) -> Facts:
    """The facts; after some tries as they are, since a fault can look like work that never ends."""
    for _ in range(TRIES):
        stream = await read_stream(steward)
        facts = await collect(admin, stream, audit_key, mails=mails, receipts_given=receipts_given)
        last = (await steward.jetstream().stream_info(STREAM)).state.last_seq
        lines = balance(facts)
        if last == len(stream) and not any(lines[name] for name in UNDER_WAY):
            break
        await asyncio.sleep(PAUSE_SECONDS)
    return facts
