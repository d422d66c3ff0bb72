"""A storm: everything that can die, stall or lie does, while letters come in and officers act. Then the books balance.

`STORM_MINUTES=15` makes it long, `STORM_SEED` repeats one, `STORM_REPORT=FILE` keeps its figures,
`STORM_LOGS=DIR` the logs, `STORM_FULL=max_bytes` fills the stream where its disk would be filled. See docs/chaos.md.
"""

import asyncio
import json
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.portal.app import PAGE_SECONDS
from services.portal.web.base.patience import ANSWER_SECONDS
from shared.contracts.house import SERVICES
from tests.chaos.books import BALANCED, as_dict, at_rest, close_the_books, figures
from tests.chaos.full import FullDisk, FullStream, flows_again, unsent
from tests.chaos.people import ACTS, People, now
from tests.chaos.raw import page, register
from tests.chaos.schedule import DECK_SECONDS, LINE_FAULTS, SERVERS, SLICE_SECONDS, schedule
from tests.chaos.storm import Storm, Stormy, stormy_house
from tests.world import until

MINUTES = float(os.environ.get("STORM_MINUTES", "0"))
SECONDS = MINUTES * 60 or SLICE_SECONDS
SEED = int(os.environ.get("STORM_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
WHILE_FULL = 8
LONGEST_ANSWER = ANSWER_SECONDS + PAGE_SECONDS + 2.0
"""A query that is given up still waits for its cancellation."""
BY_DISK = os.environ.get("STORM_FULL", "disk") == "disk"
REPORT = os.environ.get("STORM_REPORT", "")
LOGS = os.environ.get("STORM_LOGS", "")
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(SECONDS + 600)]
KINDS = {"kill", "stop", "jump", *LINE_FAULTS}


@pytest.fixture(scope="module")
async def stormy() -> AsyncIterator[Stormy]:
    async with stormy_house(SEED) as found:
        yield found
        if LOGS:
            shutil.copytree(found.house.stack.data.logs, LOGS, dirs_exist_ok=True)


@pytest.fixture(scope="module")
async def people(stormy: Stormy) -> People:
    found = People(stormy.house)
    await found.arrive()
    return found


@pytest.mark.parametrize("seed", range(5))
def test_a_seed_always_gives_the_same_storm_with_every_kind_of_fault(seed: int) -> None:
    faults = schedule(seed, SLICE_SECONDS)
    assert faults == schedule(seed, SLICE_SECONDS)
    assert faults != schedule(seed + 1, SLICE_SECONDS)
    assert {fault.kind for fault in faults} == KINDS
    for kind in ("kill", "stop"):
        hit = {fault.target for fault in faults if fault.kind == kind}
        assert hit > set(SERVERS)
        assert hit & set(SERVICES)
    assert len(schedule(seed, 3 * DECK_SECONDS)) == 3 * len(faults)


async def test_a_storm_loses_nothing_and_doubles_nothing(stormy: Stormy, people: People) -> None:
    faults = schedule(SEED, SECONDS)
    sys.stderr.write(f"\nSTORM_SEED={SEED}\n" + "".join(f"{fault}\n" for fault in faults))
    people.new_day()
    storm, began = Storm(stormy), now()
    working = asyncio.create_task(people.work())
    await storm.rage(faults)
    seconds = now() - began
    people.stop()
    await working
    rest = await at_rest(stormy.house)
    books = await close_the_books(stormy.house, people.receipts)

    found = figures(SEED, seconds, storm, people, _ended_by_themselves(stormy, storm)) | {
        "at_rest_after": round(rest, 1),
        "mails": len(stormy.house.mails()),
        "books": as_dict(books),
    }
    _publish(found)
    assert storm.done == Counter(f"{fault.kind} {fault.target}" for fault in faults)
    assert len(people.receipted) == len(people.letters) > 0
    assert books == BALANCED
    assert people.refused == []
    assert min(people.acts[name] for name in ACTS) > 0
    assert sum(proxy.cuts for proxy in stormy.lines.values()) > 0
    assert all(proxy.swallowed for proxy in stormy.lines.values())


def _ended_by_themselves(stormy: Stormy, storm: Storm) -> dict[str, int]:
    assert stormy.house.stack.supervisor is not None
    statuses = stormy.house.stack.supervisor.statuses()
    extra = {name: statuses[name].restarts - storm.done[f"kill {name}"] for name in SERVICES}
    return {name: count for name, count in extra.items() if count}


def _publish(found: dict[str, Any]) -> None:
    text = json.dumps(found, ensure_ascii=False)
    sys.stdout.write(f"\n{text}\n")
    if REPORT:
        Path(REPORT).write_text(text + "\n", encoding="utf-8")


async def test_a_full_disk_of_the_stream_stops_no_registration(stormy: Stormy, people: People) -> None:
    """Where mounting is allowed the disk of the stream is really full, elsewhere the stream reaches its `max_bytes`."""
    full = FullDisk(stormy) if stormy.disk.mounted and BY_DISK else FullStream(stormy)
    await at_rest(stormy.house)
    await full.fill()
    letters = await people.new_day().send(WHILE_FULL)
    waiting = await unsent(stormy.house)
    await full.make_room()
    after = await flows_again(stormy.house, full)
    await at_rest(stormy.house)

    _publish(found := {"full": full.name, "letters": len(letters), "waiting_events": waiting, "flows": after})
    assert all(letter.case_id for letter in letters)
    assert waiting >= WHILE_FULL, "each letter leaves its registration and its reading in the outbox"
    assert found["flows"] == full.remedy
    assert await close_the_books(stormy.house, people.receipts) == BALANCED


async def test_services_whose_connections_nats_ended_with_an_error_are_started_anew(
    stormy: Stormy, people: People
) -> None:
    """nats-py never opens such a connection again: a service that lived on would answer nobody, for ever."""
    await at_rest(stormy.house)
    supervisor = stormy.house.stack.supervisor
    assert supervisor is not None

    def restarts() -> dict[str, int]:
        return {name: supervisor.statuses()[name].restarts for name in SERVICES}

    before = restarts()
    stormy.lines["nats"].say(b"-ERR 'maximum account active connections exceeded'\r\n")
    await until(lambda: all(count > before[name] for name, count in restarts().items()), seconds=60)
    await supervisor.ready()
    assert await people.new_day().send(3)
    await at_rest(stormy.house)
    assert await close_the_books(stormy.house, people.receipts) == BALANCED


@pytest.mark.skipif(not MINUTES, reason="a minute of waiting: part of `make chaos`")
@pytest.mark.parametrize("server", SERVERS)
async def test_the_door_answers_in_time_while_a_line_is_half_open(stormy: Stormy, people: People, server: str) -> None:
    """Also those who wait behind others: more ask at once than there are connections."""
    line = stormy.lines[server]
    desk = people.new_day().desk
    for way in line.ways.values():
        way.lost = True
    asks = [register(desk)] * 3 + [page(desk)] * (30 if server == "postgres" else 0)
    try:
        answers = await asyncio.gather(*(asyncio.to_thread(ask) for ask in asks))
    finally:
        await line.calm()
    assert {answer.status for answer in answers} == {503}
    assert max(answer.seconds for answer in answers) < LONGEST_ANSWER
    for answer in answers:
        if answer.content_type.startswith("application/json"):
            assert json.loads(answer.body)["code"] == "unavailable"
        else:
            assert "Tạm thời chưa trả lời" in answer.body.decode()
    assert await people.send(1)
    await at_rest(stormy.house)
