"""Commands that wait at the same time share one transaction: while one group commits, the next gathers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg

from shared.contracts.base import Reply
from shared.contracts.refusal import Refused
from shared.messaging import crashpoints, outbox
from shared.messaging.asked import Asked
from shared.messaging.command_log import CommandLog
from shared.messaging.commands import Context, Together
from shared.messaging.failures import code_of
from shared.messaging.pace import Pace
from shared.telemetry.logs import get_logger

MOST = 64

log = get_logger()


@dataclass(slots=True)
class Waiting:
    """A command in the queue and who waits for its answer."""

    asked: Asked
    answer: "asyncio.Future[Reply]"


class Group:
    """Decides the commands of one route. A command that stands out goes alone and is never refused here."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        command_log: CommandLog,
        together: Together[Any, Any],
        alone: Callable[[Asked], Awaitable[Reply]],
    ) -> None:
        self._pool = pool
        self._log = command_log
        self._together = together
        self._alone = alone
        self._waiting: list[Waiting] = []
        self._pace = Pace()
        self._working: asyncio.Task[None] | None = None

    async def decide(self, asked: Asked) -> Reply:
        """The answer, once it is committed."""
        waiting = Waiting(asked, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await waiting.answer

    async def _work(self) -> None:
        while self._waiting:
            await self._pace.keep()
            self._pace.began()
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            left = await self._decide_together(group) if len(group) > 1 else group
            await asyncio.gather(*(self._decide_alone(each) for each in left))

    async def _decide_alone(self, waiting: Waiting) -> None:
        try:
            reply = await self._alone(waiting.asked)
        except Exception as error:
            if not waiting.answer.done():
                waiting.answer.set_exception(error)
        else:
            _answer(waiting, reply)

    async def _decide_together(self, group: list[Waiting]) -> list[Waiting]:
        """Answer those that can be decided together; return the rest."""
        seen: set[object] = set()
        chosen: list[Waiting] = []
        async with self._pool.acquire() as connection:
            contexts: list[tuple[Context, object]] = []
            for each in group:
                context = each.asked.context(connection)
                prepared = self._prepared(each.asked, context)
                if prepared is not None and each.asked.scope not in seen:
                    seen.add(each.asked.scope)
                    chosen.append(each)
                    contexts.append((context, prepared))
            if not chosen:
                return group
            try:
                async with connection.transaction():
                    replies = await self._together.keep(connection, contexts)
                    await self._log.answered(connection, [each.asked for each in chosen], replies)
                    await outbox.put(connection, (event for context, _ in contexts for event in context.emitted))
                    crashpoints.reach("command.before_commit")
            except Exception as error:
                log.info("command.group_split", error_code=code_of(error), command_count=len(chosen))
                return group
        for each, reply in zip(chosen, replies, strict=True):
            _answer(each, reply)
        done = set(map(id, chosen))
        return [each for each in group if id(each) not in done]

    def _prepared(self, asked: Asked, context: Context) -> object | None:
        try:
            asked.route.authorise(context, asked.command)
            return self._together.prepare(context, asked.command)
        except Refused:
            return None


def _answer(waiting: Waiting, reply: Reply) -> None:
    if not waiting.answer.done():
        waiting.answer.set_result(reply)
