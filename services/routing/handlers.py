"""Events and commands in: load, decide, save."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import TypeVar
from uuid import UUID

from services.routing import store
from services.routing.domain.confirmation import confirm
from services.routing.domain.ending import file, guide
from services.routing.domain.proposal import react
from services.routing.domain.state import Classification
from services.routing.domain.transfer import receive, send_back, transfer
from shared.contracts.base import Command, Counters, Done
from shared.contracts.refusal import Refused
from shared.contracts.routing import (
    Confirm,
    Confirmed,
    ConfirmItem,
    File,
    Guide,
    ItemResult,
    ReceiveTransfer,
    ReturnTransfer,
    RoutingCounters,
    Transfer,
)
from shared.contracts.vocabulary import ErrorCode
from shared.decisions import Decision, numbered
from shared.directory import Directory
from shared.messaging.commands.router import CommandRouter, Context
from shared.messaging.events.batch import Apply
from shared.messaging.events.fold import folding

C = TypeVar("C", Transfer, ReceiveTransfer, ReturnTransfer, Guide, File)
Decide = Callable[[Directory, Classification | None, C, str, date], Decision[Classification]]


def applying(directory: Directory, desks: frozenset[str]) -> Apply:
    """Reaction to events: a read petition becomes a proposal, a separated one an envelope."""
    return folding(store.load, partial(react, directory, desks), store.save)


def routes(directory: Directory) -> CommandRouter:
    """Commands and queries that routing answers."""

    def in_a_post(context: Context, command: Command) -> None:
        officer_id = context.person.officer_id
        if not (directory.posts_of(officer_id, context.today) or directory.acts_for(officer_id, context.today)):
            raise Refused(ErrorCode.NOT_ALLOWED)

    async def confirm_all(context: Context, command: Confirm) -> Confirmed:
        states = await store.load(context.tx, sorted({item.case_id for item in command.items}))
        changed: dict[UUID, Classification] = {}
        results = [_confirm_one(directory, context, states, changed, item) for item in command.items]
        if changed:
            await store.save(context.tx, list(changed.values()))
        return Confirmed(results=results)

    async def counters(context: Context, _: RoutingCounters) -> Counters:
        laws, gauges = await store.counters(context.tx)
        return Counters(counters=laws, gauges=gauges)

    router = CommandRouter()
    router.add(Confirm, confirm_all, in_a_post)
    router.add(Transfer, _one(directory, transfer), in_a_post)
    router.add(ReceiveTransfer, _one(directory, receive), in_a_post)
    router.add(ReturnTransfer, _one(directory, send_back), in_a_post)
    router.add(Guide, _one(directory, guide), in_a_post)
    router.add(File, _one(directory, file), in_a_post)
    router.add(RoutingCounters, counters, lambda context, query: None, public=True)
    return router


def _one(directory: Directory, decide: Decide[C]) -> Callable[[Context, C], Awaitable[Done]]:
    """The answer to a command about one letter."""

    async def answer(context: Context, command: C) -> Done:
        before = (await store.load(context.tx, [command.case_id])).get(command.case_id)
        decision = numbered(before, decide(directory, before, command, context.person.officer_id, context.today))
        context.emit(command.case_id, decision.drafts, after=before.version if before else 0)
        await store.save(context.tx, [decision.state])
        if isinstance(command, Transfer | Guide):
            dated = command.dispatched_on if isinstance(command, Transfer) else command.guided_on
            issuer = decision.state.confirmer_authority_id
            await store.claim_paper(context.tx, issuer, command.document_number, dated, command.case_id)
        return Done(case_id=command.case_id, version=decision.state.version)

    return answer


def _confirm_one(
    directory: Directory,
    context: Context,
    states: dict[UUID, Classification],
    changed: dict[UUID, Classification],
    item: ConfirmItem,
) -> ItemResult:
    before = states.get(item.case_id)
    try:
        decision = numbered(before, confirm(directory, before, item, context.person.officer_id, context.today))
    except Refused as refusal:
        context.refuse(item.case_id, refusal)
        return ItemResult(case_id=item.case_id, error=refusal.error)
    context.emit(item.case_id, decision.drafts, after=before.version if before else 0)
    states[item.case_id] = changed[item.case_id] = decision.state
    return ItemResult(case_id=item.case_id, version=decision.state.version)
