"""No query goes through a growing table row by row; a new table must be declared growing or small."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest

from shared.contracts.house import SERVICES
from tests.contract import rows, sql
from tests.world import Servers, World, open_world

UTILITY = "set local"
OPERATOR = {"held._DUE.0", "held._RETRY_NOW.0", "runtime._PRUNE.0"}
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


async def scanned(connection: asyncpg.Connection, text: str) -> set[str]:
    """Tables that the query reads from end to end, planned without knowing its parameters."""
    parameters = len((await connection.prepare(text)).get_parameters())
    given = f"({', '.join(['null'] * parameters)})" if parameters else ""
    await connection.execute(f"prepare looked_at as {text}")
    try:
        plan = json.loads(await connection.fetchval(f"explain (format json) execute looked_at{given}"))
    finally:
        await connection.execute("deallocate looked_at")
    return {node["Relation Name"] for node in _nodes(plan[0].get("Plan", {})) if node.get("Node Type") == "Seq Scan"}


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
