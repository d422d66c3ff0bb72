"""Events in: every event becomes an entry, in one chain over all partitions."""

from datetime import datetime
from uuid import UUID

from services.audit import store
from services.audit.domain import chained, content_of, genesis
from shared.contracts.audit import AuditCounters
from shared.contracts.base import Counters
from shared.messaging.commands.router import CommandRouter, Context
from shared.messaging.events.batch import Apply, Batch
from shared.postgres.pool import Connection
from shared.telemetry.metrics import gauge


def applying(realm_tag: str) -> Apply:
    """Reaction to events: append them to the chain and notice versions that do not follow."""
    start = genesis(realm_tag)

    async def apply(tx: Connection, batch: Batch) -> None:
        number, head = await store.lock_head(tx, start)
        entries = list(chained(number, head, (content_of(event) for event in batch.events)))
        await store.add_entries(tx, entries, batch.events)
        versions = await store.aggregate_versions(tx, batch.events)
        gaps: list[UUID] = []
        for event in batch.events:
            key = (event.service, event.aggregate_id)
            if event.version != versions.get(key, 0) + 1:
                gaps.append(event.id)
            versions[key] = max(event.version, versions.get(key, 0))
        await store.save_aggregates(tx, versions, gaps)

    return apply


async def measure(connection: Connection, _: datetime) -> None:
    """How much of the chain no signed head covers, and since when (machine time)."""
    unsigned, seconds = await store.unsigned(connection)
    gauge("ledger.unsigned", unsigned)
    gauge("ledger.head_age", seconds if unsigned else 0.0)


def routes() -> CommandRouter:
    """Queries that audit answers."""

    async def counters(context: Context, _: AuditCounters) -> Counters:
        number = await context.tx.fetchval("select coalesce(max(number), 0) from head")
        return Counters(counters=await store.counters(context.tx), gauges={"ledger_entries": number})

    router = CommandRouter()
    router.add(AuditCounters, counters, lambda context, query: None, public=True)
    return router
