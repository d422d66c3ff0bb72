"""Events and commands in: load, decide, save."""

from functools import partial
from uuid import UUID

from services.routing import store
from services.routing.domain.confirmation import confirm
from services.routing.domain.ending import file, guide
from services.routing.domain.proposal import react
from services.routing.domain.state import Classification
from services.routing.domain.transfer import receive, send_back, transfer
from shared.contracts.base import Command, Counters
from shared.contracts.denial import Denied
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
from shared.directory import Directory
from shared.effects import numbered
from shared.messaging.commands.router import CommandRouter, Context
from shared.messaging.deciding import acting, folding
from shared.messaging.events.batch import Apply


def applying(directory: Directory, desks: frozenset[str]) -> Apply:
    """Reaction to events: a read petition becomes a proposal, a separated one an envelope."""
    return folding(store.load, partial(react, directory, desks), store.save)


def routes(directory: Directory) -> CommandRouter:
    """Commands and queries that routing answers."""

    def in_a_post(context: Context, command: Command) -> None:
        officer_id = context.person.officer_id
        if not (directory.posts_of(officer_id, context.today) or directory.acts_for(officer_id, context.today)):
            raise Denied(ErrorCode.NOT_ALLOWED)

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

    act = acting(store.load, store.save, store.claim_number)
    router = CommandRouter()
    router.add(Confirm, confirm_all, in_a_post)
    router.add(Transfer, act(partial(transfer, directory)), in_a_post)
    router.add(ReceiveTransfer, act(partial(receive, directory)), in_a_post)
    router.add(ReturnTransfer, act(partial(send_back, directory)), in_a_post)
    router.add(Guide, act(partial(guide, directory)), in_a_post)
    router.add(File, act(partial(file, directory)), in_a_post)
    router.add(RoutingCounters, counters, lambda context, query: None, public=True)
    return router


def _confirm_one(
    directory: Directory,
    context: Context,
    states: dict[UUID, Classification],
    changed: dict[UUID, Classification],
    item: ConfirmItem,
) -> ItemResult:
    before = states.get(item.case_id)
    try:
        effect = numbered(before, confirm(directory, before, item, context.person.officer_id, context.today))
    except Denied as denied:
        context.deny(item.case_id, denied)
        return ItemResult(case_id=item.case_id, error=denied.error)
    context.emit(item.case_id, effect.drafts, after=before.version if before else 0)
    states[item.case_id] = changed[item.case_id] = effect.state
    return ItemResult(case_id=item.case_id, version=effect.state.version)
