"""Events and commands in: load, decide, save."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

from services.casework import store
from services.casework.domain.acceptance import accept
from services.casework.domain.closing import close
from services.casework.domain.decision import decide
from services.casework.domain.moving import move, terminate
from services.casework.domain.notice import prove_notice
from services.casework.domain.opening import open_case
from services.casework.domain.reassignment import reassign
from services.casework.domain.receipt import Correction, correct_receipt
from services.casework.domain.refusal import refuse
from services.casework.domain.state import CaseFile
from services.casework.domain.taking import take_over
from shared.contracts.base import Counters, OnCase
from shared.contracts.bus.envelope import Envelope
from shared.contracts.casework import (
    Accept,
    CaseworkCounters,
    Close,
    Complicate,
    Decide,
    Extend,
    ProveNotice,
    Reassign,
    Refuse,
    Resume,
    Suspend,
    TakeOver,
    Terminate,
)
from shared.contracts.denial import Denied
from shared.contracts.intake import ReceiptCorrected
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Directory
from shared.effects import Effect
from shared.messaging.commands.router import CommandRouter, Context
from shared.messaging.deciding import acting, folding
from shared.messaging.events.batch import Apply, Batch
from shared.postgres.pool import Connection
from shared.procedure import Act

C = TypeVar("C", bound=OnCase)

MOVES: Mapping[Act, type[Complicate | Extend | Suspend | Resume]] = {
    Act.COMPLICATE: Complicate,
    Act.EXTEND: Extend,
    Act.SUSPEND: Suspend,
    Act.RESUME: Resume,
}
GAUGES = frozenset({"awaiting_acceptance", "awaiting_decision", "notice_owed", "open_cases"})


def applying() -> Apply:
    """Reaction to events: a confirmed classification opens a case, a corrected receipt moves its first day."""

    async def apply(tx: Connection, batch: Batch) -> None:
        await store.note_corrections(tx, batch.events)
        corrections = await store.corrections(tx, sorted({envelope.case_id for envelope in batch.events}))
        await folding(store.load, partial(_react, corrections), store.save)(tx, batch)

    return apply


def _react(
    corrections: Mapping[UUID, Sequence[Correction]], state: CaseFile | None, envelope: Envelope
) -> Effect[CaseFile] | None:
    if isinstance(envelope.event, ReceiptCorrected):
        return correct_receipt(state, envelope.event)
    return open_case(state, envelope, corrections.get(envelope.case_id, ()))


def routes(directory: Directory) -> CommandRouter:
    """Commands and queries that casework answers."""

    def has_a_post(context: Context, _: C) -> None:
        if not directory.posts_of(context.person.officer_id, context.today):
            raise Denied(ErrorCode.NOT_ALLOWED)

    async def counters(context: Context, _: CaseworkCounters) -> Counters:
        figures = await store.counters(context.tx)
        return Counters(
            counters={name: figure for name, figure in figures.items() if name not in GAUGES},
            gauges={name: figure for name, figure in figures.items() if name in GAUGES},
        )

    act = acting(store.load, store.save, store.claim_number)
    router = CommandRouter()
    router.add(TakeOver, act(take_over), has_a_post)
    router.add(Accept, act(partial(accept, directory)), has_a_post)
    router.add(Refuse, act(partial(refuse, directory)), has_a_post)
    router.add(Decide, act(partial(decide, directory)), has_a_post)
    router.add(ProveNotice, act(prove_notice), has_a_post)
    router.add(Reassign, act(partial(reassign, directory)), has_a_post)
    for act_of, command in MOVES.items():
        router.add(command, act(partial(move, directory, act_of)), has_a_post)
    router.add(Terminate, act(partial(terminate, directory)), has_a_post)
    router.add(Close, act(close), has_a_post)
    router.add(CaseworkCounters, counters, lambda context, query: None, public=True)
    return router
