"""Events, commands and queries in: load, decide, save."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.notify import store
from services.notify.domain import Alert, acknowledge, raise_alert
from shared.contracts.base import Counters, Done
from shared.contracts.escalation import RungFired
from shared.contracts.notify import Acknowledge, NotifyCounters
from shared.contracts.vocabulary import Medium
from shared.directory import Directory
from shared.effects import Cause, numbered
from shared.messaging.commands.router import CommandRouter, Context
from shared.messaging.events.batch import Apply, Batch
from shared.postgres.pool import Connection
from shared.telemetry.metrics import gauge

GAUGES = frozenset({"alerts_waiting", "mails_waiting"})


def applying(media: Sequence[Medium], raised: Callable[[], None]) -> Apply:
    """Reaction to events: a fired rung becomes an alert for all `media`; `raised` is called before the commit."""

    async def apply(tx: Connection, batch: Batch) -> None:
        alerts: list[Alert] = []
        for envelope in batch.events:
            if isinstance(envelope.event, RungFired):
                effect = numbered(None, raise_alert(envelope, envelope.event))
                alert = effect.state
                alerts.append(alert)
                batch.emit(Cause.of(envelope), alert.case_id, effect.drafts, after=0, aggregate_id=alert.alert_id)
        if alerts:
            await store.insert(tx, alerts, media)
            raised()

    return apply


async def measure(connection: Connection, now: datetime) -> None:
    """What waits to be acknowledged, and since when in case time."""
    waiting, overdue, first = await store.unacknowledged(connection, now)
    gauge("alerts.waiting", waiting)
    gauge("alerts.overdue", overdue)
    gauge("alerts.oldest", max(0.0, (now - first).total_seconds()) if first else 0.0)


def routes(directory: Directory) -> CommandRouter:
    """Commands and queries that notify answers."""
    officer_ids = [officer.id for officer in directory.officers()]

    async def seen(context: Context, command: Acknowledge) -> Done:
        before = await store.load(context.tx, command.alert_id)
        effect = numbered(before, acknowledge(before, context.person.officer_id, context.now))
        alert = effect.state
        if effect.drafts:
            await store.save(context.tx, alert)
            context.emit(
                alert.case_id, effect.drafts, after=alert.version - len(effect.drafts), aggregate_id=alert.alert_id
            )
        return Done(case_id=alert.case_id, version=alert.acknowledged_version or alert.version)

    async def counters(context: Context, _: NotifyCounters) -> Counters:
        figures = await store.counters(context.tx, officer_ids)
        return Counters(
            counters={name: figure for name, figure in figures.items() if name not in GAUGES},
            gauges={name: figure for name, figure in figures.items() if name in GAUGES},
        )

    router = CommandRouter()
    router.add(Acknowledge, seen, lambda context, command: None)
    router.add(NotifyCounters, counters, lambda context, query: None, public=True)
    return router
