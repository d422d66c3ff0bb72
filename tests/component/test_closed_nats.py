"""NATS is closed: what an identity may not do, the server itself refuses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import nats.errors
import pytest
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from operations.steward import connect_steward
from shared.contracts.bus.flows import STEWARD
from shared.contracts.bus.subjects import STREAM, consumer_name, inbox_prefix
from shared.contracts.house import SERVICES
from tests.component.stream import publish
from tests.escalation_events import confirmed, told
from tests.world import Servers, World, open_world, until

STREAM_VERBS = ("CREATE", "UPDATE", "DELETE", "PURGE", "MSG.GET", "MSG.DELETE", "SNAPSHOT", "RESTORE")
CALLED = [name for name in SERVICES if name != "portal"]


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    async with open_world(servers) as found:
        await publish(found, *(told(confirmed(), realm=found.tag) for _ in range(3)))
        yield found


class Complaints:
    """Permission violations the server told a connection."""

    def __init__(self) -> None:
        self.found: list[str] = []

    async def note(self, error: Exception) -> None:
        self.found.append(str(error).lower())

    async def about_all(self, subjects: list[str]) -> None:
        """Every one of the subjects was refused."""

        async def told() -> bool:
            return not self.missing(subjects)

        with suppress(AssertionError):
            await until(told, seconds=5)
        assert self.missing(subjects) == []

    def missing(self, subjects: list[str]) -> list[str]:
        refused = {line.rsplit('"', 2)[-2] for line in self.found if "permissions violation" in line and '"' in line}
        return [subject for subject in subjects if subject.lower() not in refused]


@asynccontextmanager
async def speaking(world: World, identity: str) -> AsyncIterator[tuple[Client, Complaints]]:
    complaints = Complaints()
    async with world.bus(identity, error_cb=complaints.note) as connection:
        yield connection, complaints


async def refused_to_publish(world: World, identity: str, subjects: list[str]) -> None:
    async with speaking(world, identity) as (connection, complaints):
        for subject in subjects:
            await connection.publish(subject, b"{}", reply=f"{inbox_prefix(identity)}.x")
        await complaints.about_all(subjects)


async def refused_to_subscribe(world: World, identity: str, subjects: list[str]) -> None:
    async with speaking(world, identity) as (connection, complaints):
        for subject in subjects:
            await connection.subscribe(subject)
        await complaints.about_all(subjects)


def others(identity: str) -> list[str]:
    return [name for name in (*SERVICES, STEWARD) if name != identity]


@pytest.mark.parametrize("service", SERVICES)
async def test_nobody_emits_in_anothers_name(world: World, service: str) -> None:
    subjects = [f"evt.{partition}.{other}.case.opened" for other in others(service) for partition in (0, 15, 99)]
    await refused_to_publish(world, service, [*subjects, "evt.0", f"evt.0.{service}", "anything", f"{STREAM}"])


@pytest.mark.parametrize("service", CALLED)
async def test_only_portal_and_steward_call(world: World, service: str) -> None:
    subjects = [f"{act}.{other}{verb}" for other in SERVICES for act, verb in (("cmd", ".confirm"), ("q", ".counters"))]
    await refused_to_publish(world, service, [*subjects, "cmd.steward.jump", *(f"clock.{other}" for other in SERVICES)])


async def test_the_steward_reads_counters_and_gives_no_command(world: World) -> None:
    await refused_to_publish(world, STEWARD, [f"cmd.{name}.confirm" for name in SERVICES])
    await refused_to_publish(world, STEWARD, ["q.intake.document", "q.intake.track", "evt.0.audit.head.signed"])


@pytest.mark.parametrize("identity", [*SERVICES, STEWARD])
async def test_nobody_listens_to_what_is_anothers(world: World, identity: str) -> None:
    subjects = [
        pattern.format(other)
        for other in others(identity)
        for pattern in ("cmd.{0}.>", "q.{0}.>", "cmd.{0}.confirm", "_INBOX_{0}.>", "_INBOX_{0}.abc.*", "clock.{0}")
    ]
    await refused_to_subscribe(world, identity, [*subjects, ">", "*", "evt.>", "_INBOX.>", "cmd.>", "q.*.>", "$JS.>"])


@pytest.mark.parametrize("service", SERVICES)
async def test_only_the_steward_touches_streams(world: World, service: str) -> None:
    subjects = [f"$JS.API.STREAM.{verb}.{STREAM}" for verb in STREAM_VERBS]
    more = ["$JS.API.INFO", "$JS.API.STREAM.LIST", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.CREATE.OTHER",
            f"$JS.API.DIRECT.GET.{STREAM}", f"$JS.API.CONSUMER.LIST.{STREAM}", "$SYS.REQ.SERVER.PING",
            "$JS.API.META.LEADER.STEPDOWN"]  # fmt: skip
    await refused_to_publish(world, service, subjects + more)
    await _nothing_happened(world)


@pytest.mark.parametrize("service", SERVICES)
async def test_consumers_of_others_are_out_of_reach(world: World, service: str) -> None:
    subjects = [
        f"$JS.API.CONSUMER.{verb}.{STREAM}.{consumer_name(other, replica)}"
        for other in SERVICES
        if other != service
        for replica in (0, 3)
        for verb in ("CREATE", "MSG.NEXT", "INFO", "DELETE")
    ]
    own = [
        f"$JS.API.CONSUMER.CREATE.{STREAM}.{service}-9",
        f"$JS.API.CONSUMER.DURABLE.CREATE.{STREAM}.{service}-0",
        f"$JS.API.CONSUMER.PAUSE.{STREAM}.{service}-0",
        f"$JS.API.CONSUMER.CREATE.{STREAM}",
    ]
    await refused_to_publish(world, service, subjects + own)


async def test_a_consumer_is_named_as_its_subject_says(world: World) -> None:
    """A name in the request's body does not count against the one that the permission names."""
    async with world.bus("notify") as connection:
        request = b'{"stream_name":"EVENTS","config":{"name":"audit-0","ack_policy":"none"},"action":"create"}'
        answer = await connection.request(f"$JS.API.CONSUMER.CREATE.{STREAM}.notify-0", request, timeout=5)
        assert b'"name":"notify-0"' in answer.data


