"""PostgreSQL goes away between publish and mark, for longer than the stream remembers ids: the books balance for ever.

In `make test` the stream remembers for half a second and PostgreSQL is away for four; with `STORM_MINUTES` set (`make
chaos`) both are real: two minutes and three.
"""

import asyncio
import os
from collections.abc import AsyncIterator

import asyncpg
import pytest

from operations.ledger.equations import second_copies
from operations.ledger.facts import collect, read_stream
from shared.contracts.bus.subjects import STREAM
from shared.security.secrets import PublicKeys
from tests.chaos.books import BALANCED, at_rest, close_the_books
from tests.chaos.people import People
from tests.chaos.proxy import Way
from tests.chaos.storm import Stormy, stormy_house
from tests.house import RunningHouse
from tests.world import until

LONG = bool(float(os.environ.get("STORM_MINUTES", "0")))
WINDOW_SECONDS, AWAY_SECONDS = (120.0, 180.0) if LONG else (0.5, 4.0)
LETTERS = 4
LATE_SECONDS = 1.5
"""The server's word about what it stored comes so late: time to take PostgreSQL away."""
_OF_INTAKE = "evt.*.intake.>"
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
async def stormy() -> AsyncIterator[Stormy]:
    async with stormy_house(7) as found:
        stream = found.house.bus.jsm()
        config = (await stream.stream_info(STREAM)).config
        await stream.update_stream(config.evolve(duplicate_window=WINDOW_SECONDS))
        yield found


@pytest.fixture(scope="module")
async def people(stormy: Stormy) -> People:
    found = People(stormy.house, patience_seconds=AWAY_SECONDS + 120)
    await found.arrive()
    return found


@pytest.mark.parametrize("relay_dies", [False, True], ids=["relay_lives", "relay_dies_too"])
async def test_postgresql_away_between_publish_and_mark(stormy: Stormy, people: People, relay_dies: bool) -> None:
    house = stormy.house
    await at_rest(house)
    stored, copies = await _stored(house), await _copies(house, people)
    stormy.lines["nats"].ways["down"] = Way(delay=LATE_SECONDS)
    sending = asyncio.create_task(people.new_day().send(LETTERS))
    await until(lambda: _stored_and_not_marked(house, stored), every=0.02)
    stormy.lines["postgres"].refuse()
    stormy.lines["postgres"].cut()
    await stormy.lines["nats"].calm()
    if relay_dies:
        assert house.stack.supervisor is not None
        await house.stack.supervisor.kill("intake")
    await asyncio.sleep(AWAY_SECONDS)
    await stormy.lines["postgres"].calm()
    letters = await sending
    await at_rest(house)
    assert all(letter.case_id for letter in letters)
    assert await close_the_books(house, people.receipts) == BALANCED
    more = await _copies(house, people) - copies
    assert (more > 0) is relay_dies, "only what nobody remembers is said twice"


async def _stored(house: RunningHouse) -> int:
    """Events of intake in the stream; others have clocks of their own and may say something meanwhile."""
    state = (await house.bus.jsm().stream_info(STREAM, subjects_filter=_OF_INTAKE)).state
    return sum((state.subjects or {}).values())


async def _stored_and_not_marked(house: RunningHouse, before: int) -> bool:
    return await _stored(house) > before and bool(await house.ids("select number from intake.outbox_unsent"))


async def _copies(house: RunningHouse, people: People) -> int:
    admin = await asyncpg.connect(house.stack.database_url)
    try:
        key = PublicKeys.load(house.stack.data.secrets).audit or b""
        stream = await read_stream(house.bus)
        return second_copies(await collect(admin, stream, key, receipts_given=people.receipts))
    finally:
        await admin.close()
