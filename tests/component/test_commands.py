"""Commands: who asks, was it asked before, may he; one effect per key; every refusal of a person is chained."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from shared.contracts.base import Command, Done
from shared.contracts.casework import TakeOver
from shared.contracts.denial import Denied
from shared.contracts.intake import Letter, Receipt, Register, Registered
from shared.contracts.vocabulary import Channel, Kind
from shared.directory import Role, load
from shared.messaging.commands.router import ACTOR_HEADER, KEY_HEADER
from shared.messaging.commands.sealed import open_model, seal_model
from shared.security.actor import ActorSigner
from shared.security.secrets import ServiceSecrets
from tests.component.stream import publish
from tests.escalation_events import AUTHORITY, HOLDER, LEADER, confirmed, told
from tests.world import Desk, Servers, World, code_of, open_world, until

ON = date(2025, 1, 6)
DESK = "le-lai"


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    """One installation with intake and casework for the whole file."""
    async with open_world(servers) as found:
        for service in ("intake", "casework"):
            await found.start(service)
        yield found


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    async with world.desk() as found:
        yield found


HANDLERS = load("thach_an").holders_of(DESK, Role.HANDLER, ON)
HANDLER = Desk.actor(HANDLERS[0], DESK)


def letter(world: World, text: str = "Tôi khiếu nại quyết định thu hồi đất của xã, tôi không đồng ý.") -> Register:
    content = Letter(sender_name="Nông Văn Bảo", text=text, pin="274913")
    return Register(
        channel_of_arrival=Channel.COUNTER, authority_id=DESK, received_on=ON, kind_ticked=Kind.COMPLAINT,
        against=[DESK], signed=True, letter=seal_model(content, world.servers.public.sealing["intake"]),
    )  # fmt: skip


async def open_case(world: World) -> UUID:
    """A case of casework at version 1, held by HOLDER."""
    event = told(confirmed(), realm=world.tag)
    await publish(world, event)

    async def opened() -> bool:
        async with world.database("casework") as connection:
            return bool(await connection.fetchval("select 1 from case_file where case_id = $1", event.case_id))

    await until(opened)
    return event.case_id


def take(case_id: UUID, version: int = 1, free: bool = True) -> TakeOver:
    return TakeOver(case_id=case_id, expected_version=version, nothing_bars_me=free)


HOLDING = Desk.actor(HOLDER, AUTHORITY)


async def counted(world: World, service: str, query: str, *arguments: Any) -> int:
    async with world.database(service) as connection:
        count: int = await connection.fetchval(query, *arguments)
        return count


async def refusals(world: World, service: str = "casework") -> list[dict[str, Any]]:
    async with world.database(service) as connection:
        rows = await connection.fetch("select body from outbox where subject like '%.command.refused' order by number")
    return [orjson.loads(row["body"]) for row in rows]


async def test_the_same_key_and_payload_get_the_same_answer_and_one_effect(world: World, desk: Desk) -> None:
    command, key = letter(world), uuid4()
    answers = [await desk.client.send(command, Registered, actor=HANDLER, key=key) for _ in range(3)]
    assert len({(answer.case_id, answer.version) for answer in answers}) == 1
    private = ServiceSecrets.load(world.secrets, "portal").sealed_private
    assert len({open_model(answer.receipt, private, Receipt).code for answer in answers}) == 1
    case_id = answers[0].case_id
    assert await counted(world, "intake", "select count(*) from petition where case_id = $1", case_id) == 1
    assert await counted(world, "intake", "select count(*) from outbox where case_id = $1", case_id) == 2


async def test_the_stored_answer_holds_nothing_protected(world: World, desk: Desk) -> None:
    key = uuid4()
    await desk.client.send(letter(world), Registered, actor=HANDLER, key=key)
    async with world.database("intake") as connection:
        reply = orjson.loads(await connection.fetchval("select reply from command_log where key = $1", key))
    assert set(reply) == {"case_id", "version"}


async def test_a_letter_sealed_anew_with_the_same_content_is_the_same_payload(world: World, desk: Desk) -> None:
    key = uuid4()
    first, second = letter(world), letter(world)
    assert first.letter != second.letter
    answers = [await desk.client.send(each, Registered, actor=HANDLER, key=key) for each in (first, second)]
    assert answers[0].case_id == answers[1].case_id


async def test_the_same_key_with_another_payload_is_a_conflict_and_chained(world: World, desk: Desk) -> None:
    key = uuid4()
    await desk.client.send(letter(world), Registered, actor=HANDLER, key=key)
    before = await refusals(world, "intake")
    other = letter(world, "Tôi tố cáo ông chủ tịch xã nhận tiền.")
    assert await code_of(desk.client.send(other, Registered, actor=HANDLER, key=key)) == "idempotency_conflict"
    chained = (await refusals(world, "intake"))[len(before) :]
    assert [event["code"] for event in chained] == ["idempotency_conflict"]


async def test_the_same_key_of_another_person_is_another_act(world: World, desk: Desk) -> None:
    """Never the first's answer: the second is decided on his own rights."""
    case_id, key = await open_case(world), uuid4()
    await desk.client.send(take(case_id), Done, actor=HOLDING, key=key)
    stranger = desk.actor(LEADER, AUTHORITY)
    assert await code_of(desk.client.send(take(case_id, 2), Done, actor=stranger, key=key)) == "not_allowed"
    assert await code_of(desk.client.send(take(case_id), Done, actor=stranger, key=key)) == "version_conflict"


