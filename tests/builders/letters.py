"""Letters on their way into intake, and what it says of them."""

from typing import Any, TypeVar
from uuid import UUID

import pytest
from pydantic import BaseModel

from shared.contracts.base import Counters, Event, Sealed
from shared.contracts.denial import Denied
from shared.contracts.intake import (
    BoxMinutes,
    DocumentText,
    IntakeCounters,
    Letter,
    OpenBox,
    OpenDocument,
    Opened,
    Part,
    Pin,
    Register,
    Registered,
    Split,
)
from shared.contracts.vocabulary import Channel, DocumentKind, Kind, Purpose
from shared.messaging.commands.sealed import open_model, seal_model
from shared.security.secrets import ServiceSecrets
from tests.builders.petitions import proposal
from tests.component.stream import decided, publish
from tests.escalation_events import MONDAY, told
from tests.routing_letters import COMMUNE, DESK, DISTRICT, DISTRICT_DESK, HEAD, HOLDER
from tests.world import Desk, World, until

M = TypeVar("M", bound=BaseModel)
ROAD, BRIBE = "Đường vào xóm hỏng nặng.", "Ông chủ tịch xã nhận tiền của dân."
MIXED = f"{ROAD} {BRIBE}"
SPLIT_AT = len(ROAD)


CLERK, ABOVE = Desk.actor(DESK, COMMUNE), Desk.actor(DISTRICT_DESK, DISTRICT)


def sealed(world: World, content: M) -> Sealed[M]:
    return seal_model(content, world.servers.public.sealing["intake"])


def unsealed(world: World, field: Sealed[M], model: type[M]) -> M:
    return open_model(field, ServiceSecrets.load(world.secrets, "portal").sealed_private, model)


def letter(world: World, text: str = ROAD, name: str = "Nông Văn Bảo", **changes: Any) -> Register:
    values = {
        "channel_of_arrival": Channel.COUNTER,
        "authority_id": COMMUNE,
        "received_on": MONDAY,
        "signed": True,
        "letter": sealed(world, Letter(sender_name=name, text=text, pin="274913")),
    }
    return Register(**(values | changes))


async def refused(sending: Any) -> str:
    with pytest.raises(Denied) as caught:
        await sending
    return caught.value.code


async def events(world: World, case_id: UUID) -> list[Event]:
    return [each.event for each in (await decided(world, "intake")).envelopes if each.case_id == case_id]


async def petitions(world: World) -> int:
    async with world.database("intake") as connection:
        count: int = await connection.fetchval("select count(*) from petition")
        return count


async def counted(world: World) -> Counters:
    async with world.desk() as desk:
        return await desk.client.send(IntakeCounters(), Counters)


async def readers(world: World, case_id: UUID, expected: list[str]) -> None:
    async def so() -> bool:
        async with world.database("intake") as connection:
            query = "select readers = $2 from petition where case_id = $1"
            return bool(await connection.fetchval(query, case_id, expected))

    await until(so)


async def proposed(world: World, desk: Desk, text: str = MIXED, reader: str = DESK, **changes: Any) -> UUID:
    """A registered letter that this person is to classify."""
    case_id = (await desk.client.send(letter(world, text, **changes), Registered, actor=CLERK)).case_id
    await publish(world, told(proposal(reader), case_id=case_id, realm=world.tag))
    await readers(world, case_id, [reader])
    return case_id


async def open_text(world: World, desk: Desk, case_id: UUID, officer: str, purpose: Purpose = Purpose.CLASSIFY) -> str:
    query = OpenDocument(case_id=case_id, document=DocumentKind.WORKING_TEXT, purpose=purpose)
    opened = await desk.client.send(query, Opened, actor=Desk.actor(officer, COMMUNE))
    return unsealed(world, opened.document, DocumentText).text


def split(world: World, case_id: UUID, *parts: Part) -> Split:
    chosen = parts or (
        Part(stretches=[(0, SPLIT_AT)], kind=Kind.FEEDBACK),
        Part(stretches=[(SPLIT_AT, len(MIXED))], kind=Kind.DENUNCIATION, against=[HEAD]),
    )
    return Split(case_id=case_id, parts=list(chosen), pin=sealed(world, Pin(pin="580316")))


async def open_the_box(desk: Desk, letters: int, number: str) -> UUID:
    command = OpenBox(
        authority_id=COMMUNE, opened_on=MONDAY, letters=letters, minutes_number=number, second_person_id=HOLDER
    )
    return (await desk.client.send(command, BoxMinutes, actor=CLERK)).box_id
