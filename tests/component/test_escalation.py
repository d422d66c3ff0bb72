"""escalation on real PostgreSQL and NATS."""

import signal
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from nats.aio.client import Client

from services.escalation import store
from services.escalation.domain.firing import fire_in_order
from shared.contracts.base import Event
from shared.contracts.bus.envelope import Envelope
from shared.contracts.escalation import (
    ClockBreached,
    ClockEnded,
    ClockStarted,
    ClockWarned,
    RungFired,
)
from shared.contracts.vocabulary import Kind, Notice, Rung
from shared.directory import load
from tests.builders.escalating import counters, gapless, jump_both, rungs, started
from tests.component.stream import decided, publish, run_until_killed
from tests.escalation_events import (
    LEADER,
    MONDAY,
    SUPERIOR,
    accepted,
    case_closed,
    confirmed,
    decided_on,
    filed,
    proposed,
    proven,
    reassigned,
    seen,
    taken,
    told,
    transfer_received,
    transferred,
)
from tests.world import NEW_YEAR, World, until


async def test_a_forgotten_case_climbs_the_ladder_in_order_after_a_month_of_downtime(world: World) -> None:
    letter = told(confirmed(), at=NEW_YEAR, realm=world.tag)
    await publish(world, letter)
    await world.start("escalation")
    await started(world, 1)
    await world.stop("escalation")
    await world.move_clock(NEW_YEAR + timedelta(days=31))
    await world.start("escalation")
    found = await rungs(world, 6)
    fired = [(e.recorded_at, e.event.rung, e.event.step) for e in found.of(RungFired) if isinstance(e.event, RungFired)]
    assert fired == [
        (datetime(2025, 1, 14, 1, tzinfo=UTC), Rung.WARN_HOLDER, 0),
        (datetime(2025, 1, 16, 17, tzinfo=UTC), Rung.BREACH_LEADER, 1),
        (datetime(2025, 1, 16, 17, tzinfo=UTC), Rung.BREACH_LEADER, 1),
        (datetime(2025, 1, 20, 1, tzinfo=UTC), Rung.SUPERIOR, 2),
        (datetime(2025, 1, 22, 1, tzinfo=UTC), Rung.STEWARD, 3),
        (datetime(2025, 2, 5, 1, tzinfo=UTC), Rung.REMINDER, 4),
    ]
    assert gapless(found)
    assert {each.traceparent[3:35] for each in found.envelopes} == {letter.traceparent[3:35]}
    assert {each.correlation_id for each in found.envelopes} == {letter.correlation_id}
    answer = await counters(world)
    assert set(answer.counters.values()) == {0}
    assert answer.gauges == {"live_clocks": 1, "due_soon": 0, "overdue": 1}


async def test_acceptance_ends_the_first_clock_and_starts_the_next(world: World) -> None:
    await world.start("escalation")
    case_id = uuid4()
    await publish(
        world,
        told(confirmed(), case_id=case_id, at=NEW_YEAR, realm=world.tag),
        told(taken("dong-khe-05"), case_id=case_id, at=NEW_YEAR, realm=world.tag),
        told(accepted(date(2025, 1, 10)), case_id=case_id, at=NEW_YEAR + timedelta(days=4), realm=world.tag),
    )
    await started(world, 2)
    found = await decided(world, "escalation")
    assert [type(each.event) for each in found.envelopes] == [ClockStarted, ClockEnded, ClockStarted, ClockStarted]
    assert [each.legal_at for each in found.envelopes] == [MONDAY, *[date(2025, 1, 10)] * 3]
    assert gapless(found)
    async with world.database("escalation") as connection:
        assert await connection.fetchval("select holder_id from watched_case") == "dong-khe-04"
        assert await connection.fetchval("select received_on from watched_case") == MONDAY
        rows = await connection.fetch("select duty from clock where live order by duty")
        assert [row["duty"] for row in rows] == ["resolve", "tell_acceptance"]


