"""A consumer of the house made for tests: a service's schema and rights, an `apply` that notes or fails as told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from nats.aio.client import Client
from nats.js import JetStreamContext

from shared.contracts.bus.envelope import Envelope
from shared.contracts.bus.flows import consumed_types
from shared.contracts.bus.subjects import STREAM
from shared.contracts.casework import CaseOpened
from shared.contracts.vocabulary import Kind, Result, Task
from shared.effects import Cause, Draft
from shared.messaging import outbox
from shared.messaging.connection.loops import end
from shared.messaging.events import held
from shared.messaging.events.batch import Applier, Batch
from shared.messaging.events.reader import Reader
from shared.messaging.outbox.emitter import Emitter
from shared.messaging.outbox.publish import Publisher
from shared.messaging.outbox.relay import Relay
from shared.postgres.pool import Connection, create_pool, service_dsn
from shared.security.secrets import ServiceSecrets
from tests.escalation_events import AUTHORITY, HOLDER, confirmed, told
from tests.world import World, until

_NEW_BOOKS = """
create table if not exists casework.noted (
    place bigint generated always as identity primary key, event_id uuid not null, case_id uuid not null,
    step integer not null
);
truncate casework.noted, {service}.held, {service}.inbox, {service}.outbox, {service}.outbox_unsent,
    {service}.outbox_sent;
update {service}.position set sequence = {last};
update {service}.relay_lease set until = '-infinity';
"""
OPENED = CaseOpened(
    kind=Kind.COMPLAINT,
    authority_id=AUTHORITY,
    holder_id=HOLDER,
    task=Task.TAKE_OVER,
    expected_result=Result.HOLDER_IN_CHARGE,
)

Poison = Callable[[Connection], Awaitable[None]]


def letters(world: World, case_id: UUID | None = None, *, count: int = 1, first: int = 1) -> list[Envelope]:
    """Consecutive events of one case, numbered in their versions."""
    case = case_id or uuid4()
    return [told(confirmed(), case_id=case, realm=world.tag, version=step) for step in range(first, first + count)]


@dataclass
class Room:
    """One service's parts on real servers."""

    world: World
    service: str
    dsn: str
    pool: asyncpg.Pool
    connection: Client
    stream: JetStreamContext
    emitter: Emitter
    poison: dict[UUID, Poison] = field(default_factory=dict)
    commits: int = 0

    async def apply(self, tx: Connection, batch: Batch) -> None:
        for envelope in batch.events:
            if envelope.id in self.poison:
                await self.poison[envelope.id](tx)
            await tx.execute(
                "insert into noted (event_id, case_id, step) values ($1, $2, $3)",
                envelope.id,
                envelope.case_id,
                envelope.version,
            )
            batch.emit(Cause.of(envelope), envelope.case_id, [Draft(OPENED)], after=envelope.version - 1)

    def applier(self) -> Applier:
        return Applier(self.pool, self.emitter, self.apply, consumed_types(self.service), self._committed)

    def reader(self, replica: int = 0) -> Reader:
        return Reader(
            service=self.service,
            replica=replica,
            dsn=self.dsn,
            pool=self.pool,
            connection=self.connection,
            applier=self.applier(),
        )

    def relay(self) -> Relay:
        return Relay(self.pool, Publisher(self.connection))

    def _committed(self) -> None:
        self.commits += 1

    async def put(self, envelopes: Sequence[Envelope]) -> None:
        """Commit events to the outbox."""
        async with self.pool.acquire() as connection, connection.transaction():
            await outbox.put(connection, envelopes)

    async def noted(self) -> list[tuple[UUID, int]]:
        """Case and step of what was applied, in order."""
        rows = await self.pool.fetch("select case_id, step from noted order by place")
        return [(row["case_id"], row["step"]) for row in rows]

    async def steps(self, case_id: UUID) -> list[int]:
        return [step for case, step in await self.noted() if case == case_id]

    async def until_noted(self, count: int) -> list[tuple[UUID, int]]:
        async def enough() -> list[tuple[UUID, int]] | None:
            found = await self.noted()
            return found if len(found) >= count else None

        found: list[tuple[UUID, int]] = await until(enough, seconds=30)
        return found

    async def held(self) -> list[tuple[UUID, str, int]]:
        """Event, error and tries of what is held, in order of the stream."""
        rows = await self.pool.fetch("select event_id, error, tries from held order by sequence")
        return [(row["event_id"], row["error"], row["tries"]) for row in rows]

    async def until_held(self, count: int) -> list[tuple[UUID, str, int]]:
        async def so_many() -> bool:
            return len(await self.held()) == count

        await until(so_many)
        return await self.held()

    async def ask_retry(self, event_id: UUID | None) -> int:
        """As the operator does."""
        async with self.pool.acquire() as connection:
            return await held.ask_retry(connection, event_id)

    async def until_read(self, sequence: int) -> None:
        async def read() -> bool:
            return bool(await self.pool.fetchval("select min(sequence) >= $1 from position", sequence))

        await until(read)

    async def until_sent(self) -> None:
        async def all_sent() -> bool:
            return not await self.pool.fetchval("select count(*) from outbox_unsent")

        await until(all_sent, seconds=30)

    async def emitted(self, event_type: str) -> int:
        """How many events of a type the outbox has."""
        count: int = await self.pool.fetchval("select count(*) from outbox where subject like '%.' || $1", event_type)
        return count


@asynccontextmanager
async def open_room(world: World, service: str = "casework") -> AsyncIterator[Room]:
    """The room of a service as if nothing had happened before; for casework with the table `noted`."""
    dsn = service_dsn(world.database_url, service, ServiceSecrets.load(world.secrets, service).database_password)
    pool = await create_pool(dsn, application=f"{service}-test")
    try:
        async with world.bus(service, max_reconnect_attempts=-1, reconnect_time_wait=0.1) as connection:
            stream = JetStreamContext(connection, timeout=5)
            await _renew(world, service, (await stream.stream_info(STREAM)).state.last_seq)
            yield Room(world, service, dsn, pool, connection, stream, Emitter(service, world.tag))
    finally:
        pool.terminate()


async def _renew(world: World, service: str, last: int) -> None:
    admin = await asyncpg.connect(world.database_url)
    try:
        await admin.execute(_NEW_BOOKS.format(service=service, last=last))
    finally:
        await admin.close()


@asynccontextmanager
async def running(*loops: Coroutine[Any, Any, None]) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """Loops in the background, ended at the end; one that failed is raised."""
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield tasks
    finally:
        await end(tasks)
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
