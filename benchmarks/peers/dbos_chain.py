"""A letter as a DBOS workflow of five steps, taken from a queue."""

import asyncio
import time

from benchmarks.peers.roles import paced, ready, until_told
from benchmarks.peers.steps import STEPS, letter_id, sealed_text
from benchmarks.peers.trial import BATCH, Peer, trial

_PEER = Peer("dbos", "benchmarks.peers.dbos_chain", "peer_dbos")
_APPLICATION, _VERSION, _QUEUE = "peers", "1", "letters"

PROCESSES = 2
CONCURRENCY = 16
"""Workflows at a time in one process. Both were best on two busy cores; `--tune` finds them anew."""
POLLING_S = 0.05
"""DBOS finds queued workflows by polling alone; its default of 1 s would be the measure of everything."""
DURABLE = "step"
"""`transaction` is DBOS's datasource (exactly once); `step` is its plain step, whose effects must be repeatable.
The faster of the two is taken: the steps here may be repeated."""


async def measure(
    database_url: str,
    letters: int,
    *,
    processes: int = PROCESSES,
    concurrency: int = CONCURRENCY,
    durable: str = DURABLE,
    polling_s: float = POLLING_S,
) -> dict[str, object]:
    """Measure DBOS on a database of its own; raises what trial raises."""
    settings = {"concurrency": concurrency, "durable": durable, "polling_s": polling_s}
    return await trial(_PEER, database_url, letters, processes=processes, settings=settings)


async def _setup(*, database_url: str, **_: object) -> None:
    from dbos import DBOS, AsyncSQLAlchemyDatasource

    await asyncio.to_thread(DBOS.migrate, database_url)
    await AsyncSQLAlchemyDatasource.migrate(database_url)
    ready()


async def _worker(
    *, database_url: str, name: str, concurrency: int, durable: str, polling_s: float, **_: object
) -> None:
    from dbos import DBOS, AsyncSQLAlchemyDatasource
    from psycopg_pool import AsyncConnectionPool

    DBOS(
        config={
            "name": _APPLICATION,
            "application_version": _VERSION,
            "executor_id": name,
            "system_database_url": database_url,
            "run_migrations": False,
            "log_level": "ERROR",
        }
    )
    connections = min(concurrency, 20)  # as many as DBOS's own pool has by default
    source = await AsyncSQLAlchemyDatasource.create(
        database_url, engine_kwargs={"pool_size": connections, "max_overflow": 0}, run_migrations=False
    )
    # One statement is one transaction, so the plain step needs no BEGIN and COMMIT around it.
    pool = AsyncConnectionPool(
        database_url, min_size=4, max_size=connections, kwargs={"autocommit": True}, timeout=60, open=False
    )

    async def in_transaction(statement: str, given: dict[str, object]) -> None:
        connection = await source.sql_session().connection()
        await connection.exec_driver_sql(statement, given)

    async def in_step(statement: str, given: dict[str, object]) -> None:
        async with pool.connection() as connection:
            await connection.execute(statement, given)

    if durable == "transaction":
        # The head of the ledger is written by all: above READ COMMITTED nearly every last step would be retried.
        steps = {
            step: source.transaction(in_transaction, name=step, isolation_level="READ COMMITTED") for step in STEPS
        }
    else:
        steps = {step: DBOS.step(name=step)(in_step) for step in STEPS}

    @DBOS.workflow(name="letter")
    async def letter(case_id: str, sealed: str, sent_at: float) -> None:
        given: dict[str, object] = {"case_id": case_id, "sealed": sealed, "sent_at": sent_at}
        for step, statement in STEPS.items():
            await steps[step](statement, given)

    async with pool:
        DBOS.launch()
        await DBOS.register_queue_async(_QUEUE, worker_concurrency=concurrency, polling_interval_sec=polling_s)
        ready()
        await until_told()
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=10)
    await source.engine.dispose()


async def _client(*, database_url: str, first: int, count: int, per_second: float | None, **_: object) -> None:
    from dbos import DBOSClient, EnqueueOptions
    from sqlalchemy import create_engine, make_url

    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    client = DBOSClient(system_database_url=database_url, application_name=_APPLICATION)
    options: EnqueueOptions = {"workflow_name": "letter", "queue_name": _QUEUE, "app_version": _VERSION}

    def named(number: int) -> tuple[EnqueueOptions, str]:
        case_id = str(letter_id(number))
        return {**options, "workflow_id": case_id}, case_id

    def send(numbers: range) -> None:
        with engine.begin() as connection:
            for number in numbers:
                told, case_id = named(number)
                client.enqueue_in_transaction(connection, told, case_id, sealed_text(), time.time())

    ready()
    if per_second is None:
        for start in range(first, first + count, BATCH):
            await asyncio.to_thread(send, range(start, min(start + BATCH, first + count)))
    else:
        async for number in paced(first, count, per_second):
            told, case_id = named(number)
            await client.enqueue_async(told, case_id, sealed_text(), time.time())
    await until_told()
    client.destroy()
    engine.dispose()


ROLES = {"setup": _setup, "worker": _worker, "client": _client}