async def test_a_whole_life_in_one_batch_leaves_one_clock_after_another_and_none_at_the_end(world: World) -> None:
    case_id, other = uuid4(), uuid4()

    def at(event: Event, day: int, case: UUID = case_id) -> Envelope:
        return told(event, case_id=case, at=NEW_YEAR + timedelta(days=day - 6), realm=world.tag)

    await publish(
        world,
        at(proposed(), 6), at(transferred(date(2025, 1, 7)), 7), at(transfer_received(date(2025, 1, 8)), 8),
        at(proposed(date(2025, 1, 8), authority_id="thach-an"), 8), at(confirmed(received_on=date(2025, 1, 8)), 9),
        at(proposed(), 6, other), at(filed(date(2025, 1, 8)), 8, other),
    )  # fmt: skip
    await publish(
        world,
        at(taken("dong-khe-05"), 9), at(reassigned("dong-khe-04"), 9), at(accepted(date(2025, 1, 10)), 10),
        at(decided_on(date(2025, 1, 13)), 13), at(proven(date(2025, 1, 13), Notice.ACCEPTANCE), 13),
        at(proven(date(2025, 1, 14)), 14), at(proven(date(2025, 1, 14), Notice.PUBLICATION), 14),
        at(case_closed(date(2025, 1, 15)), 15),
    )  # fmt: skip
    await world.start("escalation")

    async def all_closed() -> bool:
        async with world.database("escalation") as connection:
            return bool(await connection.fetchval("select count(*) = 2 from watched_case where stage = 'closed'"))

    await until(all_closed)
    found = await decided(world, "escalation")
    rules = [e.event.rule for e in found.of(ClockStarted) if e.case_id == case_id and isinstance(e.event, ClockStarted)]
    assert rules == ["XL-08", "CS-08", "XL-08", "KN-12", "KN-15", "CS-04", "KN-20", "KN-22", "CS-01"]
    assert len(found.of(ClockEnded)) == len(found.of(ClockStarted)) == 10
    assert gapless(found)
    async with world.database("escalation") as connection:
        assert await connection.fetchval("select received_on from watched_case where case_id = $1", case_id) == MONDAY
    answer = await counters(world)
    assert set(answer.counters.values()) == {0}
    assert answer.gauges["live_clocks"] == 0


async def test_the_database_itself_refuses_a_second_live_clock(world: World) -> None:
    await world.start("escalation")
    await publish(world, told(confirmed(), at=NEW_YEAR, realm=world.tag))
    await started(world, 1)
    async with world.database("escalation") as connection:
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(
                "insert into clock select (jsonb_populate_record(clock, $1)).* from clock",
                f'{{"clock_id": "{uuid4()}"}}',
            )


async def test_an_acknowledged_breach_is_reminded_of_and_not_carried_higher(world: World) -> None:
    case_id = uuid4()
    await world.start("escalation")
    await publish(world, told(confirmed(), case_id=case_id, at=NEW_YEAR, realm=world.tag))
    [clock_id] = await started(world, 1)
    breach = datetime(2025, 1, 16, 17, tzinfo=UTC)
    await world.move_clock(breach)
    await rungs(world, 3)
    await publish(world, told(seen(clock_id, LEADER), case_id=case_id, at=breach, realm=world.tag))

    async def reminder_waits() -> bool:
        async with world.database("escalation") as connection:
            return bool(await connection.fetchval("select next_rung = 'reminder' from clock"))

    await until(reminder_waits)
    await world.move_clock(datetime(2025, 1, 24, 1, tzinfo=UTC))
    found = await rungs(world, 5)
    recipients = [e.event.recipient_id for e in found.of(RungFired) if isinstance(e.event, RungFired)]
    assert recipients.count(LEADER) == 2
    assert SUPERIOR not in recipients
    assert len(found.of(ClockWarned)) == len(found.of(ClockBreached)) == 1


async def test_a_quiet_escalation_has_fired_everything_that_is_due(world: World) -> None:
    await world.start("escalation")
    await publish(world, *(told(confirmed(), at=NEW_YEAR, realm=world.tag) for _ in range(30)))
    await started(world, 30)
    for days, fired in ((8, 30), (11, 90), (14, 120), (16, 150)):
        await world.move_clock(NEW_YEAR + timedelta(days=days))
        async with world.bus("steward") as steward:

            async def quiet(bus: Client = steward) -> bool:
                reply = await bus.request("clock.escalation", b"", timeout=5)
                return bool(reply.data == b"1")

            await until(quiet)
        assert len((await decided(world, "escalation")).of(RungFired)) == fired


async def test_a_denunciation_alerts_nobody_of_the_denounced_line(world: World) -> None:
    hidden = sorted(load("thach_an").line_of(LEADER, MONDAY))
    event = confirmed(Kind.DENUNCIATION, authority_id="thach-an", holder_id="thach-an-03", excluded=hidden)
    await world.start("escalation")
    await publish(world, told(event, at=NEW_YEAR, realm=world.tag))
    await started(world, 1)
    await world.move_clock(NEW_YEAR + timedelta(days=31))
    found = await rungs(world, 5)
    recipients = {e.event.recipient_id for e in found.of(RungFired) if isinstance(e.event, RungFired)}
    assert not recipients & set(hidden)
    assert SUPERIOR in recipients


