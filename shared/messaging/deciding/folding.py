"""The common shape of a service's reaction: load states in one query, fold pure decisions, save set-based."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from shared.contracts.bus.envelope import Envelope
from shared.effects import Cause, Effect, Versioned, numbered
from shared.messaging.deciding.states import Load, Save
from shared.messaging.events.batch import Apply, Batch
from shared.postgres.pool import Connection

S = TypeVar("S", bound=Versioned)

Decide = Callable[[S | None, Envelope], Effect[S] | None]
"""Pure: state before and event in, whole new state and events out; None when the event changes nothing."""


def folding(load: Load[S], decide: Decide[S], save: Save[S]) -> Apply:
    """A service's `apply` made of its load, decide and save."""

    async def apply(tx: Connection, batch: Batch) -> None:
        case_ids = sorted({envelope.case_id for envelope in batch.events})
        states: dict[UUID, S] = dict(await load(tx, case_ids))
        changed: dict[UUID, S] = {}
        for envelope in batch.events:
            before = states.get(envelope.case_id)
            effect = decide(before, envelope)
            if effect is None:
                continue
            effect = numbered(before, effect)
            batch.emit(Cause.of(envelope), envelope.case_id, effect.drafts, after=before.version if before else 0)
            states[envelope.case_id] = changed[envelope.case_id] = effect.state
        if changed:
            await save(tx, list(changed.values()))

    return apply
