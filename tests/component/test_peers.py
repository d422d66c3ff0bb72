"""The engines measured beside ours do what is asked of them; skipped unless requirements/peers.txt is installed."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from benchmarks.peers import dbos_chain, procrastinate_chain
from benchmarks.peers.steps import STEPS, NotTheSame, letter_id, sealed_text, verify
from benchmarks.peers.trial import Peer, PeerMissing, own_database, trial
from tests.world import Servers


@pytest.mark.parametrize(
    ("package", "measure"), [("dbos", dbos_chain.measure), ("procrastinate", procrastinate_chain.measure)]
)
async def test_every_letter_has_all_effects_once_and_nothing_is_left(
    package: str, measure: Any, servers: Servers
) -> None:
    pytest.importorskip(package)
    found = await measure(servers.postgres.url, 20, processes=2)  # raises if an effect is missing or doubled
    assert found["letters"] == 20
    assert found["letters_per_second"] > 0
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert found["settings"]["fsync"] == found["settings"]["synchronous_commit"] == "on"
    connection = await asyncpg.connect(servers.postgres.url)
    try:
        assert await connection.fetchval("select count(*) from pg_database where datname like 'peer%'") == 0
    finally:
        await connection.close()


async def test_a_missing_engine_names_the_file_to_install(servers: Servers) -> None:
    with pytest.raises(PeerMissing, match=r"requirements/peers\.txt"):
        await trial(Peer("no_such_engine", "", "peer_none"), servers.postgres.url, 1, processes=1, settings={})


@pytest.fixture
async def three_letters(servers: Servers) -> AsyncIterator[asyncpg.Connection]:
    """A peer's database with three letters, each of whose steps ran twice."""
    psycopg = pytest.importorskip("psycopg")
    async with own_database("peer_steps", servers.postgres.url) as (url, connection):
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as writer:
            for number in range(3):
                given = {"case_id": str(letter_id(number)), "sealed": sealed_text(), "sent_at": 0.0}
                for statement in STEPS.values():
                    await writer.execute(statement, given)
                    await writer.execute(statement, given)
        yield connection


async def test_a_step_that_runs_again_changes_nothing(three_letters: asyncpg.Connection) -> None:
    await verify(three_letters, 3)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("delete from capsule where capsule = 'contact'", "capsule"),
        ("delete from clock", "clock"),
        ("delete from entry where number = 18", "entry"),
        ("update entry set content = replace(content, 'opened', 'closed') where number = 5", "entry 5"),
        ("update head set number = 17", "head"),
        ("insert into proposal select gen_random_uuid(), kind, '', '', '{}', 0 from proposal", "proposal"),
    ],
)
async def test_what_is_missing_doubled_or_changed_is_found(
    damage: str, says: str, three_letters: asyncpg.Connection
) -> None:
    await three_letters.execute(damage)
    with pytest.raises(NotTheSame, match=says):
        await verify(three_letters, 3)
