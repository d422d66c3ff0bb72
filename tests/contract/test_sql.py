"""SQL in files fits the migrated schema in the service's own role; the hot queries find their rows by index."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.contracts.house import SERVICES
from shared.messaging.events import batch, held
from shared.messaging.host import vitals
from shared.messaging.outbox import relay
from tests.contract import sql
from tests.world import Servers, World, open_world


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    async with open_world(servers) as found:
        yield found


@pytest.mark.parametrize("service", SERVICES)
async def test_every_query_of_a_service_is_valid_in_its_own_role(world: World, service: str) -> None:
    failed = {}
    async with world.database(service) as connection:
        for name, text in sql.of_service(service).items():
            try:
                await connection.prepare(text)
            except asyncpg.PostgresError as error:
                failed[name] = str(error)
    assert failed == {}


def test_the_sql_of_messaging_is_found() -> None:
    modules = {name.split(".")[0] for name in sql.of_messaging()}
    assert modules == {"batch", "command_log", "held", "partitions", "pruning", "realm", "relay", "rows", "vitals"}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_query_of_messaging_is_valid_in_every_role(world: World, service: str) -> None:
    async with world.database(service) as connection:
        for text in sql.of_messaging().values():
            await connection.prepare(text)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_query_has_its_purpose_written(service: str) -> None:
    for name, text in sql.of_service(service).items():
        assert text.strip(), name


_LOAD = """
insert into outbox (event_id, case_id, subject, headers, body)
select gen_random_uuid(), gen_random_uuid(), 'evt.0.routing.a.b', repeat('h', 600), repeat('b', 400)
from generate_series(1, 40000) as n;
with gone as (delete from outbox_unsent where number <= 20000 returning number)
insert into outbox_sent select number, number from gone;
insert into inbox (event_id, received_at) select gen_random_uuid(), now() - make_interval(mins => n)
from generate_series(1, 40000) as n;
insert into held (event_id, sequence, partition, case_id, event_type, subject, headers, body, error, next_try_at)
select gen_random_uuid(), n, n % 16, gen_random_uuid(), 'a.b.c', 's', repeat('h', 600), '', 'waits_behind',
    now() + make_interval(mins => n)
from generate_series(1, 20000) as n;
insert into command_log (actor_id, command, key, fingerprint, reply, answered_at)
select 'le-lai-03', 'cmd.routing.confirm', gen_random_uuid(), '', '{}', now() - make_interval(mins => n)
from generate_series(1, 40000) as n;
"""
IDS = [uuid4() for _ in range(50)]
ONE = uuid4()
HOT: dict[str, tuple[str, list[Any], str]] = {
    "what is unsent": (relay._UNSENT, [500], "outbox_pkey"),
    "marking what was sent": (relay._MARK, [[1, 2, 3], [4, 5, 6], ONE], "outbox_unsent_pkey"),
    "which cases wait": (batch._NEW, [IDS, IDS], "held_by_case"),
    "the held events of a case": (held._CASE, [ONE], "held_by_case"),
    "what the sampler takes": (vitals._OUTBOX_AND_HELD, [], "outbox_pkey"),
    "releasing": (held._DELETE, [ONE], "held_pkey"),
    "unblocking": (held._UNBLOCK, [ONE], "held_by_case"),
    "an answer given before": (
        "select fingerprint, reply from command_log where actor_id = $1 and command = $2 and key = $3",
        ["le-lai-03", "cmd.routing.confirm", ONE],
        "command_log_pkey",
    ),
}


@pytest.fixture(scope="module")
async def loaded(world: World) -> AsyncIterator[asyncpg.Connection]:
    """routing's schema with tens of thousands of rows, analysed."""
    admin = await asyncpg.connect(world.database_url)
    await admin.execute(f"set search_path = routing; {_LOAD}")
    await admin.execute("analyze routing.outbox, routing.outbox_unsent, routing.inbox, routing.held")
    await admin.execute("analyze routing.command_log")
    await admin.close()
    async with world.database("routing") as connection:
        yield connection


@pytest.mark.parametrize("what", HOT)
async def test_a_hot_query_goes_by_index(loaded: asyncpg.Connection, what: str) -> None:
    text, arguments, index = HOT[what]
    transaction = loaded.transaction()
    await transaction.start()
    try:
        plan = json.loads(await loaded.fetchval(f"explain (format json) {text}", *arguments))
    finally:
        await transaction.rollback()
    nodes = list(_nodes(plan[0]["Plan"]))
    assert index in {node.get("Index Name") for node in nodes}
    big = {"outbox", "outbox_sent", "inbox", "held", "command_log"}
    assert not [node for node in nodes if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in big]


async def test_a_known_event_is_dropped_by_key(loaded: asyncpg.Connection) -> None:
    plan = json.loads(await loaded.fetchval(f"explain (format json) {batch._NEW}", IDS, IDS))
    node = next(node for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "ModifyTable")
    assert node["Conflict Resolution"] == "NOTHING"
    assert not [each for each in _nodes(plan[0]["Plan"]) if each["Node Type"] == "Seq Scan"]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
