"""A corrected receipt on real PostgreSQL and NATS: at the desk, at clocks, in the other rooms; once, twice, late."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake.vault.capsules import Capsule, Vault
from services.intake.vault.keystore import KeyStore, keystore_url
from shared.contracts.base import Counters, Done, Event
from shared.contracts.bus.envelope import Envelope
from shared.contracts.escalation import ClockBreached, ClockEnded, ClockStarted, EscalationCounters, RungFired
from shared.contracts.intake import (
    CorrectReceipt,
    IntakeCounters,
    Letter,
    Reason,
    ReceiptCorrected,
    Register,
    Registered,
)
from shared.contracts.vocabulary import Channel, EndReason, Kind, Rung
from shared.messaging.commands.sealed import seal_model
from shared.postgres.pool import create_pool, service_dsn
from shared.security.secrets import ServiceSecrets
from tests.builders.petitions import proposal, transferred
from tests.component.stream import Decided, decided, publish
from tests.escalation_events import AUTHORITY, HANDLER, accepted, confirmed, proposed, seen, told
from tests.routing_letters import COMMUNE, DESK, DISTRICT, DISTRICT_DESK, HEAD, OTHER_DESK, letter
from tests.world import NEW_YEAR, Desk, Servers, World, code_of, open_world, until

WRONG, RIGHT = date(2024, 1, 6), date(2025, 1, 6)
ADVISER = "thach-an-03"
WHY = "Văn thư gõ nhầm năm 2024."


@pytest.fixture(scope="module")
async def world(servers: Servers) -> AsyncIterator[World]:
    """One installation with the rooms that a correction concerns, for the whole file."""
    async with open_world(servers) as found:
        for name in ("intake", "escalation", "casework", "routing"):
            await found.start(name)
        yield found


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    async with world.desk() as found:
        yield found


async def registered(world: World, desk: Desk, received_on: date = WRONG) -> UUID:
    content = seal_model(Letter(text="Đường vào xóm hỏng nặng.", pin="274913"), world.servers.public.sealing["intake"])
    command = Register(
        channel_of_arrival=Channel.COUNTER, authority_id=COMMUNE, received_on=received_on, signed=True, letter=content,
        far_back=True,
    )  # fmt: skip
    return (await desk.client.send(command, Registered, actor=Desk.actor(DESK, COMMUNE))).case_id


async def hidden_from(world: World, case_id: UUID) -> list[str] | None:
    async with world.database("intake") as connection:
        found: list[str] | None = await connection.fetchval(
            "select hidden_from from petition where case_id = $1", case_id
        )
        return found


async def known(world: World, desk: Desk) -> UUID:
    """A letter that routing has proposed, as intake knows it."""
    case_id = await registered(world, desk)

    async def there() -> bool:
        return await hidden_from(world, case_id) is not None

    await until(there)
    return case_id


def asked(world: World, case_id: UUID, **changes: Any) -> CorrectReceipt:
    values = {
        "case_id": case_id, "was_on": WRONG, "received_on": RIGHT, "document_number": "15/BC-UBND",
        "document_on": RIGHT, "reason": seal_model(Reason(text=WHY), world.servers.public.sealing["intake"]),
    }  # fmt: skip
    return CorrectReceipt(**(values | changes))


async def send(desk: Desk, command: CorrectReceipt, officer: str = DESK, key: UUID | None = None) -> int:
    done = await desk.client.send(command, Done, actor=Desk.actor(officer, COMMUNE), key=key or uuid4())
    return done.version


async def events(world: World, service: str, case_id: UUID) -> list[Envelope]:
    return [each for each in (await decided(world, service)).envelopes if each.case_id == case_id]


async def corrections(world: World, case_id: UUID) -> list[Event]:
    said = await events(world, "intake", case_id)
    return [each.event for each in said if isinstance(each.event, ReceiptCorrected)]


async def rows(world: World, service: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    async with world.database(service) as connection:
        return [tuple(row) for row in await connection.fetch(query, *values)]


async def arrives(world: World, service: str, expected: list[tuple[Any, ...]], query: str, *values: Any) -> None:
    async def so() -> bool:
        return await rows(world, service, query, *values) == expected

    await until(so)


async def test_a_slip_is_corrected_once_however_often_it_is_asked(world: World, desk: Desk) -> None:
    case_id = await known(world, desk)
    key = uuid4()
    version = await send(desk, asked(world, case_id), key=key)
    assert await send(desk, asked(world, case_id), key=key) == version
    other = asked(world, case_id, received_on=date(2025, 1, 5))
    assert await code_of(send(desk, other, key=key)) == "idempotency_conflict"
    assert await code_of(send(desk, asked(world, case_id))) == "version_conflict"
    assert await corrections(world, case_id) == [
        ReceiptCorrected(
            authority_id=COMMUNE, was_on=WRONG, received_on=RIGHT, document_number="15/BC-UBND", document_on=RIGHT,
            corrected_by=DESK,
        )
    ]  # fmt: skip
    kept = await rows(world, "intake", "select received_on, at_since from petition where case_id = $1", case_id)
    assert kept == [(RIGHT, RIGHT)]
    versions = [each.version for each in await events(world, "intake", case_id)]
    assert versions == list(range(1, version + 1))
    counters = await desk.client.send(IntakeCounters(), Counters)
    assert set(counters.counters.values()) == {0}


async def test_four_at_once_correct_once(world: World, desk: Desk) -> None:
    case_id = await known(world, desk)
    sends = [send(desk, asked(world, case_id)) for _ in range(4)]
    answers = await asyncio.gather(*sends, return_exceptions=True)
    assert Counter(getattr(each, "code", "corrected") for each in answers) == {"corrected": 1, "version_conflict": 3}
    assert len(await corrections(world, case_id)) == 1


async def test_the_reason_is_in_the_vault_and_nowhere_else(world: World, desk: Desk) -> None:
    case_id = await known(world, desk)
    version = await send(desk, asked(world, case_id))
    query = "select key_id, ciphertext from correction where case_id = $1"
    [(key_id, ciphertext)] = await rows(world, "intake", query, case_id)
    secrets = ServiceSecrets.load(world.secrets, "intake")
    keys = await create_pool(
        service_dsn(keystore_url(world.database_url), "intake", secrets.database_password), application="t"
    )
    try:
        vault = Vault(KeyStore(keys), secrets.kek_ring, world.tag)
        assert (await vault.open(Capsule(case_id, f"correction-{version}", key_id, ciphertext))).decode() == WHY
    finally:
        await keys.close()
    for table in ("outbox", "command_log", "correction", "petition"):
        assert await rows(world, "intake", f"select 1 from {table} as t where t::text like '%Văn thư%'") == []


async def test_who_may_not_gets_the_answer_of_a_case_that_is_not(world: World, desk: Desk) -> None:
    case_id = await known(world, desk)
    assert await code_of(send(desk, asked(world, uuid4()))) == "not_found"
    assert await code_of(send(desk, asked(world, case_id), OTHER_DESK)) == "not_allowed"
    sealed = proposal(DISTRICT_DESK, DISTRICT).model_copy(update={"excluded": [HEAD, DESK]})
    await world.stop("routing")
    hidden = await registered(world, desk)
    assert await code_of(send(desk, asked(world, hidden))) == "not_found"
    await publish(world, told(sealed, case_id=hidden, realm=world.tag))
    await arrives(world, "intake", [(DISTRICT,)], "select above_id from petition where case_id = $1", hidden)
    assert await code_of(send(desk, asked(world, hidden))) == "not_found"
    done = await desk.client.send(asked(world, hidden), Done, actor=Desk.actor(DISTRICT_DESK, DISTRICT))
    assert done.version == 3
    await world.start("routing")


async def test_no_receipt_after_the_first_act(world: World, desk: Desk) -> None:
    case_id = await known(world, desk)
    left = date(2025, 1, 3)
    away = told(transferred(), case_id=case_id, realm=world.tag, version=2)
    await publish(world, replace(away, legal_at=left))
    acted_on = "select acted_on, transferred from petition where case_id = $1"
    await arrives(world, "intake", [(left, True)], acted_on, case_id)
    assert await code_of(send(desk, asked(world, case_id))) == "date_after_act"
    await send(desk, asked(world, case_id, received_on=left))
    [event] = await corrections(world, case_id)
    assert isinstance(event, ReceiptCorrected)
    assert event.transferred


def a_correction(
    world: World, case_id: UUID, version: int, was_on: date = WRONG, received_on: date = RIGHT
) -> Envelope:
    event = ReceiptCorrected(
        authority_id=AUTHORITY, was_on=was_on, received_on=received_on, document_number="15/BC-UBND",
        document_on=RIGHT, corrected_by=HANDLER,
    )  # fmt: skip
    return told(event, case_id=case_id, at=NEW_YEAR, realm=world.tag, version=version)


async def clocks(world: World, case_id: UUID) -> list[tuple[Any, ...]]:
    query = "select rule, starts_on, live from clock where case_id = $1 order by starts_on, rule"
    return await rows(world, "escalation", query, case_id)


async def said(world: World, case_id: UUID, *types: type[Event]) -> list[Any]:
    return [each.event for each in Decided(await events(world, "escalation", case_id)).of(*types)]


async def test_the_clock_starts_anew_and_what_it_fired_stays(world: World) -> None:
    case_id = uuid4()
    await publish(world, told(proposed(WRONG), case_id=case_id, at=NEW_YEAR, realm=world.tag))

    async def breached() -> bool:
        return bool(await said(world, case_id, ClockBreached))

    await until(breached)
    correction = a_correction(world, case_id, 3)
    await publish(world, correction, correction)
    await arrives(
        world, "escalation", [(RIGHT, RIGHT)],
        "select received_on, received_here_on from watched_case where case_id = $1", case_id,
    )  # fmt: skip
    assert await clocks(world, case_id) == [("XL-08", WRONG, False), ("XL-08", RIGHT, True)]
    [ended] = await said(world, case_id, ClockEnded)
    assert ended.reason is EndReason.SUPERSEDED
    assert len(await said(world, case_id, ClockStarted)) == 2
    rungs = await said(world, case_id, RungFired)
    assert [each.rung for each in rungs if each.recipient_id == ADVISER] == [Rung.RECEIPT_CORRECTED]
    assert len(await said(world, case_id, ClockBreached)) == 1
    recorded = await rows(
        world, "escalation",
        "select clock_id, rung.step, recipient_id from rung join clock using (clock_id) where case_id = $1", case_id,
    )  # fmt: skip
    assert Counter(recorded) == Counter((each.clock_id, each.step, each.recipient_id) for each in rungs)
    versions = [each.version for each in await events(world, "escalation", case_id)]
    assert versions == list(range(1, len(versions) + 1))
    await publish(world, told(seen(ended.clock_id, ADVISER), case_id=case_id, realm=world.tag, aggregate_id=uuid4()))
    async with world.desk() as asking:
        answer = await asking.client.send(EscalationCounters(), Counters)
    assert set(answer.counters.values()) == {0}


async def test_a_clock_of_another_act_stays_and_the_adviser_hears_all_the_same(world: World) -> None:
    case_id = uuid4()
    first = told(confirmed(received_on=date(2024, 12, 30), authority_id=AUTHORITY), case_id=case_id, realm=world.tag)
    await publish(world, first, told(accepted(RIGHT), case_id=case_id, realm=world.tag))
    await arrives(world, "escalation", [("accepted",)], "select stage from watched_case where case_id = $1", case_id)
    before = await clocks(world, case_id)
    await publish(world, a_correction(world, case_id, 3, date(2024, 12, 30), date(2025, 1, 2)))
    await arrives(
        world, "escalation", [(date(2025, 1, 2),)], "select received_on from watched_case where case_id = $1", case_id
    )
    assert await clocks(world, case_id) == before
    assert [each.rung for each in await said(world, case_id, RungFired)][-1] is Rung.RECEIPT_CORRECTED


async def test_a_confirmation_that_had_not_heard_of_it_counts_from_the_right_day(world: World) -> None:
    case_id = uuid4()
    await publish(world, told(proposed(WRONG), case_id=case_id, at=NEW_YEAR, realm=world.tag))
    await until(lambda: said(world, case_id, ClockStarted))
    await publish(world, a_correction(world, case_id, 3))

    async def noted() -> bool:
        query = "select 1 from corrected_receipt where case_id = $1"
        return bool(await rows(world, "casework", query, case_id))

    await until(noted)
    stale = told(confirmed(Kind.COMPLAINT, received_on=WRONG), case_id=case_id, at=NEW_YEAR, realm=world.tag, version=2)
    await publish(world, stale)
    await arrives(world, "casework", [(RIGHT,)], "select received_on from case_file where case_id = $1", case_id)
    await arrives(world, "escalation", [("confirmed",)], "select stage from watched_case where case_id = $1", case_id)
    assert ("KN-12", RIGHT, True) in await clocks(world, case_id)


async def test_casework_and_routing_follow_and_a_second_telling_changes_nothing(world: World) -> None:
    read = told(letter(received_on=WRONG), realm=world.tag, version=2)
    await publish(world, read)
    days = "select received_on, first_received_on from classification where case_id = $1"
    await arrives(world, "routing", [(WRONG, WRONG)], days, read.case_id)
    correction = a_correction(world, read.case_id, 3)
    await publish(world, correction, correction)
    await arrives(world, "routing", [(RIGHT, RIGHT)], days, read.case_id)
    opened = told(confirmed(received_on=WRONG), realm=world.tag)
    await publish(world, opened, a_correction(world, opened.case_id, 3))
    case_day = "select received_on from case_file where case_id = $1"
    await arrives(world, "casework", [(RIGHT,)], case_day, opened.case_id)
    await publish(world, a_correction(world, opened.case_id, 4, RIGHT, RIGHT - timedelta(days=2)))
    await arrives(world, "casework", [(RIGHT - timedelta(days=2),)], case_day, opened.case_id)
