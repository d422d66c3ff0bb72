"""`donthu replay portal`: the read model from the stream again, however its batches had fallen, with portal running."""

from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest

from operations.errors import OperationError
from operations.stream.replay import Reading, Replayed, ReplayStopped, replay
from services.portal.projection import TABLES
from shared.contracts.escalation import ClockEnded
from shared.contracts.vocabulary import EndReason
from shared.settings import Realm
from tests.component.portal_stories import DAY, HEAD, Story, open_door, publish_all
from tests.component.stream import publish
from tests.restored import projection
from tests.world import World

OWN = {"account", "session", "draft", "schema_migration"}
MESSAGING = {
    "position", "inbox", "outbox", "outbox_unsent", "outbox_sent", "relay_lease", "held", "command_log", "realm",
}  # fmt: skip
NONE = dict.fromkeys(TABLES, 0)


async def replayed(world: World, *, only_compare: bool = False) -> Replayed:
    return await replay(world.database_url, world.nats.url, world.secrets, Reading(), only_compare=only_compare)


def ended_at_once(story: Story, rule: str, due_on: date) -> Story:
    """A clock that starts and ends, so that no clock of the case lives."""
    story.clock(rule, due_on)
    clock_id = story.untold[-1].aggregate_id
    end = ClockEnded(clock_id=clock_id, rule=rule, reason=EndReason.DONE, ended_on=DAY, late=False)
    return story.tell(end)


@pytest.fixture
async def lived(world: World) -> World:
    """A read model that was told its events one by one."""
    await open_door(world)
    first = ended_at_once(
        Story(world).registered().proposed().confirmed().taken().accepted(), "KN-14", date(2025, 3, 1)
    )
    second = Story(world).registered().proposed().clock("XL-08", date(2025, 1, 20)).alert(HEAD)
    story_of_each = [(first, first.untold[:]), (second, second.untold[:])]
    for story, events in story_of_each:
        for event in events:
            story.untold = [event]
            story.versions.clear()
            await publish_all(world, [story])
    return world


@pytest.fixture
async def admin(lived: World) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(lived.database_url)
    yield connection
    await connection.close()


async def test_every_table_of_portal_is_projected_or_its_own(world: World) -> None:
    async with world.database("portal") as connection:
        rows = await connection.fetch("select tablename from pg_tables where schemaname = 'portal'")
    assert {row["tablename"] for row in rows} == {*TABLES} | OWN | MESSAGING


async def test_one_big_batch_gives_the_rows_that_single_events_gave(lived: World) -> None:
    before = await projection(lived.database_url)
    assert before["case_view"].startswith("2:")
    assert (await replayed(lived, only_compare=True)).differing == NONE
    assert (await replayed(lived)).differing == NONE
    assert await projection(lived.database_url) == before


async def test_what_was_spoiled_is_put_right_while_portal_runs(lived: World, admin: asyncpg.Connection) -> None:
    before = await projection(lived.database_url)
    await admin.execute("""
        update portal.case_view set stage = 'filed'
        where case_id = (select case_id from portal.case_view order by case_id limit 1);
        delete from portal.timeline where type = 'intake.petition.registered';
        insert into portal.box_view values (gen_random_uuid(), 'dong-khe', '2025-01-06', 3, '1/BB-UBND', '{a,b}')
    """)
    found = NONE | {"case_view": 1, "timeline": 2, "box_view": 1}
    assert (await replayed(lived, only_compare=True)).differing == found
    assert await projection(lived.database_url) != before
    assert (await replayed(lived)).differing == found
    assert await projection(lived.database_url) == before
    story = Story(lived).registered()
    await publish_all(lived, [story])
    assert (await replayed(lived)).differing == NONE
    assert await admin.fetchval("select to_regnamespace('portal_replay')") is None


async def test_what_portal_has_not_read_is_left_to_it(lived: World, admin: asyncpg.Connection) -> None:
    before = await projection(lived.database_url)
    await lived.stop("portal")
    story = Story(lived).registered()
    for envelope in story.untold:
        await publish(lived, envelope)
    assert (await replayed(lived)).differing == NONE
    assert await projection(lived.database_url) == before


async def test_what_portal_holds_is_left_out_and_what_cannot_be_applied_stops_it(
    lived: World, admin: asyncpg.Connection
) -> None:
    orphan = Story(lived).proposed()
    await publish(lived, orphan.untold[0])
    await publish_all(lived, [Story(lived).registered()])
    assert await admin.fetchval("select error from portal.held") == "missing_case"
    before = await projection(lived.database_url)
    assert (await replayed(lived)).differing == NONE
    await lived.stop("portal")
    await admin.execute("delete from portal.held")
    with pytest.raises(ReplayStopped) as stopped:
        await replayed(lived)
    assert (stopped.value.event_id, stopped.value.error) == (orphan.untold[0].id, "missing_case")
    assert await projection(lived.database_url) == before


def test_a_production_house_must_name_its_profile() -> None:
    with pytest.raises(OperationError, match="profile_missing"):
        Reading().check(Realm.PRODUCTION)
    Reading(law_profile="two_tier_2025").check(Realm.PRODUCTION)
