"""Letters that arrive in one moment share a transaction; each has its own effect, answer and refusal."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.contracts.denial import Denied
from shared.contracts.intake import Letter, Receipt, Register, Registered
from shared.contracts.vocabulary import Channel, Kind
from shared.directory import Role, load
from shared.messaging.commands.sealed import open_model, seal_model
from shared.security.secrets import ServiceSecrets
from tests.world import Desk, Servers, World, open_world, until

ON = date(2025, 1, 6)
DESK = "le-lai"
HANDLER = Desk.actor(load("thach_an").holders_of(DESK, Role.HANDLER, ON)[0], DESK)


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    async with open_world(servers) as found:
        await found.start("intake")
        yield found


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    async with world.desk() as found:
        yield found


def letter(world: World, **over: Any) -> Register:
    content = Letter(sender_name="Nông Văn Bảo", text="Tôi khiếu nại quyết định của xã.", pin="274913")
    plain = Register(
        channel_of_arrival=Channel.COUNTER, authority_id=DESK, received_on=ON, kind_ticked=Kind.COMPLAINT,
        against=[DESK], signed=True, letter=seal_model(content, world.servers.public.sealing["intake"]),
    )  # fmt: skip
    return plain.model_copy(update=over)


async def at_once(desk: Desk, *commands: tuple[Register, UUID]) -> list[Registered | Denied]:
    sent = (desk.client.send(command, Registered, actor=HANDLER, key=key) for command, key in commands)
    found: list[Any] = await asyncio.gather(*sent, return_exceptions=True)
    return found


async def transactions_of(world: World, case_ids: set[UUID]) -> int:
    async with world.database("intake") as connection:
        count: int = await connection.fetchval(
            "select count(distinct xmin::text) from petition where case_id = any($1::uuid[])", list(case_ids)
        )
        return count


async def test_letters_of_one_moment_share_transactions_and_each_has_its_own_receipt(world: World, desk: Desk) -> None:
    answers = await at_once(desk, *((letter(world), uuid4()) for _ in range(60)))
    case_ids = {answer.case_id for answer in answers if isinstance(answer, Registered)}
    private = ServiceSecrets.load(world.secrets, "portal").sealed_private
    codes = {open_model(each.receipt, private, Receipt).code for each in answers if isinstance(each, Registered)}
    assert len(case_ids) == len(codes) == 60
    assert await transactions_of(world, case_ids) < 30
    async with world.database("intake") as connection:
        for table, rows in (("petition", 1), ("receipt", 1), ("capsule", 3), ("outbox", 2)):
            counted = await connection.fetch(
                f"select count(*) from {table} where case_id = any($1::uuid[]) group by case_id", list(case_ids)
            )
            assert [row["count"] for row in counted] == [rows] * 60, table


async def test_a_letter_that_is_refused_stops_no_other_of_its_moment(world: World, desk: Desk) -> None:
    tomorrow = letter(world, received_on=ON + timedelta(days=9))
    commands = [(letter(world), uuid4()) for _ in range(20)] + [(tomorrow, uuid4())]
    *kept, refused = await at_once(desk, *commands)
    assert all(isinstance(answer, Registered) for answer in kept)
    assert isinstance(refused, Denied)
    assert refused.code == "date_in_future"

    async def chained() -> bool:
        async with world.database("intake") as connection:
            return bool(
                await connection.fetchval(
                    "select 1 from outbox where subject like '%.command.refused' and body like '%date_in_future%'"
                )
            )

    await until(chained)


async def test_one_key_asked_twice_in_one_moment_has_one_effect_and_one_answer(world: World, desk: Desk) -> None:
    command, key = letter(world), uuid4()
    others = [(letter(world), uuid4()) for _ in range(10)]
    first, *_, second = await at_once(desk, (command, key), *others, (command, key))
    assert isinstance(first, Registered)
    assert isinstance(second, Registered)
    assert first.case_id == second.case_id


async def test_a_repeat_among_new_letters_gets_its_old_answer_and_the_new_ones_theirs(world: World, desk: Desk) -> None:
    command, key = letter(world), uuid4()
    [before] = await at_once(desk, (command, key))
    again, *new = await at_once(desk, (command, key), *((letter(world), uuid4()) for _ in range(20)))
    assert isinstance(before, Registered)
    assert isinstance(again, Registered)
    assert again.case_id == before.case_id
    case_ids = {answer.case_id for answer in new if isinstance(answer, Registered)}
    assert len(case_ids - {before.case_id}) == 20


async def test_letters_that_wait_while_the_database_is_away_are_all_answered(world: World, desk: Desk) -> None:
    """None of them may keep its place for ever: the desk is told, and the next ones are registered."""
    admin = await asyncpg.connect(world.database_url)
    name = await admin.fetchval("select current_database()")
    shut = f"""alter database "{name}" connection limit 0;
        select pg_terminate_backend(pid) from pg_stat_activity where usename = 'donthu_intake' and datname = '{name}'"""
    try:
        await admin.execute(shut)
        async with asyncio.timeout(60):
            answers = await at_once(desk, *((letter(world), uuid4()) for _ in range(80)))
        assert {answer.code for answer in answers if isinstance(answer, Denied)} == {"unavailable"}
        assert len(answers) == 80
    finally:
        await admin.execute(f'alter database "{name}" connection limit -1')
        await admin.close()
    again = await at_once(desk, *((letter(world), uuid4()) for _ in range(80)))
    assert all(isinstance(answer, Registered) for answer in again)
