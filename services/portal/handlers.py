"""What portal itself answers on the bus."""

import asyncpg

from services.portal.store import Q
from services.portal.watched import SEEN
from shared.contracts.base import Counters
from shared.contracts.portal import PortalCounters
from shared.messaging.commands.router import CommandRouter, Context
from shared.postgres.pool import Connection

LAWS = {"unclear_cases": "unclear_cases", "alerts_to_excluded": "seen_by_hidden"}
GAUGES = {"open_cases_shown": "open_count", "stuck_events": "stuck_count"}


async def laws(connection: Connection | asyncpg.Pool) -> Counters:
    """Law counters of the read model."""
    counted = {name: await connection.fetchval(Q[query]) for name, query in LAWS.items()}
    return Counters(counters=counted | SEEN.snapshot())


def routes() -> CommandRouter:
    """Queries that portal answers."""

    async def counters(context: Context, _: PortalCounters) -> Counters:
        gauges = {name: await context.tx.fetchval(Q[query]) for name, query in GAUGES.items()}
        return (await laws(context.tx)).model_copy(update={"gauges": gauges, "case_now": context.now})

    router = CommandRouter()
    router.add(PortalCounters, counters, lambda context, query: None, public=True)
    return router