@pytest.mark.parametrize("seed", [None, "SUAM5MOWG3RJRQYRLFC7OIUV3BXIYMWBXYNPB4S2Q4PQ3YTOFCN4OW7JUE"])
async def test_strangers_do_not_get_in(world: World, seed: str | None) -> None:
    stranger = Client()
    with pytest.raises(nats.errors.Error):
        await stranger.connect(world.nats.url, nkeys_seed_str=seed, allow_reconnect=False, connect_timeout=3)
    stranger._transport.close()  # type: ignore[union-attr]


@pytest.mark.parametrize("header", ["Nats-Rollup", "Nats-TTL"])
async def test_a_publication_cannot_remove_others(world: World, header: str) -> None:
    value = {"Nats-Rollup": "all", "Nats-TTL": "1s"}[header]
    async with world.bus("routing") as connection:
        stream = connection.jetstream(timeout=5)
        with pytest.raises(nats.errors.Error):
            await stream.publish("evt.0.routing.classification.confirmed", b"{}", headers={header: value})
    await _nothing_happened(world)


async def test_even_the_steward_cannot_delete_or_purge_what_was_said(world: World) -> None:
    steward = await connect_steward(world.nats.url, world.secrets)
    try:
        with pytest.raises(nats.errors.Error):
            await steward.jsm().purge_stream(STREAM)
        with pytest.raises(nats.errors.Error):
            await steward.jsm().delete_msg(STREAM, 1)
        config = (await steward.jsm().stream_info(STREAM)).config
        config.deny_purge = False
        with pytest.raises(nats.errors.Error):
            await steward.jsm().update_stream(config)
    finally:
        await steward.close()
    await _nothing_happened(world)


async def test_nobody_forges_a_subject_through_his_own_consumer(world: World) -> None:
    """JetStream delivers where it is told; what comes back into the stream keeps the subject it was published under."""
    forged = told(confirmed(), realm=world.tag)
    async with world.bus("notify") as connection:
        stream = connection.jetstream(timeout=5)
        ack = await stream.publish("evt.1.notify.alert.raised", b"{}", headers={"ce-id": "x"})
        config = ConsumerConfig(
            name="notify-1",
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=ack.seq,
            ack_policy=AckPolicy.NONE,
            mem_storage=True,
        )
        await stream.add_consumer(STREAM, config)
        target = f"evt.{forged.partition}.routing.classification.confirmed"
        await connection.publish(f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.notify-1", b'{"batch":1}', reply=target)
        await connection.flush()
        last = (await stream.stream_info(STREAM)).state.last_seq
    steward = await connect_steward(world.nats.url, world.secrets)
    try:
        for sequence in range(ack.seq, last + 1):
            message = await steward.jetstream().get_msg(STREAM, seq=sequence)
            assert message.subject == "evt.1.notify.alert.raised" or not message.headers
    finally:
        await steward.close()


async def _nothing_happened(world: World) -> None:
    steward = await connect_steward(world.nats.url, world.secrets)
    try:
        state = (await steward.jsm().stream_info(STREAM)).state
        assert state.first_seq == 1
        assert state.messages == state.last_seq >= 3
    finally:
        await steward.close()
