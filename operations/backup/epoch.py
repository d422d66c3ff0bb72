"""A new epoch of the ledger: the first entry after the restored head says what it continues and what is lost."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid5

import asyncpg

from operations.backup.happened import Losses
from services.audit import store
from services.audit.domain import chained, content_of, genesis
from services.audit.signer import LEDGER, sign_head
from services.audit.store import Q
from shared.contracts.audit import EpochOpened
from shared.effects import Cause, Draft
from shared.messaging import outbox
from shared.messaging.outbox.emitter import Emitter
from shared.telemetry.traceparent import new_traceparent

_MARK_READ = "insert into inbox (event_id) values ($1)"


@dataclass(frozen=True, slots=True)
class Opening:
    """What the epoch's entry says besides what the chain itself knows."""

    realm: str
    losses: Losses | None
    """None when neither stream nor journal was left."""
    keys_shredded_again: int
    backed_up_at: datetime
    opened_by: str
    case_now: datetime


async def open_epoch(admin: asyncpg.Connection, head_key: bytes, opening: Opening) -> EpochOpened:
    """Chain the entry, sign the head, and leave both events in audit's outbox."""
    emitter = Emitter("audit", opening.realm)
    async with admin.transaction():
        await admin.execute("set local search_path to audit")
        number, head = await store.lock_head(admin, genesis(opening.realm))
        epoch = 1 + await admin.fetchval(Q["epoch"])
        event = _event(epoch, number, head, opening)
        aggregate = uuid5(LEDGER, f"epoch|{epoch}")
        cause = Cause(aggregate, LEDGER, new_traceparent(), opening.case_now, opening.opened_by)
        envelopes = list(emitter.stamp(cause, LEDGER, [Draft(event)], after=0, aggregate_id=aggregate))
        entries = list(chained(number, head, [content_of(envelopes[0])]))
        await store.add_entries(admin, entries, envelopes)
        await store.save_aggregates(admin, {("audit", aggregate): 1}, [])
        await admin.execute(Q["open_epoch"], epoch)
        await outbox.put(admin, envelopes)
        await admin.execute(_MARK_READ, envelopes[0].id)  # it is in the chain; audit's reader must not add it again
        await sign_head(admin, emitter, head_key, entries[-1].number, entries[-1].hash, opening.case_now)
    return event


def _event(epoch: int, number: int, head: bytes, opening: Opening) -> EpochOpened:
    losses = opening.losses
    later = max((each for each in losses.heads if each > number), default=None) if losses else None
    return EpochOpened(
        epoch=epoch,
        continues_number=number,
        continues_head=head.hex(),
        later_number=later,
        later_head=losses.heads[later] if losses and later else None,
        entries_lost=losses.events if losses else None,
        keys_shredded_again=opening.keys_shredded_again,
        backed_up_at=opening.backed_up_at,
        opened_by=opening.opened_by,
    )
