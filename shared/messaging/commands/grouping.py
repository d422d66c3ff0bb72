"""Commands that wait at the same time share one transaction: while one group commits, the next gathers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from shared.contracts.base import Reply
from shared.contracts.denial import Denied
from shared.messaging import outbox
from shared.messaging.commands.asked import Asked
from shared.messaging.commands.command_log import CommandLog
from shared.messaging.commands.router import Context, Together
from shared.messaging.connection import crashpoints
from shared.messaging.connection.failures import code_of
from shared.messaging.connection.pace import Pace
from shared.postgres.pool import Connection
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
        """Answer those that can be decided together; return the rest, which is all of them when anything fails."""
        try:
            async with self._pool.acquire() as connection:
                chosen = self._chosen(group, connection)
                replies = await self._commit(connection, chosen) if chosen else []
        except Exception as error:
            log.info("command.group_split", error_code=code_of(error), command_count=len(group))
            return group
        for (each, _, _), reply in zip(chosen, replies, strict=True):
            _answer(each, reply)
        return [each for each in group if not each.answer.done()]

    def _chosen(self, group: list[Waiting], connection: Connection) -> list[tuple[Waiting, Context, object]]:
        """Those that nothing keeps from being decided together, each key once."""
        found: dict[object, tuple[Waiting, Context, object]] = {}
        for each in group:
            context = each.asked.context(connection)
            prepared = self._prepared(each.asked, context)
            if prepared is not None:
                found.setdefault(each.asked.scope, (each, context, prepared))
        return list(found.values())

    async def _commit(self, connection: Connection, chosen: list[tuple[Waiting, Context, object]]) -> Sequence[Reply]:
        async with connection.transaction():
            replies = await self._together.keep(connection, [(context, prepared) for _, context, prepared in chosen])
            await self._log.answered(connection, [each.asked for each, _, _ in chosen], replies)
            await outbox.put(connection, (event for _, context, _ in chosen for event in context.emitted))
            crashpoints.reach("command.before_commit")
        return replies

    def _prepared(self, asked: Asked, context: Context) -> object | None:
        try:
            asked.route.authorise(context, asked.command)
            return self._together.prepare(context, asked.command)
        except Denied:
            return None


def _answer(waiting: Waiting, reply: Reply) -> None:
    if not waiting.answer.done():
        waiting.answer.set_result(reply)
