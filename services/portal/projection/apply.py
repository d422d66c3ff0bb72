"""A batch of events into the read model: load, fold, save set-based, and a signal to the pages that wait."""

from functools import partial
from uuid import UUID

from services.portal.projection import casework, intake, notify, routing, store
from services.portal.projection.case import Case, Changes, MissingCase
from services.portal.projection.escalation import clock_changes
from services.portal.projection.house import stuck_changes
from services.portal.projection.notify import alert_changes
from services.portal.projection.registry import registry_changes
from services.portal.projection.timeline import timeline_rows
from shared.contracts.bus.envelope import Envelope
from shared.contracts.intake import PetitionRegistered, PetitionSplit
from shared.directory import Directory
from shared.messaging.events.batch import Apply, Batch
from shared.postgres.pool import Connection

_CHANGES = {**intake.CHANGES, **routing.CHANGES, **casework.CHANGES, **notify.CHANGES}
_OF_CASES = frozenset({"intake", "routing", "casework", "notify"})
"""Services whose events change rows of cases."""


def applying(directory: Directory, profile: str | None) -> Apply:
    """The reader's reaction to events."""
    return partial(_apply, directory, profile)


async def _apply(directory: Directory, profile: str | None, tx: Connection, batch: Batch) -> None:
    stuck = stuck_changes(batch.events)
    touched = list({each.case_id for each in batch.events} | stuck.cases)
    before = await store.standings(tx, touched)
    cases = await store.load(tx, list({each.case_id for each in batch.events if each.service in _OF_CASES}))
    await store.save_cases(tx, fold(directory, profile, cases, batch))
    await store.save_clocks(tx, clock_changes(batch.events))
    await store.save_alerts(tx, alert_changes(batch.events))
    await store.save_registry(tx, registry_changes(batch.events))
    await store.save_stuck(tx, stuck)
    await store.save_timeline(tx, timeline_rows(batch.events))
    await store.save_tags(tx, touched)
    await store.save_tally(tx, touched, before)


def fold(directory: Directory, profile: str | None, cases: dict[UUID, Case], batch: Batch) -> list[Case]:
    """The rows that the events changed, each as it stands after the last of them.

    Raises:
        MissingCase: an event of a case that was never registered here.
    """
    changed: dict[UUID, Case] = {}
    for envelope in batch.events:
        if envelope.service not in _OF_CASES:
            continue  # whether its case is at hand depends on what else the batch holds; no row may depend on that
        before = changed.get(envelope.case_id) or cases.get(envelope.case_id)
        if isinstance(envelope.event, PetitionRegistered):
            before = intake.registered(directory, profile, envelope.event, envelope.case_id)
        changes = {**_changes(before, envelope), **(_counted(before, envelope) if before else {})}
        if before and changes:
            changed[envelope.case_id] = before.after(changes)
    return list(changed.values())


def _changes(case: Case | None, envelope: Envelope) -> Changes:
    event = envelope.event
    change = _CHANGES.get(type(event))
    if isinstance(event, PetitionSplit):
        return intake.split(event, envelope.legal_at)
    if change is None:
        return {}
    if case is None:
        raise MissingCase
    return change(case, event)


def _counted(case: Case, envelope: Envelope) -> Changes:
    """The version of a service's aggregate, which commands must name, and the trace that its last event belongs to."""
    if envelope.aggregate_id != envelope.case_id:
        return {}
    return {
        "versions": case.versions | {envelope.service: envelope.version},
        "traceparent": envelope.traceparent,
    }
