"""The stream is lost or cut: the service stops and says the command, the command publishes again, work goes on."""

from datetime import UTC, datetime

import pytest

from operations.embedded.ports import free_port
from operations.house.migrate import migrate
from operations.steward import connect_steward
from operations.stream.reconcile import reconcile
from shared.contracts.bus.subjects import STREAM
from shared.messaging import outbox
from shared.messaging.events.reader import StreamBehind
from shared.settings import Realm
from tests.chaos.path import Path, all_done, everything_decided, notify_settings
from tests.component.mail_server import mail_server
from tests.component.portal_stories import Story
from tests.world import STREAM_BYTES, World, until

_NAMES = ("intake", "routing", "casework", "escalation", "notify")


async def _lose_the_stream(world: World) -> None:
    """What a lost disk leaves: an empty stream of the same name."""
    steward = await connect_steward(world.nats.url, world.secrets)
    try:
        await steward.jsm().delete_stream(STREAM)
    finally:
        await steward.close()
    await migrate(
        database_url=world.database_url,
        nats_url=world.nats.url,
        secrets_dir=world.secrets,
        realm=Realm.TEST,
        stream_bytes=STREAM_BYTES,
    )


async def test_a_lost_stream_is_published_again_and_work_goes_on(world: World) -> None:
    port = free_port()
    async with mail_server(port), world.desk() as desk:
        for name in _NAMES:
            await world.start(name, **(notify_settings(port) if name == "notify" else {}))
        await Path(world, desk).walk(world.move_clock)
        await all_done(world)
        before = await everything_decided(world)
        for name in _NAMES:
            await world.stop(name)
        await _lose_the_stream(world)

        done = await reconcile(database_url=world.database_url, nats_url=world.nats.url, secrets_dir=world.secrets)
        assert (done.in_stream, done.published_again) == (0, len(before))
        again = await reconcile(database_url=world.database_url, nats_url=world.nats.url, secrets_dir=world.secrets)
        assert (again.in_stream, again.published_again) == (len(before), 0)

        for name in _NAMES:
            await world.start(name, **(notify_settings(port) if name == "notify" else {}))
        await world.move_clock(datetime(2025, 2, 28, 2, 0, tzinfo=UTC))

        async def reminded() -> bool:
            return len(await everything_decided(world)) > len(before)

        await until(reminded)
        assert set(await everything_decided(world)) >= set(before)


async def test_an_event_that_was_not_marked_as_sent_gets_its_place_and_is_read_by_those_who_had_not(
    world: World,
) -> None:
    """What a snapshot caught between publishing and marking: audit had read the first and the third, not the second."""
    stories = [Story(world).registered() for _ in range(3)]
    events = [story.untold[0] for story in stories]
    async with world.database("intake") as intake:
        for event in events:
            await outbox.put(intake, [event])
        for event, place in ((events[0], 1), (events[2], 3)):
            await intake.execute(_SENT, event.id, place)
    async with world.database("audit") as audit:
        await audit.execute("insert into inbox select unnest($1::uuid[])", [events[0].id, events[2].id])
        await audit.execute("update position set sequence = 3")

    done = await reconcile(database_url=world.database_url, nats_url=world.nats.url, secrets_dir=world.secrets)
    assert (done.published_again, done.moved) == (3, 0)
    async with world.database("intake") as intake:
        query = "select event_id from outbox join outbox_sent using (number) order by stream_sequence"
        rows = await intake.fetch(query)
    assert [row["event_id"] for row in rows] == [event.id for event in events]

    await world.start("audit")
    async with world.database("audit") as audit:
        chained = await until(lambda: audit.fetch("select event_id from entry order by number"))
    assert [row["event_id"] for row in chained] == [events[1].id]


_SENT = """
with gone as (
    delete from outbox_unsent using outbox where outbox.event_id = $1 and outbox.number = outbox_unsent.number
    returning outbox.number
)
insert into outbox_sent select number, $2 from gone
"""


def test_the_error_names_the_command() -> None:
    assert "donthu reconcile" in (StreamBehind.__doc__ or "")
    with pytest.raises(StreamBehind):
        raise StreamBehind
