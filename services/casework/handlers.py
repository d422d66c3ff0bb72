"""Events and commands in: load, decide, save."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TypeVar
from uuid import UUID

from services.casework import store
from services.casework.domain.acceptance import accept
from services.casework.domain.closing import close
from services.casework.domain.decision import decide
from services.casework.domain.notice import prove_notice
from services.casework.domain.opening import open_case
from services.casework.domain.reassignment import reassign
from services.casework.domain.receipt import Correction, correct_receipt
from services.casework.domain.refusal import refuse
from services.casework.domain.state import CaseFile
from services.casework.domain.taking import take_over
from shared.contracts.base import Counters, Done
from shared.contracts.casework import (
    Accept,
    CaseAccepted,
    CaseDecided,
    CaseRefused,
    CaseworkCounters,
    Close,
    Decide,
    NoticeProven,
    ProveNotice,
    Reassign,
    Refuse,
    TakeOver,
)
from shared.contracts.envelope import Envelope
from shared.contracts.intake import ReceiptCorrected
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import ErrorCode
from shared.decisions import Decision, Draft, numbered
from shared.directory import Directory
from shared.messaging.commands.router import CommandRouter, Context
from shared.messaging.events.batch import Apply, Batch
from shared.messaging.events.fold import folding
from shared.postgres.pool import Connection

C = TypeVar("C", TakeOver, Accept, Refuse, Decide, ProveNotice, Reassign, Close)
DecideAct = Callable[[CaseFile | None, C, str, date], Decision[CaseFile]]
"""Pure: state before, command, who, legal day; the whole new state and the events."""

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
) -> Decision[CaseFile] | None:
    if isinstance(envelope.event, ReceiptCorrected):
        return correct_receipt(state, envelope.event)
    return open_case(state, envelope, corrections.get(envelope.case_id, ()))


def routes(directory: Directory) -> CommandRouter:
    """Commands and queries that casework answers."""

    def has_a_post(context: Context, _: C) -> None:
        if not directory.posts_of(context.person.officer_id, context.today):
            raise Refused(ErrorCode.NOT_ALLOWED)

    async def counters(context: Context, _: CaseworkCounters) -> Counters:
        figures = await store.counters(context.tx)
        return Counters(
            counters={name: figure for name, figure in figures.items() if name not in GAUGES},
            gauges={name: figure for name, figure in figures.items() if name in GAUGES},
        )

    router = CommandRouter()
    router.add(TakeOver, _answering(take_over), has_a_post)
    router.add(Accept, _answering(partial(accept, directory)), has_a_post)
    router.add(Refuse, _answering(partial(refuse, directory)), has_a_post)
    router.add(Decide, _answering(partial(decide, directory)), has_a_post)
    router.add(ProveNotice, _answering(prove_notice), has_a_post)
    router.add(Reassign, _answering(partial(reassign, directory)), has_a_post)
    router.add(Close, _answering(close), has_a_post)
    router.add(CaseworkCounters, counters, lambda context, query: None, public=True)
    return router


def _answering(decide_act: DecideAct[C]) -> Callable[[Context, C], Awaitable[Done]]:
    async def answer(context: Context, command: C) -> Done:
        before = (await store.load(context.tx, [command.case_id])).get(command.case_id)
        decision = numbered(before, decide_act(before, command, context.person.officer_id, context.today))
        case = decision.state
        for draft in decision.drafts:
            await _claim_number(context, case, draft)
        await store.save(context.tx, [case])
        context.emit(case.case_id, decision.drafts, after=before.version if before else 0)
        return Done(case_id=case.case_id, version=case.version)

    return answer


async def _claim_number(context: Context, case: CaseFile, draft: Draft) -> None:
    event = draft.event
    if not isinstance(event, CaseAccepted | CaseRefused | CaseDecided | NoticeProven):
        return
    dated_on = draft.legal_at or context.today
    if not await store.claim_number(context.tx, case, event.document_number, dated_on):
        raise Refused(ErrorCode.DOCUMENT_NUMBER_TAKEN, field="document_number")
