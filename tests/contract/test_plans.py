"""No query goes through a growing table row by row; a new table must be declared growing or small.

Plans are looked at twice: with the statistics of a house that lived for years, and with those of an empty one, by
which a loop's prepared queries are planned on the first day and kept until somebody analyses.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest

from shared.contracts.house import SERVICES
from shared.postgres.pool import BY_KEY
from tests.contract import rows, sql
from tests.world import Servers, World, open_world

UTILITY = "set local"
OPERATOR = {"held._DUE.0", "held._RETRY_NOW.0", "pruning.PRUNE.0"}
"""What rests is few; the inbox is pruned once an hour."""
WHOLE = {
    "escalation": {"counters"},
    "intake": {
        "receipts_without_petition",
        "petitions_without_capsules",
        "series_gaps",
        "count_petitions",
        "boxes_short",
    },
    "routing": {"confirmed_without_holder", "awaiting_confirmation", "on_their_way"},
    "casework": {"counters"},
    "notify": {"counters"},
    "audit": {"signed_heads"},
}
"""Queries that are about every row, asked by the operator and never by a page of an officer's work."""


FIRST_DAY = {"projection/move_tally", "projection/standings", "notify/unacknowledged", "relay._ANY_UNSENT.0"}
"""The first three may read all that waits for an acknowledgement or is stuck, the last stops at the first row."""
PAGES = "portal/"
"""Pages have connections of their own, which may read a small table as a whole."""


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    async with open_world(servers) as found:
        admin = await asyncpg.connect(found.database_url)
        try:
            for service in SERVICES:
                await rows.fill(admin, service)
        finally:
            await admin.close()
        yield found


@pytest.fixture(scope="module")
async def empty_house(servers: Servers) -> AsyncIterator[World]:
    async with open_world(servers) as found:
        yield found


async def planned(connection: asyncpg.Connection, text: str) -> dict[str, Any]:
    """The plan of a query whose parameters are not known."""
    parameters = len((await connection.prepare(text)).get_parameters())
    given = f"({', '.join(['null'] * parameters)})" if parameters else ""
    await connection.execute(f"prepare looked_at as {text}")
    try:
        plan = json.loads(await connection.fetchval(f"explain (format json) execute looked_at{given}"))
    finally:
        await connection.execute("deallocate looked_at")
    found: dict[str, Any] = plan[0].get("Plan", {})
    return found


async def scanned(connection: asyncpg.Connection, text: str) -> set[str]:
    """Tables that the query reads from end to end."""
    plan = await planned(connection, text)
    return {node["Relation Name"] for node in _nodes(plan) if node.get("Node Type") == "Seq Scan"}


def unbounded(plan: dict[str, Any]) -> Iterator[str]:
    """Tables and indexes that are read from their beginning without a limit."""
    kind = plan.get("Node Type", "")
    if kind == "Limit" and not _joins(plan):
        return
    if kind == "Seq Scan":
        yield plan["Relation Name"]
    elif kind in ("Index Scan", "Index Only Scan", "Bitmap Index Scan") and "Index Cond" not in plan:
        yield plan["Index Name"]
    for child in plan.get("Plans", ()):
        yield from unbounded(child)


def _joins(plan: dict[str, Any]) -> bool:
    """Whether a limit stands above a join, of which nobody knows how much it reads for one row."""
    return any(len(node.get("Plans", ())) > 1 for node in _nodes(plan))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_is_declared_growing_or_small(world: World, service: str) -> None:
    admin = await asyncpg.connect(world.database_url)
    try:
        found = await admin.fetch("select tablename from pg_tables where schemaname = $1", service)
    finally:
        await admin.close()
    assert {row["tablename"] for row in found} == rows.declared(service)


@pytest.mark.parametrize("service", SERVICES)
async def test_no_query_of_a_service_reads_a_growing_table_from_end_to_end(world: World, service: str) -> None:
    growing, slow = rows.growing(service), {}
    queries = sql.of_service(service) | sql.of_messaging()
    whole = {f"{service}/{name}" for name in WHOLE.get(service, ())}
    async with world.database(service) as connection:
        await connection.execute("set plan_cache_mode = force_generic_plan")
        for name, text in queries.items():
            if UTILITY in text or name in whole | OPERATOR:
                continue
            if found := await scanned(connection, text) & growing:
                slow[name] = sorted(found)
    assert slow == {}


@pytest.mark.parametrize("service", SERVICES)
async def test_what_loops_ask_goes_by_key_on_the_first_day_too(empty_house: World, service: str) -> None:
    small = rows.SMALL[""] | rows.SMALL.get(service, set())
    exempt = OPERATOR | FIRST_DAY | {f"{service}/{name}" for name in WHOLE.get(service, ())}
    queries = {
        name: text
        for name, text in (sql.of_service(service) | sql.of_messaging()).items()
        if UTILITY not in text and name not in exempt and not name.startswith(PAGES)
    }
    slow = {}
    async with empty_house.database(service) as connection:
        for name, value in {"plan_cache_mode": "force_generic_plan", **BY_KEY}.items():
            await connection.execute(f"set {name} = {value}")
        for name, text in queries.items():
            found = {each.removesuffix("_pkey") for each in unbounded(await planned(connection, text))} - small
            if found:
                slow[name] = sorted(found)
    assert slow == {}
