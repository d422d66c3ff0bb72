"""Events and commands in: load, decide, save."""

from uuid import UUID

from services.casework import store
from services.casework.domain.acceptance import accept
from services.casework.domain.opening import open_case
from services.casework.domain.state import CaseFile
from services.casework.domain.taking import take_over
from shared.contracts.base import Counters, Done
from shared.contracts.casework import Accept, CaseworkCounters, TakeOver
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Directory
from shared.messaging.batch import Apply
from shared.messaging.commands import CommandRouter, Context
from shared.messaging.drafts import Decision, numbered
from shared.messaging.fold import folding


def applying() -> Apply:
    """Reaction to events: a confirmed classification opens a case."""
    return folding(store.load, open_case, store.save)


def routes(directory: Directory) -> CommandRouter:
    """Commands and queries that casework answers."""

    async def taken(context: Context, command: TakeOver) -> Done:
        before = await _load(context, command.case_id)
        return await _decided(context, before, take_over(before, command, context.person.officer_id))

    async def accepted(context: Context, command: Accept) -> Done:
        before = await _load(context, command.case_id)
        decision = accept(directory, before, command, context.person.officer_id, context.today)
        case = decision.state
        if await store.number_taken(context.tx, case.authority_id, command.document_number, case.case_id):
            raise Refused(ErrorCode.DOCUMENT_NUMBER_TAKEN, field="document_number")
        return await _decided(context, before, decision)

    async def counters(context: Context, _: CaseworkCounters) -> Counters:
        wrong_holder, waiting = await store.counters(context.tx)
        return Counters(counters={"held_by_excluded": wrong_holder}, gauges={"awaiting_acceptance": waiting})

    def has_a_post(context: Context, _: TakeOver | Accept) -> None:
        if not directory.posts_of(context.person.officer_id, context.today):
            raise Refused(ErrorCode.NOT_ALLOWED)

    router = CommandRouter()
    router.add(TakeOver, taken, has_a_post)
    router.add(Accept, accepted, has_a_post)
    router.add(CaseworkCounters, counters, lambda context, query: None, public=True)
    return router


async def _load(context: Context, case_id: UUID) -> CaseFile | None:
    return (await store.load(context.tx, [case_id])).get(case_id)


async def _decided(context: Context, before: CaseFile | None, decision: Decision[CaseFile]) -> Done:
    decision = numbered(before, decision)
    await store.save(context.tx, [decision.state])
    context.emit(decision.state.case_id, decision.drafts, after=before.version if before else 0)
    return Done(case_id=decision.state.case_id, version=decision.state.version)
