"""What portal itself answers on the bus."""

import asyncpg

from services.portal.store import Q
from services.portal.watched import SEEN
from shared.contracts.base import Counters
from shared.contracts.portal import PortalCounters
from shared.messaging.commands import CommandRouter, Context
from shared.postgres.pool import Connection

LAWS = {"unclear_cases": "unclear_cases", "alerts_to_excluded": "seen_by_hidden"}
GAUGES = {"open_cases_shown": "open_count", "stuck_events": "stuck_count"}


async def counted(connection: Connection | asyncpg.Pool) -> Counters:
    """Law counters and gauges of the read model."""
    laws = {name: await connection.fetchval(Q[query]) for name, query in LAWS.items()}
    gauges = {name: await connection.fetchval(Q[query]) for name, query in GAUGES.items()}
    return Counters(counters=laws | SEEN.snapshot(), gauges=gauges)


def routes() -> CommandRouter:
    """Queries that portal answers."""

    async def counters(context: Context, _: PortalCounters) -> Counters:
        return (await counted(context.tx)).model_copy(update={"case_now": context.now})

    router = CommandRouter()
    router.add(PortalCounters, counters, lambda context, query: None, public=True)
    return router
