"""The common shape of an act on a case: load its state, decide purely, claim the numbers of its papers, save, tell."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Protocol, TypeVar
from uuid import UUID

from shared.contracts.base import Done, Paper
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.effects import Effect, Versioned, numbered
from shared.messaging.commands.router import Context
from shared.messaging.deciding.states import Load, Save
from shared.postgres.pool import Connection


class OfCase(Protocol):
    """A command that names its case."""

    @property
    def case_id(self) -> UUID: ...  # noqa: D102


S = TypeVar("S", bound=Versioned)
A = TypeVar("A", bound=OfCase)

Decide = Callable[[S | None, A, str, date], Effect[S]]
"""Pure: state before, command, who, legal day in; the whole new state and the events out.

Raises Denied.
"""
Claim = Callable[[Connection, S, str, date], Awaitable[bool]]
"""Give a paper of that day its number in the series of the state's authority; False when another paper bears it."""


def acting(
    load: Load[S], save: Save[S], claim: Claim[S]
) -> Callable[[Decide[S, A]], Callable[[Context, A], Awaitable[Done]]]:
    """What makes a command's handler of its decision: the twin of :func:`shared.messaging.deciding.folding.folding`."""

    def handler(decide: Decide[S, A]) -> Callable[[Context, A], Awaitable[Done]]:
        async def answer(context: Context, command: A) -> Done:
            before = (await load(context.tx, [command.case_id])).get(command.case_id)
            effect = numbered(before, decide(before, command, context.person.officer_id, context.today))
            for draft in effect.drafts:
                if isinstance(draft.event, Paper):
                    dated_on = draft.legal_at or context.today
                    if not await claim(context.tx, effect.state, draft.event.document_number, dated_on):
                        raise Denied(ErrorCode.DOCUMENT_NUMBER_TAKEN, field="document_number")
            await save(context.tx, [effect.state])
            context.emit(command.case_id, effect.drafts, after=before.version if before else 0)
            return Done(case_id=command.case_id, version=effect.state.version)

        return answer

    return handler