async def test_a_ticker_killed_before_its_commit_fires_every_rung_once(world: World) -> None:
    await world.start("escalation")
    await publish(world, *(told(confirmed(), at=NEW_YEAR, realm=world.tag) for _ in range(20)))
    await started(world, 20)
    await world.stop("escalation")
    await world.move_clock(NEW_YEAR + timedelta(days=31))
    assert await run_until_killed(world, "escalation", CRASH_AT="ticker.before_commit:3") == -signal.SIGKILL
    await world.start("escalation")
    found = await rungs(world, 120)
    assert Counter(type(each.event) for each in found.envelopes) == {
        ClockStarted: 20, ClockWarned: 20, ClockBreached: 20, RungFired: 120,
    }  # fmt: skip
    assert len({each.id for each in found.envelopes}) == len(found.envelopes)
    assert gapless(found)
    assert set((await counters(world)).counters.values()) == {0}


async def test_two_tickers_share_the_due_rungs(world: World) -> None:
    await world.start("escalation")
    await publish(world, *(told(confirmed(), at=NEW_YEAR, realm=world.tag) for _ in range(40)))
    await started(world, 40)
    app = world.apps.pop("escalation")
    await world.start("escalation", replica=1)
    world.apps["first"] = app
    try:
        await jump_both(world, NEW_YEAR + timedelta(days=31))
        found = await rungs(world, 240)
    finally:
        await world.stop("first")
    assert len(found.of(RungFired)) == 240
    assert gapless(found)


async def test_a_look_that_began_before_another_ticker_fired_leaves_the_clock_to_the_next_look(world: World) -> None:
    await world.start("escalation")
    await publish(world, told(confirmed(), at=NEW_YEAR, realm=world.tag))
    await started(world, 1)
    await world.stop("escalation")
    now, directory = NEW_YEAR + timedelta(days=31), load("thach_an")
    async with world.database("escalation") as slow, world.database("escalation") as quick, slow.transaction():
        look = await slow.cursor(store.Q["claim_due"], now, 500)
        async with quick.transaction():
            claimed = await store.claim_due(quick, now, 500)
            [(due, fired)] = fire_in_order(directory, claimed.due, claimed.until, most=1)
            await store.save_fired(quick, [fired], {due.clock.case_id: due.version + len(fired.drafts)})
        assert await look.fetch(500) == []
        again = await store.claim_due(slow, now, 500)
        assert [each.clock.step for each in again.due] == [1]
        assert await store.next_due(slow) == fired.clock.next_fire_at


@pytest.mark.parametrize(
    "harm",
    [
        "delete from firing",
        "update firing set next_fire_at = next_fire_at + interval '1 day'",
        "insert into firing select next_fire_at + interval '1 day', clock_id from firing",
    ],
)
async def test_a_queue_out_of_step_with_the_clocks_is_counted(world: World, harm: str) -> None:
    await world.start("escalation")
    await publish(world, told(confirmed(), at=NEW_YEAR, realm=world.tag))
    await started(world, 1)
    assert (await counters(world)).counters["firing_out_of_step"] == 0
    async with world.database("escalation") as connection:
        await connection.execute(harm)
    assert (await counters(world)).counters["firing_out_of_step"] > 0


async def test_every_query_is_valid_in_the_migrated_schema(world: World) -> None:
    async with world.database("escalation") as connection:
        for text in store.Q.values():
            await connection.prepare(text)


async def test_a_look_finds_rows_by_index_alone(world: World) -> None:
    ids = [uuid4()]
    looks = {
        "claim_due": (NEW_YEAR, 500), "claim_cases": (ids,), "climb_clocks": ("[]",), "move_versions": (ids, [1]),
        "next_due": (),
    }  # fmt: skip
    async with world.database("escalation") as connection, connection.transaction():
        await connection.execute(store.Q["by_index"])
        for name, arguments in looks.items():
            plan = await connection.fetch(f"explain {store.Q[name]}", *arguments)
            assert not [
                row[0] for row in plan if any(whole in row[0] for whole in ("Seq Scan", "Hash", "Merge", "Sort"))
            ], name


@pytest.mark.parametrize(
    "change", ["next_fire_at = null", "next_rung = null", "live = false", "ended_on = '2025-01-10'"]
)
async def test_the_database_itself_refuses_a_live_clock_without_next_rung(world: World, change: str) -> None:
    await world.start("escalation")
    await publish(world, told(confirmed(), at=NEW_YEAR, realm=world.tag))
    await started(world, 1)
    async with world.database("escalation") as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(f"update clock set {change}")
