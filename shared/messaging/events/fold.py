"""The common shape of a service's reaction: load states in one query, fold a pure decision, save set-based."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from shared.contracts.envelope import Envelope
from shared.decisions import Cause, Decision, Versioned, numbered
from shared.messaging.events.batch import Apply, Batch
from shared.postgres.pool import Connection

S = TypeVar("S", bound=Versioned)

Load = Callable[[Connection, Sequence[UUID]], Awaitable[Mapping[UUID, S]]]
"""Load and lock the states of these cases (`for update`, ordered by id)."""
Decide = Callable[[S | None, Envelope], Decision[S] | None]
"""Pure: state before and event in, whole new state and events out; None when the event changes nothing."""
Save = Callable[[Connection, Sequence[S]], Awaitable[None]]
"""Write whole states, set-based."""


def folding(load: Load[S], decide: Decide[S], save: Save[S]) -> Apply:
    """A service's `apply` made of its load, decide and save."""

    async def apply(tx: Connection, batch: Batch) -> None:
        case_ids = sorted({envelope.case_id for envelope in batch.events})
        states: dict[UUID, S] = dict(await load(tx, case_ids))
        changed: dict[UUID, S] = {}
        for envelope in batch.events:
            before = states.get(envelope.case_id)
            decision = decide(before, envelope)
            if decision is None:
                continue
            decision = numbered(before, decision)
            batch.emit(Cause.of(envelope), envelope.case_id, decision.drafts, after=before.version if before else 0)
            states[envelope.case_id] = changed[envelope.case_id] = decision.state
        if changed:
            await save(tx, list(changed.values()))

    return apply