async def test_a_repeat_is_authorised_again(world: World, desk: Desk) -> None:
    """The answer was given while he had a post; asked again on a day when he has none, he gets nothing."""
    command, key = letter(world), uuid4()
    await desk.client.send(command, Registered, actor=HANDLER, key=key)
    long_ago = datetime(1990, 1, 1, tzinfo=UTC)
    before = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
    await world.move_clock(long_ago)
    try:
        assert await code_of(desk.client.send(command, Registered, actor=HANDLER, key=key)) == "not_allowed"
    finally:
        await world.move_clock(before)


async def test_an_old_version_is_a_conflict_and_changes_nothing(world: World, desk: Desk) -> None:
    case_id = await open_case(world)
    await desk.client.send(take(case_id), Done, actor=HOLDING)
    assert await code_of(desk.client.send(take(case_id), Done, actor=HOLDING)) == "version_conflict"
    assert await counted(world, "casework", "select version from case_file where case_id = $1", case_id) == 2


async def test_identical_commands_at_once_have_one_effect_and_one_answer(world: World, desk: Desk) -> None:
    case_id, key = await open_case(world), uuid4()
    sending = [desk.client.send(take(case_id), Done, actor=HOLDING, key=key) for _ in range(20)]
    assert set(await asyncio.gather(*sending)) == {Done(case_id=case_id, version=2)}
    count = "select count(*) from outbox where case_id = $1 and subject like '%.case.taken'"
    assert await counted(world, "casework", count, case_id) == 1


async def test_different_commands_at_once_on_one_version_let_one_pass(world: World, desk: Desk) -> None:
    case_id = await open_case(world)
    sending = [desk.client.send(take(case_id), Done, actor=HOLDING) for _ in range(10)]
    answers = await asyncio.gather(*sending, return_exceptions=True)
    assert sum(isinstance(answer, Done) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Denied)} == {"version_conflict"}


async def test_every_attempt_under_one_key_is_chained(world: World, desk: Desk) -> None:
    """Whoever tries case after case under one key leaves a trace of each; a mere repetition leaves none."""
    key, before = uuid4(), len(await refusals(world))
    tries = [take(uuid4()) for _ in range(3)]
    for command in (*tries, *tries):
        assert await code_of(desk.client.send(command, Done, actor=HOLDING, key=key)) == "not_found"
    chained = (await refusals(world))[before:]
    assert chained == [{"command": "cmd.casework.take_over", "code": "not_found", "refused_to": HOLDER}] * 3


async def test_a_refused_command_may_be_asked_again_under_its_key(world: World, desk: Desk) -> None:
    case_id, key = await open_case(world), uuid4()
    assert await code_of(desk.client.send(take(case_id, free=False), Done, actor=HOLDING, key=key)) == "recused"
    assert (await desk.client.send(take(case_id), Done, actor=HOLDING, key=key)).version == 2


@dataclass(frozen=True)
class Asked:
    """One request as a liar would send it."""

    key: str
    body: bytes
    token: str | None


