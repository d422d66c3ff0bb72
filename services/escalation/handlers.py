"""Events and queries in: load, decide, save."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from services.escalation import store
from services.escalation.domain.reaction import decide
from services.escalation.domain.state import Watched
from shared.contracts.base import Counters
from shared.contracts.escalation import EscalationCounters
from shared.directory import Directory
from shared.messaging.commands.router import CommandRouter, Context
from shared.messaging.deciding import folding
from shared.messaging.events.batch import Apply
from shared.postgres.pool import Connection
from shared.telemetry.metrics import gauge

GAUGES = frozenset({"live_clocks", "due_soon", "overdue"})


def applying(directory: Directory, changed: Callable[[datetime | None], None]) -> Apply:
    """Reaction to events; `changed` hears, before the commit, when the first of the written clocks is due."""

    async def save(tx: Connection, states: Sequence[Watched]) -> None:
        await store.save(tx, states)
        instants = (clock.next_fire_at for state in states for clock in state.clocks)
        changed(min((instant for instant in instants if instant is not None), default=None))

    return folding(store.load, partial(decide, directory), save)


async def measure(connection: Connection, now: datetime) -> None:
    """How far the ticker is behind."""
    due = await store.next_due(connection)
    gauge("clocks.behind", max(0.0, (now - due).total_seconds()) if due else 0.0)


def routes() -> CommandRouter:
    """Queries that escalation answers."""

    async def counters(context: Context, _: EscalationCounters) -> Counters:
        figures = await store.counters(context.tx, context.now)
        return Counters(
            counters={name: figure for name, figure in figures.items() if name not in GAUGES},
            gauges={name: figure for name, figure in figures.items() if name in GAUGES},
            case_now=context.now,
        )

    router = CommandRouter()
    router.add(EscalationCounters, counters, lambda context, query: None, public=True)
    return router
