"""notify on real PostgreSQL, NATS and SMTP."""

import signal
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from operations.embedded.ports import free_port
from services.notify import store
from shared.contracts.base import Counters, Done
from shared.contracts.denial import Denied
from shared.contracts.escalation import ClockStarted
from shared.contracts.notify import Acknowledge, AlertAcknowledged, AlertDelivered, AlertRaised, NotifyCounters
from shared.contracts.vocabulary import Medium
from shared.directory import load
from tests.builders.alerts import ADDRESS, delivered, rung, settings
from tests.component.mail_server import mail_server
from tests.component.stream import Decided, decided, publish, run_until_killed
from tests.escalation_events import AUTHORITY, HOLDER, LEADER, confirmed, told
from tests.world import NEW_YEAR, World, until


def environment(port: int) -> dict[str, str]:
    return {name.upper(): value for name, value in settings(port).items()}


def alert_id(found: Decided) -> UUID:
    [event] = [each.event for each in found.envelopes if isinstance(each.event, AlertRaised)]
    return event.alert_id


async def acknowledge(world: World, alert: UUID, officer_id: str, key: UUID | None = None) -> Done:
    async with world.desk() as desk:
        actor = desk.actor(officer_id, AUTHORITY)
        return await desk.client.send(Acknowledge(alert_id=alert), Done, actor=actor, key=key or uuid4())


async def counters(world: World) -> Counters:
    async with world.desk() as desk:
        return await desk.client.send(NotifyCounters(), Counters)


async def test_a_rung_becomes_an_alert_and_a_mail_with_proof(world: World) -> None:
    fired = rung(world)
    async with mail_server(port := free_port()) as server:
        await world.start("notify", **settings(port))
        await publish(world, fired)
        found = await delivered(world, 1)
    assert [type(each.event) for each in found.envelopes] == [AlertRaised, AlertDelivered, AlertDelivered]
    assert found.versions() == {alert_id(found): [1, 2, 3]}
    assert {each.case_id for each in found.envelopes} == {fired.case_id}
    assert {each.traceparent[3:35] for each in found.envelopes} == {fired.traceparent[3:35]}
    [mail] = server.taken
    assert (mail["to"], mail["message-id"]) == (ADDRESS, f"<{alert_id(found)}@donthu.invalid>")
    async with world.database("notify") as connection:
        assert await connection.fetchval("select reply_code from delivery where sent_at is not null") == 250
    answer = await counters(world)
    assert set(answer.counters.values()) == {0}
    assert answer.gauges == {"alerts_waiting": 1, "mails_waiting": 0}


async def test_only_the_recipient_acknowledges_and_only_once(world: World) -> None:
    async with mail_server(port := free_port()):
        await world.start("notify", **settings(port))
        await publish(world, rung(world))
        alert = alert_id(await delivered(world, 1))
        for officer_id in (HOLDER, "thach-an-01"):
            with pytest.raises(Denied) as refusal:
                await acknowledge(world, alert, officer_id)
            assert refusal.value.code == "not_found"
        key = uuid4()
        replies = [await acknowledge(world, alert, LEADER, each) for each in (key, key, uuid4())]
    assert replies[0] == replies[1] == replies[2]
    seen = (await decided(world, "notify")).of(AlertAcknowledged)
    assert [(each.version, each.actor_id) for each in seen] == [(4, LEADER)]
    assert (await counters(world)).gauges["alerts_waiting"] == 0


async def test_one_trace_runs_from_the_confirmation_to_the_acknowledgement_that_stops_the_climb(world: World) -> None:
    letter = told(confirmed(), at=NEW_YEAR, realm=world.tag)
    await world.start("escalation")
    await world.start("notify", **settings(free_port()))
    await publish(world, letter)

    async def watched() -> bool:
        return bool((await decided(world, "escalation")).of(ClockStarted))

    await until(watched)
    await world.move_clock(datetime(2025, 1, 16, 17, tzinfo=UTC))
    found = await delivered(world, 3, Medium.INBOX)
    raised = [each.event for each in found.envelopes if isinstance(each.event, AlertRaised)]
    [mine] = [event.alert_id for event in raised if event.recipient_id == LEADER]
    await acknowledge(world, mine, LEADER)

    async def reminder_waits() -> bool:
        async with world.database("escalation") as connection:
            return bool(await connection.fetchval("select next_rung = 'reminder' from clock"))

    await until(reminder_waits)
    journey = [*(await decided(world, "escalation")).envelopes, *found.envelopes]
    assert {each.traceparent[3:35] for each in journey} == {letter.traceparent[3:35]}


async def test_an_alert_that_does_not_exist_is_not_found(world: World) -> None:
    await world.start("notify", **settings(free_port()))
    with pytest.raises(Denied) as refusal:
        await acknowledge(world, uuid4(), LEADER)
    assert refusal.value.code == "not_found"


async def test_mails_wait_while_the_server_is_down_and_none_is_lost(world: World) -> None:
    port = free_port()
    await world.start("notify", **settings(port))
    await publish(world, *(rung(world) for _ in range(25)))
    await delivered(world, 25, Medium.INBOX)

    async def tried() -> bool:
        async with world.database("notify") as connection:
            return bool(await connection.fetchval("select max(tries) >= 2 from delivery"))

    await until(tried)
    assert (await counters(world)).gauges["mails_waiting"] == 25
    async with mail_server(port) as server:
        found = await delivered(world, 25)
    assert len(set(server.ids())) == len(server.ids()) == 25
    assert set(map(tuple, found.versions().values())) == {(1, 2, 3)}


async def test_a_mail_sent_before_a_crash_is_sent_again_under_the_same_message_id(world: World) -> None:
    async with mail_server(port := free_port()) as server:
        await publish(world, rung(world))
        status = await run_until_killed(world, "notify", CRASH_AT="mail.after_send:1", **environment(port))
        assert status == -signal.SIGKILL
        assert len(server.taken) == 1
        async with world.database("notify") as connection:
            await connection.execute("update delivery set lease_until = '-infinity'")  # the dead one's lease runs out
        await world.start("notify", **settings(port))
        found = await delivered(world, 1)
    assert server.ids() == [f"<{alert_id(found)}@donthu.invalid>"] * 2
    assert found.versions() == {alert_id(found): [1, 2, 3]}


async def test_a_refused_mail_waits_and_does_not_stop_the_others(world: World) -> None:
    async with mail_server(port := free_port(), "554 no") as server:
        await world.start("notify", **settings(port))
        await publish(world, rung(world))

        async def put_off() -> bool:
            async with world.database("notify") as connection:
                return bool(await connection.fetchval("select bool_and(next_try_at > clock_timestamp()) from delivery"))

        await until(put_off)
        server.answer = "250 OK"
        await publish(world, rung(world, HOLDER))
        await delivered(world, 1)
    assert [mail["to"] for mail in server.taken] == [load("thach_an").officer(HOLDER).email]
    assert (await counters(world)).gauges == {"alerts_waiting": 2, "mails_waiting": 1}


async def test_an_alert_to_somebody_unknown_is_counted(world: World) -> None:
    await world.start("notify", **settings(free_port()))
    await publish(world, rung(world, "nobody-01"))
    await delivered(world, 1, Medium.INBOX)
    assert (await counters(world)).counters["alert_without_recipient"] == 1


async def test_every_query_is_valid_in_the_migrated_schema(world: World) -> None:
    async with world.database("notify") as connection:
        for text in store.Q.values():
            await connection.prepare(text)
