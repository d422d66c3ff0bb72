"""Law 7 over real HTTP: for the excluded, every page is the same whether or not a letter against their head exists."""

import re

from shared.contracts.intake import PetitionRead
from shared.contracts.vocabulary import Channel, Kind, Rung
from tests.builders.door import Browser
from tests.builders.worlds import cookie_of
from tests.component.portal_stories import DAY, HEAD, WHOLE_COMMUNE, Story, open_door, publish_all
from tests.escalation_events import rung_fired
from tests.world import World

PAGES = (
    "/", "/cases", "/cases?view=unit", "/cases?view=all", "/cases?view=ended", "/cases?view=sign", "/confirm",
    "/alerts", "/leader", "/monitoring", "/monitoring/dong-khe/overdue", "/operations", "/boxes", "/slips", "/register",
    "/register?channel=box", "/cases?number=TC-2025", "/cases?number=KN-2025", "/api/v1/cases?view=all",
    "/api/v1/cases?view=unit", "/api/v1/cases?view=confirm", "/api/v1/alerts",
)  # fmt: skip
_PER_SESSION = re.compile(rb'name="(form_token|key)" value="[0-9a-f-]+"|data-seconds-left="[0-9]+"')


async def seen(person: Browser, *more: str) -> dict[str, tuple[int, bytes]]:
    answers = {path: await person.ask("GET", path) for path in (*PAGES, *more)}
    return {path: (each.status_code, _PER_SESSION.sub(b"", each.content)) for path, each in answers.items()}


async def ordinary_life(world: World) -> None:
    complaint = Story(world).registered().proposed().confirmed().taken().clock("KN-12", DAY).alert(HEAD)
    pending = Story(world).registered().proposed(Kind.FEEDBACK)
    await publish_all(world, [complaint, pending])


def sealed_letter(world: World) -> Story:
    """A denunciation against the commune's head, handed to the district: its whole life up to an alert."""
    story = Story(world).registered("thach-an", registered_by="thach-an-04")
    story.tell(
        PetitionRead(
            authority_id="thach-an", channel=Channel.COUNTER, signed=True, received_on=DAY, scores=[], abstained=False,
            flags=[], against=[HEAD], evidence=[], lexicon="v1",
        )
    )  # fmt: skip
    story.proposed(Kind.DENUNCIATION, "thach-an", confirmer="thach-an-04", excluded=WHOLE_COMMUNE)
    story.confirmed(Kind.DENUNCIATION, "thach-an", holder="thach-an-06", excluded=WHOLE_COMMUNE, number="TC-2025-00001")
    story.taken("thach-an", holder="thach-an-06").clock("TC-07", DAY, "thach-an")
    return story.tell(rung_fired("thach-an-01", Rung.BREACH_LEADER)).alert("thach-an-01")


async def test_the_commune_cannot_tell_a_world_with_a_letter_against_its_head_from_one_without(world: World) -> None:
    base = await open_door(world)
    await ordinary_life(world)
    story = sealed_letter(world)
    paths = tuple(f"{prefix}/{story.case_id}" for prefix in ("/cases", "/confirm", "/api/v1/cases"))
    people = {officer: await cookie_of(base, officer) for officer in WHOLE_COMMUNE}
    without = {officer: await seen(person, *paths) for officer, person in people.items()}
    await publish_all(world, [story])
    assert "TC-2025-00001" in (await (await cookie_of(base, "thach-an-06")).ask("GET", "/cases")).text
    for officer, person in people.items():
        assert await seen(person, *paths) == without[officer], officer


DECISION = "Tôi khiếu nại quyết định thu hồi đất, tôi không đồng ý, đề nghị xem xét lại."
UNREAD = (
    f"{DECISION} Đồng thời tôi tố\ncáo ông Chủ tịch nhận hối\nlộ.",
    f"{DECISION} Đồng thời tôi tố\u200bcáo ông Chủ tịch nhận hối l\u00adộ.",
    f"{DECISION} Ông Chủ tịch còn lấy tiền ủng hộ bão lũ của dân bỏ túi riêng.",
)
"""Denunciations that a reader of words misses, inside what is ticked as complaints."""


async def test_the_commune_cannot_tell_a_world_with_letters_whose_denunciation_nobody_read(world: World) -> None:
    for name in ("intake", "routing", "escalation"):
        await world.start(name)
    base = await open_door(world)
    await ordinary_life(world)
    desk = await Browser(base).sign_in(WHOLE_COMMUNE[2])
    above = await Browser(base).sign_in("thach-an-04")
    others = [officer for officer in WHOLE_COMMUNE if officer != WHOLE_COMMUNE[2]]
    people = {officer: await cookie_of(base, officer) for officer in others}
    without = {officer: await seen(person) for officer, person in people.items()}
    for text in UNREAD:
        done = await desk.register(text, kind_ticked="complaint", against=["dong-khe"])
        await above.case(done.json()["case_id"], "proposed")
        hidden = tuple(f"{prefix}/{done.json()['case_id']}" for prefix in ("/cases", "/confirm", "/api/v1/cases"))
        for officer, person in people.items():
            found = await seen(person, *hidden)
            assert {path: found[path] for path in without[officer]} == without[officer], officer
            assert {found[path][0] for path in hidden} == {404}, officer
    assert len((await above.ask("GET", "/api/v1/cases?view=confirm")).json()["cases"]) == len(UNREAD)
