"""How a service of the house is doing, for whoever collects it; without a collector nothing here runs.

What all services share is taken together every 15 s: one query by index, two questions to NATS. The law counters scan
more, so they are asked every five minutes; they are the very answer to `q.<service>.counters`. A failure to measure is
logged and forgotten: figures never stop a service.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import nats.errors
import orjson
from faststream import BaseMiddleware
from nats.js import JetStreamContext

from shared.contracts.base import Counters, Query
from shared.contracts.bus.subjects import STREAM
from shared.effects import Cause
from shared.messaging.commands.router import CommandRouter, Context, Route
from shared.messaging.connection.failures import code_of
from shared.messaging.events.batch import Apply, Batch
from shared.messaging.outbox.emitter import Emitter
from shared.postgres.casetime import CaseClock
from shared.postgres.pool import Connection
from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import count, gauge, metrics_exported, observe
from shared.telemetry.traceparent import child_traceparent, is_sampled
from shared.telemetry.tracing import SpanKind, Stage, tracing_exported

EVERY_SECONDS = 15.0
ROUNDS_PER_LAWS = 20
"""Law counters are asked every five minutes."""

Measure = Callable[[Connection, datetime], Awaitable[None]]
"""Figures of a service's own, at this case time: one query by index, on the connection given."""

_OUTBOX_AND_HELD = """
select unsent.rows as unsent, oldest.age as unsent_s, held.rows as held, held.age as held_s
from (
    select count(*) as rows from (select from outbox_unsent limit 10000) as found
) as unsent
cross join (
    select count(*) as rows, extract(epoch from clock_timestamp() - min(held_at))::float8 as age
    from (select held_at from held order by next_try_at limit 1000) as found
) as held
left join lateral (
    select extract(epoch from clock_timestamp() - created_at)::float8 as age
    from outbox where number = (select min(number) from outbox_unsent)
) as oldest on true
"""
_NOBODY = UUID(int=0)

log = get_logger()


class Vitals:
    """The figures that one process gives about itself."""

    def __init__(
        self, *, pool: asyncpg.Pool, stream: JetStreamContext, emitter: Emitter, clock: CaseClock,
        consumer: str, caught_up: Callable[[], Awaitable[bool]] | None, router: CommandRouter | None,
        measure: Measure | None,
    ) -> None:  # fmt: skip
        self._pool = pool
        self._stream = stream
        self._emitter = emitter
        self._clock = clock
        self._consumer = consumer
        self._caught_up = caught_up
        self._counters = router.routes.get(f"q.{emitter.service}.counters") if router else None
        self._measure = measure
        self._at_end = time.monotonic()

    async def run(self) -> None:
        """Measure until cancelled; returns at once when nobody collects."""
        if not metrics_exported():
            return
        began = time.time()  # noqa: TID251 - when a process began is machine time
        rounds = 0
        while True:
            gauge("service.started", began)
            try:
                await self.take(laws=rounds % ROUNDS_PER_LAWS == 0)
            except Exception as error:
                log.warning("vitals.not_taken", error_code=code_of(error))
            rounds += 1
            await asyncio.sleep(EVERY_SECONDS)

    async def take(self, *, laws: bool) -> None:
        """Measure once."""
        gauge("database.busy", self._pool.get_size() - self._pool.get_idle_size())
        asked = time.perf_counter()
        async with self._pool.acquire() as connection:
            observe("database.wait", _ms_since(asked))
            await self._tables(connection)
            if self._measure:
                await self._measure(connection, self._clock.now())
            if laws and self._counters:
                await self._laws(connection, self._counters)
        await self._bus()

    async def _tables(self, connection: Connection) -> None:
        row = await connection.fetchrow(_OUTBOX_AND_HELD)
        assert row is not None
        gauge("outbox.unsent", row["unsent"])
        gauge("outbox.oldest", row["unsent_s"] or 0.0)
        gauge("held.waiting", row["held"])
        gauge("held.oldest", row["held_s"] or 0.0)

    async def _laws(self, connection: Connection, route: Route[Any]) -> None:
        now = self._clock.now()
        cause = Cause(_NOBODY, _NOBODY, "", now)
        query: Query = route.command()
        async with connection.transaction(readonly=True):
            context = Context(connection, None, now, cause, self._emitter, route.command.subject())
            answer = await route.handle(context, query)
        assert isinstance(answer, Counters)
        for name, violations in answer.counters.items():
            gauge("law.violations", violations, counter=name)

    async def _bus(self) -> None:
        stream = await self._stream.stream_info(STREAM)
        gauge("stream.used", stream.state.bytes)
        gauge("stream.limit", stream.config.max_bytes or -1)
        if self._caught_up is None:
            return
        try:
            consumer = await self._stream.consumer_info(STREAM, self._consumer)
        except nats.errors.Error:
            return  # a replica that stands by reads nothing
        gauge("reader.lag", consumer.num_pending or 0)
        if await self._caught_up():
            self._at_end = time.monotonic()
        gauge("reader.behind", time.monotonic() - self._at_end)


class Watched(BaseMiddleware[Any, Any]):
    """Around every command and query: how long, how it ended, and its step in the trace."""

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: Any) -> Any:
        """Answer one request."""
        subject = str(msg.raw_message.subject)
        if not subject.startswith(("cmd.", "q.")):
            return await call_next(msg)
        began = time.perf_counter()
        with Stage("command.answer", SpanKind.SERVER, {"command": subject}) as stage:
            answer = await call_next(msg)
            refused = _refusal_in(answer)
            outcome = "refused" if refused else "done"
            stage.set(outcome=outcome, error_code=refused)
        observe("commands.answer", _ms_since(began), command=subject, outcome=outcome)
        if refused:
            count("commands.refused", command=subject, error_code=refused)
        return answer


def middlewares() -> tuple[type[Watched], ...]:
    """What a broker takes; nothing when nobody collects."""
    return (Watched,) if tracing_exported() or metrics_exported() else ()


def watched(apply: Apply) -> Apply:
    """`apply`, measured, with a step for every event; `apply` itself when nobody collects."""
    if not (tracing_exported() or metrics_exported()):
        return apply

    async def run(tx: Connection, batch: Batch) -> None:
        began = time.perf_counter()
        with Stage("event.process", SpanKind.CONSUMER, {}, follows=len(batch.events) == 1) as stage:
            stage.about = {
                event.traceparent: {"event_type": event.type, "case_id": event.case_id}
                for event in batch.events
                if is_sampled(event.traceparent)
            }
            await apply(tx, batch)
            for parent in stage.about.keys() - stage.parents():
                child_traceparent(parent)  # what was read and led to nothing is a step too
        observe("reader.apply", _ms_since(began))
        count("reader.applied", len(batch.events))

    return run


def _refusal_in(answer: Any) -> str | None:
    """The error code of an answer, if it is one."""
    if not isinstance(answer, bytes) or not answer.startswith(b'{"error"'):
        return None
    return str(orjson.loads(answer)["error"]["code"])


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
