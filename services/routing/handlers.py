"""Events and commands in: load, decide, save."""

from functools import partial
from uuid import UUID

from services.routing import store
from services.routing.domain.confirmation import confirm
from services.routing.domain.proposal import propose
from services.routing.domain.state import Classification
from shared.contracts.base import Counters
from shared.contracts.refusal import Refused
from shared.contracts.routing import Confirm, Confirmed, ConfirmItem, ItemResult, RoutingCounters
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Directory, Role
from shared.messaging.batch import Apply
from shared.messaging.commands import CommandRouter, Context
from shared.messaging.drafts import numbered
from shared.messaging.fold import folding


def applying(directory: Directory) -> Apply:
    """Reaction to events: a read petition becomes a proposal."""
    return folding(store.load, partial(propose, directory), store.save)


def routes(directory: Directory) -> CommandRouter:
    """Commands and queries that routing answers."""

    def may_confirm(context: Context, command: Confirm) -> None:
        posts = directory.posts_of(context.person.officer_id, context.today)
        acting = directory.acts_for(context.person.officer_id, context.today)
        if not any(post.role in (Role.HANDLER, Role.HEAD) for post in (*posts, *acting)):
            raise Refused(ErrorCode.NOT_ALLOWED)

    async def confirm_all(context: Context, command: Confirm) -> Confirmed:
        states = await store.load(context.tx, sorted({item.case_id for item in command.items}))
        changed: dict[UUID, Classification] = {}
        results = [_confirm_one(directory, context, states, changed, item) for item in command.items]
        if changed:
            await store.save(context.tx, list(changed.values()))
        return Confirmed(results=results)

    async def counters(context: Context, _: RoutingCounters) -> Counters:
        incomplete, waiting = await store.counters(context.tx)
        return Counters(counters={"confirmed_without_holder": incomplete}, gauges={"awaiting_confirmation": waiting})

    router = CommandRouter()
    router.add(Confirm, confirm_all, may_confirm)
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
        decision = numbered(before, confirm(directory, before, item, context.person.officer_id, context.today))
    except Refused as refusal:
        context.refuse(item.case_id, refusal)
        return ItemResult(case_id=item.case_id, error=refusal.error)
    context.emit(item.case_id, decision.drafts, after=before.version if before else 0)
    states[item.case_id] = changed[item.case_id] = decision.state
    return ItemResult(case_id=item.case_id, version=decision.state.version)
