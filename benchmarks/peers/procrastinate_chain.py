"""A letter as a chain of five Procrastinate jobs: each writes and defers the next in one transaction."""

import asyncio
import time
from typing import TYPE_CHECKING

from benchmarks.peers.roles import paced, ready, until_told
from benchmarks.peers.steps import STEPS, letter_id, sealed_text
from benchmarks.peers.trial import BATCH, Peer, trial

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.tasks import Task
    from psycopg_pool import AsyncConnectionPool

_PEER = Peer("procrastinate", "benchmarks.peers.procrastinate_chain", "peer_procrastinate")
_CHAIN = list(STEPS)

PROCESSES = 3
CONCURRENCY = 16
"""Jobs at a time in one process. Both were best on two busy cores; `--tune` finds them anew."""
DELETE_JOBS = "successful"
"""Done jobs are deleted, or they are kept and the queue's table grows (`never`)."""


async def measure(
    database_url: str,
    letters: int,
    *,
    processes: int = PROCESSES,
    concurrency: int = CONCURRENCY,
    delete_jobs: str = DELETE_JOBS,
) -> dict[str, object]:
    """Measure Procrastinate on a database of its own; raises what trial raises."""
    settings = {"concurrency": concurrency, "delete_jobs": delete_jobs, "listen_notify": True}
    return await trial(_PEER, database_url, letters, processes=processes, settings=settings)


def _application(database_url: str, connections: int) -> "tuple[App, AsyncConnectionPool, dict[str, Task]]":
    from procrastinate import App, PsycopgConnector
    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    async def commit_by_statement(connection: AsyncConnection) -> None:
        await connection.set_autocommit(True)

    # Handed to Procrastinate ready-made: its own would ask the server whether it lives before every use.
    # Its queries are single statements, so they need no BEGIN and COMMIT around them.
    pool = AsyncConnectionPool(
        database_url, min_size=4, max_size=connections, configure=commit_by_statement, timeout=60, open=False
    )
    app = App(connector=PsycopgConnector())
    tasks: dict[str, Task] = {}

    def task_of(step: str, following: str | None) -> None:
        @app.task(name=step)
        async def run(**given: object) -> None:
            async with pool.connection() as connection, connection.transaction():
                await connection.execute(STEPS[step], given)
                if following:
                    given.pop("sealed", None)
                    await tasks[following].configure(connection=connection).defer_async(**given)

        tasks[step] = run

    for step, following in zip(_CHAIN, [*_CHAIN[1:], None], strict=True):
        task_of(step, following)
    return app, pool, tasks


async def _setup(*, database_url: str, **_: object) -> None:
    app, pool, _tasks = _application(database_url, 4)
    async with pool, app.open_async(pool):
        await app.schema_manager.apply_schema_async()
    ready()


async def _worker(*, database_url: str, name: str, concurrency: int, delete_jobs: str, **_: object) -> None:
    app, pool, _tasks = _application(database_url, min(concurrency, 20) + 4)  # 4: fetching, marking done, heartbeat
    async with pool, app.open_async(pool):
        work = asyncio.create_task(
            app.run_worker_async(
                name=name,
                concurrency=concurrency,
                listen_notify=True,
                delete_jobs=delete_jobs,
                install_signal_handlers=False,
            )
        )
        ready()
        await asyncio.wait([work, told := asyncio.create_task(until_told())], return_when=asyncio.FIRST_COMPLETED)
        if told.done():
            work.cancel()
        await asyncio.gather(work, return_exceptions=told.done())


async def _client(*, database_url: str, first: int, count: int, per_second: float | None, **_: object) -> None:
    app, pool, tasks = _application(database_url, 4)

    def letter(number: int) -> dict[str, object]:
        return {"case_id": str(letter_id(number)), "sealed": sealed_text(), "sent_at": time.time()}

    async with pool, app.open_async(pool):
        ready()
        start = tasks[_CHAIN[0]]
        if per_second is None:
            for begin in range(first, first + count, BATCH):
                numbers = range(begin, min(begin + BATCH, first + count))
                await start.batch_defer_async(*map(letter, numbers))
        else:
            async for number in paced(first, count, per_second):
                await start.defer_async(**letter(number))
        await until_told()


ROLES = {"setup": _setup, "worker": _worker, "client": _client}
