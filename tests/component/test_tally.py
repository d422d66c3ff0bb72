"""The tally of open cases and the tags that lists go by are exact: after any batches they are what a recount finds."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import asyncpg
import pytest

from services.portal.projection.apply import applying
from shared.contracts.bus.envelope import Envelope
from shared.contracts.escalation import ClockEnded, ClockStarted
from shared.contracts.house import EventHeld, EventReleased, of
from shared.contracts.notify import AlertAcknowledged, AlertRaised
from shared.contracts.vocabulary import EndReason, Kind
from shared.directory import load
from shared.messaging.events.batch import Batch
from shared.messaging.outbox.emitter import Emitter
from tests.component.portal_stories import DAY, HEAD, OFFICER, Story
from tests.world import World

RECOUNT = """
select standing, authority_id, stage, due_on, unacknowledged, stuck, audience, hidden_from, count(*)::int as cases
from standing group by 1, 2, 3, 4, 5, 6, 7, 8 order by standing
"""
COUNTS = """
select stage, coalesce(sum(cases), 0) from tally
where stage in ('proposed', 'transferred', 'returned') group by stage, authority_id order by 1, 2
"""
BY_CONFIRMER = """
select stage, count(*) from case_view
where stage in ('proposed', 'transferred', 'returned') group by stage, confirmer_authority_id order by 1, 2
"""


def lives(world: World, draw: random.Random) -> list[list[Envelope]]:
    """Letters of every kind that come as far as chance lets them, with alerts, clocks and stuck events between."""
    told = []
    for number in range(24):
        kind = draw.choice((Kind.COMPLAINT, Kind.FEEDBACK, Kind.DENUNCIATION))
        excluded = [OFFICER] if kind is Kind.DENUNCIATION else []
        due_on = DAY + timedelta(days=draw.randrange(3))
        story = Story(world).registered().proposed(kind, excluded=excluded).clock("XL-08", due_on)
        steps: list[Callable[[], object]] = [
            partial(story.alert, HEAD),
            partial(story.transferred, "thach-an", "thach-an-04"),
            partial(story.confirmed, kind, number=None),
            story.taken,
            partial(_stuck, story, released=number % 2 == 0),
            partial(_ended, story, due_on),
            partial(_seen, story),
        ]
        for step in draw.sample(steps, draw.randrange(len(steps) + 1)):
            step()
        told.append(story.untold)
    return told


def _stuck(story: Story, *, released: bool) -> None:
    event_id = uuid4()
    held = of("notify", EventHeld)
    story.tell(held(event_id=event_id, event_type="a.b.c", held_case_id=story.case_id, error="missing_case"))
    if released:
        gone = of("notify", EventReleased)
        story.tell(gone(event_id=event_id, held_case_id=story.case_id, discarded=False))


def _ended(story: Story, on: date) -> None:
    for each in [envelope.event for envelope in story.untold]:
        if isinstance(each, ClockStarted):
            done = ClockEnded(clock_id=each.clock_id, rule="XL-08", reason=EndReason.DONE, ended_on=on, late=False)
            story.tell(done)


def _seen(story: Story) -> None:
    for each in [envelope.event for envelope in story.untold]:
        if isinstance(each, AlertRaised):
            story.tell(AlertAcknowledged(alert_id=each.alert_id, clock_id=each.clock_id, acknowledged_by=HEAD))


def shuffled(told: Sequence[list[Envelope]], draw: random.Random) -> list[Envelope]:
    """All lives told at once, each in its own order."""
    waiting = [list(each) for each in told if each]
    events = []
    while waiting:
        chosen = draw.choice(waiting)
        events.append(chosen.pop(0))
        waiting = [each for each in waiting if each]
    return events


@pytest.mark.parametrize("seed", range(4))
async def test_tally_and_tags_are_what_a_recount_finds_after_every_batch(world: World, seed: int) -> None:
    draw = random.Random(seed)
    apply = applying(load("thach_an"), None)
    events = shuffled(lives(world, draw), draw)
    async with world.database("portal") as connection:
        while events:
            size = draw.choice((1, 5, 40))
            taken, events = events[:size], events[size:]
            async with connection.transaction():
                await apply(connection, Batch(taken, Emitter("portal", world.tag)))
            await exact(connection)
        assert await connection.fetchval("select count(*) from tally") > 3
        assert await connection.fetchval("select count(distinct tag) from case_tag") > 3


async def exact(connection: asyncpg.Connection) -> None:
    kept = await connection.fetch(
        "select standing, authority_id, stage, due_on, unacknowledged, stuck, audience, hidden_from, cases"
        " from tally order by standing"
    )
    assert [tuple(row) for row in kept] == [tuple(row) for row in await connection.fetch(RECOUNT)]
    under = await connection.fetch("select * from case_tag order by case_id, tag")
    assert under == await connection.fetch("select * from tagged order by case_id, tag")
    assert await connection.fetch(COUNTS) == await connection.fetch(BY_CONFIRMER)
