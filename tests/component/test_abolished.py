"""An authority that was abolished yesterday is sent nothing any more: its successor must be named."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

import pytest

from services.portal.web.base.texts import texts
from shared.contracts.base import Command, Done, Error, Reply
from shared.contracts.denial import Denied
from shared.contracts.intake import Letter, Register, Registered
from shared.contracts.routing import ClassificationProposed, Confirm, Confirmed, ConfirmItem
from shared.contracts.vocabulary import Channel, Kind
from shared.messaging.commands.sealed import seal_model
from tests.builders.door import PIN, Browser
from tests.builders.worlds import cookie_of
from tests.component.portal_stories import free_port
from tests.component.stream import decided
from tests.routing_letters import dispatch
from tests.world import Desk, World, until

R = TypeVar("R", bound=Reply)
TODAY, YESTERDAY = date(2025, 7, 1), date(2025, 6, 30)
MORNING = datetime(2025, 7, 1, 1, 0, tzinfo=UTC)
WITH_HEIR = ("tien_yen_two_tier", "dong-ngu", "dong-ngu-03", "dong-hai")
WITHOUT_HEIR = ("thach_an", "cao-bang", "cao-bang-03", "le-lai")


@dataclass(frozen=True)
class Place:
    """A desk that goes on, and a place below or beside it that is no more since today."""

    world: World
    desk: Desk
    authority_id: str
    handler_id: str
    gone: str

    def letter(self, **changes: Any) -> Register:
        plain = Letter(sender_name="Hoàng Văn Sáu", text="Phản ánh đường vào xóm hỏng nặng.", pin="274913")
        values = {
            "channel_of_arrival": Channel.COUNTER,
            "authority_id": self.authority_id,
            "received_on": TODAY,
            "signed": True,
            "kind_ticked": Kind.FEEDBACK,
            "letter": seal_model(plain, self.world.servers.public.sealing["intake"]),
        }
        return Register(**(values | changes))

    async def send(self, command: Command, reply: type[R]) -> R:
        return await self.desk.client.send(command, reply, actor=Desk.actor(self.handler_id, self.authority_id))

    async def proposed(self, **changes: Any) -> tuple[UUID, ClassificationProposed]:
        """A registered letter and what routing proposes for it."""
        case_id = (await self.send(self.letter(**changes), Registered)).case_id

        async def found() -> ClassificationProposed | None:
            drawn = (await decided(self.world, "routing")).of(ClassificationProposed)
            return next((each.event for each in drawn if each.case_id == case_id), None)  # type: ignore[return-value]

        return case_id, await until(found)

    async def petitions(self) -> int:
        async with self.world.database("intake") as connection:
            count: int = await connection.fetchval("select count(*) from petition")
            return count


@pytest.fixture(params=[WITH_HEIR, WITHOUT_HEIR], ids=["with an heir", "without an heir"])
async def place(world: World, request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """Intake and routing on the first day after."""
    directory, *names = request.param
    await world.move_clock(MORNING)
    for service in ("intake", "routing"):
        await world.start(service, directory=directory)
    async with world.desk() as desk:
        yield Place(world, desk, *names)


def says_so(error: Error, field: str) -> None:
    assert (error.code, error.field) == ("abolished_authority", field)
    assert "cơ quan kế thừa" in texts("vi").label("error", error.code)


async def test_a_letter_of_today_names_what_stands_today(place: Place) -> None:
    with pytest.raises(Denied) as caught:
        await place.send(place.letter(against=[place.gone]), Registered)
    says_so(caught.value.error, "against")
    assert await place.petitions() == 0
    _, proposal = await place.proposed(against=[place.authority_id])
    assert proposal.competent_authority_id == place.authority_id


@pytest.mark.parametrize("place", [WITH_HEIR], ids=["with an heir"], indirect=True)
async def test_a_letter_of_the_last_day_may_name_it_and_goes_to_the_heir(place: Place) -> None:
    _, proposal = await place.proposed(against=[place.gone], received_on=YESTERDAY)
    assert proposal.competent_authority_id == place.authority_id


async def test_no_letter_is_sent_to_it(place: Place) -> None:
    case_id, _ = await place.proposed()
    with pytest.raises(Denied) as caught:
        await place.send(dispatch(case_id, 1, Kind.FEEDBACK, place.gone, dispatched_on=TODAY), Done)
    says_so(caught.value.error, "to_authority_id")
    assert not (await decided(place.world, "routing")).of(ClassificationProposed)[1:]


async def test_no_case_is_given_to_it(place: Place) -> None:
    case_id, _ = await place.proposed()
    item = ConfirmItem(
        case_id=case_id,
        expected_version=1,
        kind=Kind.FEEDBACK,
        competent_authority_id=place.gone,
        holder_id=place.handler_id,
        nobody_denounced=True,
    )
    [result] = (await place.send(Confirm(items=[item]), Confirmed)).results
    assert result.error is not None
    says_so(result.error, "competent_authority_id")
    right = item.model_copy(update={"competent_authority_id": place.authority_id})
    [result] = (await place.send(Confirm(items=[right]), Confirmed)).results
    assert result.version == 2


async def test_the_desk_is_told_what_to_choose_instead(world: World) -> None:
    await world.move_clock(MORNING)
    port = free_port()
    await world.start("intake", directory="tien_yen_two_tier")
    await world.start("portal", directory="tien_yen_two_tier", port=port, demo_accounts=True)
    base = f"http://127.0.0.1:{port}"
    sentence = "UBND xã Đông Hải không còn: chọn UBND xã Đông Ngũ."
    program = await Browser(base).sign_in("dong-ngu-03")
    answer = await program.register("Phản ánh đường hỏng.", received_on=str(TODAY), against=["dong-hai"])
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (
        422,
        "abolished_authority",
        sentence,
    )
    person = await cookie_of(base, "dong-ngu-03")
    page = await person.ask("GET", "/register")
    form = dict(re.findall(r'name="(form_token|key)" value="([^"]*)"', page.text))
    typed = {"received_on": "01/07/2025", "against": "xã đông hải", "text": "x", "pin": PIN, "pin_again": PIN}
    answer = await person.ask("POST", "/register", data=form | typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="xã đông hải"' in answer.text, "what was typed is kept"
