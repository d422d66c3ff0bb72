"""Signs the head of the chain at least hourly (machine time) and every thousand entries."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import asyncpg

from services.audit import store
from services.audit.domain import sign
from services.audit.store import Q
from shared.contracts.audit import HeadSigned
from shared.effects import Cause, Draft
from shared.messaging import outbox
from shared.messaging.host.host import Host
from shared.messaging.outbox.emitter import Emitter
from shared.postgres.pool import Connection
from shared.telemetry.logs import get_logger
from shared.telemetry.traceparent import new_traceparent

EVERY_ENTRIES = 1000
EVERY = timedelta(hours=1)
LOOK_SECONDS = 2.0
LEDGER = UUID("5a1f3f0c-6d0e-5b53-9b0a-2f6b1c7d8e90")
"""The chain as an aggregate."""

log = get_logger()


class Signer:
    """Background loop of audit."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._key = host.secrets.head_key

    async def run(self) -> None:
        """Look every two seconds whether a head is due for signing."""
        while True:
            async with self._host.pool.acquire() as connection, connection.transaction():
                number = await self._sign_if_due(connection)
            if number:
                self._host.committed()
                log.info("ledger.head_signed", sequence=number)
            await asyncio.sleep(LOOK_SECONDS)

    async def _sign_if_due(self, tx: asyncpg.pool.PoolConnectionProxy) -> int:
        number, hashed, last = await store.sign_due(tx)
        now = datetime.now(UTC)
        if not is_due(number, last["number"] if last else 0, last["signed_at"] if last else None, now):
            return 0
        await sign_head(tx, self._host.emitter, self._key, number, hashed, self._host.clock.now())
        return number


async def sign_head(
    tx: Connection, emitter: Emitter, key: bytes, number: int, hashed: bytes, case_now: datetime
) -> None:
    """Sign a head, now by machine time, and tell the host."""
    now = datetime.now(UTC)
    await tx.execute(Q["add_signed_head"], number, hashed, now, sign(key, number, hashed, now).signature)
    version = await tx.fetchval("select count(*) from signed_head")
    epoch = await tx.fetchval(Q["epoch"])
    # Numbers of a lost stretch come again in the next epoch: its events have ids of their own.
    natural_key = str(number) if epoch == 1 else f"{epoch}|{number}"
    cause = Cause(uuid5(LEDGER, natural_key), LEDGER, new_traceparent(), case_now)
    event = HeadSigned(number=number, head=hashed.hex())
    await outbox.put(tx, emitter.stamp(cause, LEDGER, [Draft(event)], after=version - 1))


def is_due(number: int, last_number: int, last_at: datetime | None, now: datetime) -> bool:
    """Whether the head must be signed now: the first entry, a thousand more, or an hour with something new."""
    if number <= last_number:
        return False
    return last_at is None or number - last_number >= EVERY_ENTRIES or now - last_at >= EVERY
