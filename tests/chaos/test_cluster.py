"""Three nats-servers over TLS: the one that leads the stream is killed while letters come in, and later comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

import asyncpg
import pytest
from nats.js.api import StreamInfo

from operations.embedded.datadir import DataDir
from operations.house.migrate import migrate
from operations.ledger.equations import balance
from operations.ledger.rest import collect_at_rest
from shared.contracts.bus.subjects import STREAM
from shared.contracts.house import SERVICES
from shared.security.secrets import PublicKeys
from shared.settings import Realm
from tests.chaos.sender import Sender
from tests.cluster import SIZE, Cluster, running_cluster
from tests.house import RunningHouse, running_house
from tests.world import until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]
LETTERS = 60
LOOK_SECONDS = 0.5
"""Between two looks at the readers' positions."""


@pytest.fixture
async def clustered() -> AsyncIterator[tuple[RunningHouse, Cluster]]:
    opened: list[Cluster] = []

    @asynccontextmanager
    async def bus(data: DataDir) -> AsyncIterator[str]:
        async with running_cluster(data.root / "cluster", data.secrets) as cluster:
            opened.append(cluster)
            yield cluster.url

    async with running_house(bus=bus) as house:
        yield house, opened[0]


async def test_the_leader_dies_and_comes_back_and_nothing_is_lost_or_doubled(
    clustered: tuple[RunningHouse, Cluster],
) -> None:
    house, cluster = clustered
    await _migrate_to_three_copies(house)
    sender = Sender(await house.person("le-lai-03"))
    sending = asyncio.create_task(sender.send(LETTERS))
    watching = asyncio.create_task(_positions_never_fall(house))
    await until(partial(sender.has_sent, LETTERS // 4), seconds=60)

    leader = (await _stream(house)).cluster.leader
    await cluster.node(leader).kill()
    assert (await until(_led_by_another(house, leader), seconds=30)) != leader
    at_the_change = len(sender.receipts)
    some_later = min(at_the_change + LETTERS // 4, LETTERS)
    await until(partial(sender.has_sent, some_later), seconds=60)
    await cluster.node(leader).start()

    await sending
    await house.quiet(seconds=90)
    await until(_all_copies_current(house), seconds=60)
    watching.cancel()
    assert (await asyncio.gather(watching, return_exceptions=True))[0].__class__ is asyncio.CancelledError
    assert {name: value for name, value in (await _books(house, sender)).items() if value} == {}
    counters = await house.counters()
    assert {name: value for name, value in counters.counters.items() if value} == {}


async def _migrate_to_three_copies(house: RunningHouse) -> None:
    told: list[str] = []
    await migrate(
        database_url=house.stack.database_url,
        nats_url=house.stack.nats_url,
        secrets_dir=house.stack.data.secrets,
        realm=Realm.TEST,
        stream_replicas=SIZE,
        tell=told.append,
    )
    assert told == [f"{STREAM} num_replicas raised from 1 to {SIZE}"]
    await until(_all_copies_current(house), seconds=30)


async def _stream(house: RunningHouse) -> StreamInfo:
    return await house.bus.jsm().stream_info(STREAM)


def _all_copies_current(house: RunningHouse):  # type: ignore[no-untyped-def]
    async def current() -> bool:
        try:
            info = await _stream(house)
        except Exception:
            return False
        replicas = (info.cluster.replicas if info.cluster else None) or []
        return len(replicas) == SIZE - 1 and all(each.current and not each.offline for each in replicas)

    return current


def _led_by_another(house: RunningHouse, before: str):  # type: ignore[no-untyped-def]
    async def led() -> str | None:
        try:
            leader = (await _stream(house)).cluster.leader
        except Exception:
            return None
        return leader if leader != before else None

    return led


async def _positions_never_fall(house: RunningHouse) -> None:
    """Until cancelled; raises as soon as a reader's position goes back."""
    query = " union all ".join(
        f"select '{name}' as service, partition, sequence from {name}.position" for name in SERVICES
    )
    seen: dict[tuple[str, int], int] = {}
    while True:
        for row in await house.rows(query):
            key = (row["service"], row["partition"])
            assert row["sequence"] >= seen.get(key, 0), key
            seen[key] = row["sequence"]
        await asyncio.sleep(LOOK_SECONDS)


async def _books(house: RunningHouse, sender: Sender) -> dict[str, int]:
    """The lines of `donthu ledger`, with the sender's own list and the mail sink."""
    admin = await asyncpg.connect(house.stack.database_url)
    try:
        key = PublicKeys.load(house.stack.data.secrets).audit or b""
        given = {UUID(case_id) for case_id in sender.receipts.values()}
        assert len(given) == LETTERS
        facts = await collect_at_rest(admin, house.bus, key, mails=house.stack.data.mails, receipts_given=given)
        return balance(facts)
    finally:
        await admin.close()
