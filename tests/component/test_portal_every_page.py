"""Every page, every stage of a letter, every role: nothing falls over, and what may not be seen is not found."""

from datetime import timedelta

from starlette.routing import Route

from services.portal import site
from services.portal.api import calls as api
from services.portal.web.operations import demo
from shared.contracts.casework import CaseClosed
from shared.contracts.routing import (
    LetterFiled,
    LetterGuided,
    LetterSplit,
    LetterTransferred,
    TransferReceived,
    TransferReturned,
)
from shared.contracts.vocabulary import Body, FilingGround, Kind, Outcome, Proof, ReturnReason, Rung
from tests.builders.worlds import cookie_of
from tests.component.portal_stories import DAY, DESK, HEAD, OFFICER, Story, open_door, publish_all
from tests.world import World

PERSONS = (
    DESK, OFFICER, HEAD, "dong-khe-02", "canh-tan-03", "canh-tan-01", "thach-an-04", "thach-an-01", "thach-an-03",
    "thach-an-07", "cao-bang-01",
)  # fmt: skip
"""Desk, officer, head and deputy; another commune's desk and head; the district's desk, chair, adviser and steward."""
ENDLESS = frozenset({"/events"})
"""The live stream does not end."""


def stories(world: World) -> dict[str, Story]:
    """A letter at each stage that the read model knows."""

    def begun(kind: Kind | None = Kind.COMPLAINT) -> Story:
        return Story(world).registered().proposed(kind)

    paper = {"document_number": "08/HD-UBND", "proof": Proof.HANDED_OVER, "rules": []}
    away = LetterTransferred(
        kind=Kind.OUT_OF_SCOPE, from_authority_id="dong-khe", to_body=Body.COURT, document_number="09/PC-UBND",
        dispatched_on=DAY, proof=Proof.POSTED, transferred_by=DESK, rules=[], excluded=[], received_on=DAY,
    )  # fmt: skip
    guided = LetterGuided(kind=Kind.COMPLAINT, authority_id="dong-khe", guided_on=DAY, guided_by=DESK, **paper)
    filed = LetterFiled(
        kind=None, authority_id="dong-khe", ground=FilingGround.UNREADABLE, filed_on=DAY, filed_by=DESK, rules=[]
    )
    received = TransferReceived(authority_id="canh-tan", received_on=DAY, received_by="canh-tan-03")
    returned = TransferReturned(
        from_authority_id="canh-tan",
        superior_authority_id="thach-an",
        superior_handler_id="thach-an-04",
        reason=ReturnReason.NOT_COMPETENT,
        returned_on=DAY,
        returned_by="canh-tan-03",
    )
    closed = CaseClosed(kind=Kind.COMPLAINT, authority_id="dong-khe", closed_on=DAY)
    taken = begun().confirmed().taken()
    return {
        "registered": Story(world).registered(),
        "proposed": begun(),
        "triage": begun(None),
        "open": begun().confirmed().alert(HEAD, Rung.WARN_HOLDER),
        "taken": taken.clock("KN-12", DAY + timedelta(days=10)),
        "accepted": begun().confirmed().taken().accepted(),
        "refused": begun().confirmed().taken().refused(),
        "decided": begun().confirmed().taken().accepted().decided(Outcome.UPHELD),
        "closed": begun().confirmed().taken().accepted().decided().tell(closed),
        "transferred": begun(Kind.FEEDBACK).transferred("canh-tan", "canh-tan-03"),
        "received": begun(Kind.FEEDBACK).transferred("canh-tan", "canh-tan-03").tell(received),
        "returned": begun(Kind.FEEDBACK).transferred("canh-tan", "canh-tan-03").tell(returned),
        "guided": begun().tell(guided),
        "filed": begun().tell(filed),
        "split": begun(Kind.MIXED).tell(LetterSplit(authority_id="dong-khe", split_on=DAY, parts=2)),
        "dispatched": begun(Kind.OUT_OF_SCOPE).tell(away),
    }


def paths(case_ids: list[str]) -> list[str]:
    """Every address that can be looked at, with every case where it names one."""
    modules = [*site._MODULES, api, demo]
    routes = [route for each in modules for route in each.ROUTES if isinstance(route, Route)]
    found = [route.path for route in routes if route.methods and "GET" in route.methods and route.path not in ENDLESS]
    places = [path.replace("{authority_id}", "dong-khe").replace("{queue}", "overdue") for path in found]
    plain = [path for path in places if "{case_id}" not in path]
    return plain + [path.replace("{case_id}", each) for path in places if "{case_id}" in path for each in case_ids]


async def test_no_page_falls_over_whoever_looks_at_whatever_stage(world: World) -> None:
    base = await open_door(world)
    lives = stories(world)
    await publish_all(world, lives.values())
    async with world.database("portal") as connection:
        stages = {row["stage"] for row in await connection.fetch("select distinct stage from case_view")}
    assert stages == set(lives) - {"triage"}
    looked = paths([str(each.case_id) for each in lives.values()])
    assert not [path for path in looked if "{" in path]
    fallen = []
    for officer in PERSONS:
        person = await cookie_of(base, officer)
        for path in looked:
            answer = await person.ask("GET", path)
            fallen += [f"{officer} {path} {answer.status_code}"] if answer.status_code >= 500 else []
    assert fallen == []


async def test_who_may_confirm_a_letter_is_led_to_where_he_can(world: World) -> None:
    base = await open_door(world)
    story = Story(world).registered().proposed()
    await publish_all(world, [story])
    answer = await (await cookie_of(base, DESK)).ask("GET", f"/cases/{story.case_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/confirm/{story.case_id}")
    for officer in (HEAD, OFFICER):
        assert (await (await cookie_of(base, officer)).ask("GET", f"/cases/{story.case_id}")).status_code == 404
