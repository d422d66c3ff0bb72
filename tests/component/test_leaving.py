"""The holder is away and nobody acts for him: the head is told, gives the case to another, and no due date moves."""

from datetime import UTC, datetime
from typing import Any

import pytest

from operations.embedded.ports import free_port
from shared.contracts.base import Counters, Query
from shared.contracts.casework import CaseworkCounters
from shared.contracts.escalation import EscalationCounters
from shared.contracts.intake import IntakeCounters
from shared.contracts.notify import NotifyCounters
from shared.contracts.routing import RoutingCounters
from simulation.door import Refusal
from tests.builders.alerts import settings as mail_settings
from tests.component.portal_stories import open_door
from tests.console import Person, a_letter
from tests.world import World, until

LEAVER, HEAD, NEXT = "van-trinh-03", "van-trinh-01", "van-trinh-04"
"""The leaver is away from 3 to 7 March 2025 without anybody acting for him."""
FEBRUARY, MARCH = datetime(2025, 2, 24, 1, tzinfo=UTC), datetime(2025, 3, 4, 2, tzinfo=UTC)
COUNTERS: tuple[Query, ...] = (
    IntakeCounters(),
    RoutingCounters(),
    CaseworkCounters(),
    EscalationCounters(),
    NotifyCounters(),
)


async def seen(person: Person, case_id: str, **wanted: Any) -> dict[str, Any]:
    async def so() -> dict[str, Any] | None:
        try:
            case = await person.get(f"/api/v1/cases/{case_id}")
        except Refusal:
            return None
        clocks = [each for each in case["clocks"] if each["rule"] == "KN-12"]
        return case if clocks and all(case[name] == value for name, value in wanted.items()) else None

    found: dict[str, Any] = await until(so)
    return found


def due(case: dict[str, Any]) -> tuple[str, str]:
    [clock] = [each for each in case["clocks"] if each["rule"] == "KN-12"]
    return clock["starts_on"], clock["due_on"]


async def act(person: Person, case: dict[str, Any], name: str, **body: Any) -> int:
    done = await person.post(
        f"/api/v1/cases/{case['case_id']}/{name}", {"version": case["versions"]["casework"]} | body
    )
    version: int = done["version"]
    return version


async def alerts(person: Person, case_id: str) -> list[dict[str, Any]]:
    return [each for each in (await person.get("/api/v1/alerts"))["alerts"] if each["case_id"] == case_id]


async def no_law_is_broken(world: World) -> None:
    async with world.desk() as desk:
        for query in COUNTERS:
            assert set((await desk.client.send(query, Counters)).counters.values()) <= {0}, type(query)


async def held_by_the_leaver(leaver: Person) -> dict[str, Any]:
    """Registered, confirmed and taken over by one who will be away when it is due."""
    letter = a_letter(received_on="2025-02-24")
    case_id = (await leaver.register(letter))["case_id"]

    async def proposal() -> dict[str, Any] | None:
        try:
            case = await leaver.get(f"/api/v1/cases/{case_id}")
        except Refusal:
            return None
        return case if case["stage"] == "proposed" else None

    version = (await until(proposal))["versions"]["routing"]
    said = {"version": version, "competent_authority_id": "van-trinh", "holder_id": LEAVER, "nobody_denounced": True}
    await leaver.post(f"/api/v1/cases/{case_id}/confirm", said)
    await act(leaver, await seen(leaver, case_id, stage="open"), "take-over", nothing_bars_me=True)
    return await seen(leaver, case_id, stage="taken")


async def test_the_head_is_told_and_gives_the_case_to_another_within_the_same_term(world: World) -> None:
    await world.move_clock(FEBRUARY)
    for service in ("intake", "routing", "casework", "escalation"):
        await world.start(service)
    await world.start("notify", **mail_settings(free_port()))
    url = await open_door(world)
    leaver, head, following = [await Person(url, officer).sign_in() for officer in (LEAVER, HEAD, NEXT)]
    case = await held_by_the_leaver(leaver)
    case_id, term = case["case_id"], due(case)
    assert term == ("2025-02-24", "2025-03-06")

    await world.move_clock(MARCH)
    [warning] = await until(lambda: alerts(head, case_id))
    assert (warning["rule"], warning["rung"]) == ("KN-12", "warn_holder")
    assert await alerts(leaver, case_id) == []
    await no_law_is_broken(world)

    await act(head, await seen(head, case_id, stage="taken"), "reassign", holder_id=NEXT)
    given = await seen(following, case_id, stage="open", holder_id=NEXT)
    assert due(given) == term
    await act(following, given, "take-over", nothing_bars_me=True)
    taken = await seen(following, case_id, stage="taken")
    assert (taken["person_id"], due(taken)) == (NEXT, term)

    with pytest.raises(Refusal) as caught:
        await act(leaver, taken, "reassign", holder_id=LEAVER)
    assert caught.value.code == "not_allowed"
    await head.post(f"/api/v1/alerts/{warning['alert_id']}/acknowledge", {})
    await no_law_is_broken(world)