def _signed(world: World, asking: Command, **changed: Any) -> Asked:
    private = ServiceSecrets.load(world.secrets, "portal").actor_key
    key, body = str(uuid4()), asking.model_dump_json().encode()
    what: dict[str, Any] = {
        "audience": asking.service,
        "command": asking.subject(),
        "command_id": key,
        "payload": body,
        "now": datetime.now(UTC),
    } | {name: value for name, value in changed.items() if name not in ("realm", "actor")}
    signer = ActorSigner(private, changed.get("realm", world.tag))
    return Asked(key, body, signer.sign(changed.get("actor", HOLDING), **what))


def _tampered(asked: Asked) -> Asked:
    assert asked.token is not None
    body, _, signature = asked.token.partition(".")
    return replace(asked, token=f"{body[:-2]}AA.{signature}")


LIES: dict[str, Any] = {
    "nobody": lambda w, c: replace(_signed(w, c), token=None),
    "no assertion at all": lambda w, c: replace(_signed(w, c), token="nonsense"),
    "an expired one": lambda w, c: _signed(w, c, now=datetime.now(UTC) - timedelta(minutes=3)),
    "one of the future": lambda w, c: _signed(w, c, now=datetime.now(UTC) + timedelta(minutes=3)),
    "one for another service": lambda w, c: _signed(w, c, audience="intake"),
    "one for another command": lambda w, c: _signed(w, c, command="cmd.casework.accept"),
    "one for another key": lambda w, c: _signed(w, c, command_id=str(uuid4())),
    "one for another payload": lambda w, c: _signed(w, c, payload=b"{}"),
    "one of another installation": lambda w, c: _signed(w, c, realm="test-00000000"),
    "a forged one": lambda w, c: _tampered(_signed(w, c)),
}


@pytest.mark.parametrize("lie", LIES)
async def test_an_assertion_that_does_not_hold_is_nobody(world: World, lie: str) -> None:
    case_id = await open_case(world)
    asked: Asked = LIES[lie](world, take(case_id))
    before = await refusals(world)
    assert await _ask(world, "cmd.casework.take_over", asked) == {"code": "not_signed_in"}
    assert await refusals(world) == before
    assert await counted(world, "casework", "select version from case_file where case_id = $1", case_id) == 1


@pytest.mark.parametrize(
    ("body", "key", "field"),
    [
        (b"not json", str(uuid4()), None),
        (b"{}", str(uuid4()), "case_id"),
        (b'{"case_id": "Nong Van Bao", "expected_version": 1, "nothing_bars_me": true}', str(uuid4()), "case_id"),
        (b"{}", "", "idempotency_key"),
        (b"{}", "not a uuid", "idempotency_key"),
    ],
)
async def test_malformed_input_gets_a_typed_error_without_its_values(
    world: World, body: bytes, key: str, field: str | None
) -> None:
    error = await _ask(world, "cmd.casework.take_over", Asked(key, body, None))
    assert error == {"code": "invalid"} | ({"field": field} if field else {})


async def test_an_answer_goes_to_an_inbox_only(world: World) -> None:
    """Else whoever may ask a service could let it speak on the stream, or to others, in its own name."""
    case_id = uuid4()
    async with world.bus("portal") as connection:
        last = (await connection.jetstream().stream_info("EVENTS")).state.last_seq
        asked = _signed(world, take(case_id))
        headers = {KEY_HEADER: asked.key, ACTOR_HEADER: asked.token or ""}
        subject = "evt.3.casework.case.opened"
        await connection.publish("cmd.casework.take_over", asked.body, reply=subject, headers=headers)

        async def refused() -> bool:
            return any(each["refused_to"] == HOLDER for each in await refusals(world))

        await until(refused)
        await _ask(world, "cmd.casework.take_over", asked)
        stream = connection.jetstream()
        end = (await stream.stream_info("EVENTS")).state.last_seq
        assert subject not in [await _subject(world, sequence) for sequence in range(last + 1, end + 1)]


async def _subject(world: World, sequence: int) -> str | None:
    async with world.bus("steward") as steward:
        return (await steward.jetstream().get_msg("EVENTS", seq=sequence)).subject


async def _ask(world: World, subject: str, asked: Asked) -> dict[str, Any]:
    headers = {KEY_HEADER: asked.key} | ({ACTOR_HEADER: asked.token} if asked.token else {})
    async with world.bus("portal") as connection:
        message = await connection.request(subject, asked.body, timeout=5, headers=headers)
    error: dict[str, Any] = orjson.loads(message.data)["error"]
    return {name: value for name, value in error.items() if value is not None}
