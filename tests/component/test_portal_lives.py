"""Pages and JSON API of letters in every state, with the other services' events published by hand."""

import asyncio
import re
from collections.abc import Mapping
from datetime import date
from uuid import uuid4

import pytest
import requests

from services.portal import handlers
from services.portal.watched import SMALL_FIGURES_SHOWN
from services.portal.web.inspectorate import monitoring
from services.portal.web.inspectorate.figures import Figures
from shared.contracts.base import Counters
from shared.contracts.intake import BoxOpened
from shared.contracts.portal import PortalCounters
from shared.contracts.routing import LetterSplit
from shared.contracts.vocabulary import Kind, Rung
from shared.telemetry import metrics
from tests.builders.door import Browser
from tests.builders.worlds import cookie_of
from tests.component.portal_stories import DAY, DESK, HEAD, OFFICER, Story, open_door, publish_all
from tests.component.stream import publish
from tests.escalation_events import told
from tests.world import World, until


@pytest.fixture
async def base(world: World) -> str:
    return await open_door(world)


async def form_of(person: Browser, path: str) -> dict[str, str]:
    page = (await person.ask("GET", path)).text
    return dict(re.findall(r'name="(form_token|key|version)" value="([^"]*)"', page))


async def test_an_error_stands_at_its_field_and_keeps_what_was_typed(world: World, base: str) -> None:
    story = Story(world).registered().proposed().confirmed().taken()
    await publish_all(world, [story])
    head = await cookie_of(base, HEAD)
    path = f"/cases/{story.case_id}"
    form = await form_of(head, path)
    typed = {"document_number": "abc", "accepted_on": "06/01/2025"}
    answer = await head.ask("POST", f"{path}/accept", data=form | typed)
    assert answer.status_code == 422
    assert 'id="accept-document_number" name="document_number" value="abc"' in answer.text
    assert 'aria-describedby="accept-document_number-error"' in answer.text
    empty = await head.ask("POST", f"{path}/refuse", data=form | {"refused_on": "06/01/2025"})
    assert re.findall(r'id="(refuse-\w+-error)"', empty.text) == ["refuse-ground-error", "refuse-document_number-error"]


async def test_a_service_that_does_not_answer_loses_nothing_of_the_form(world: World, base: str) -> None:
    story = Story(world).registered().proposed()
    await publish_all(world, [story])
    desk = await cookie_of(base, DESK)
    form = await form_of(desk, f"/confirm/{story.case_id}")
    typed = {"kind": "complaint", "document_number": "08/HD-UBND", "guided_on": "06/01/2025", "proof": "posted"}
    answer = await desk.ask("POST", f"/cases/{story.case_id}/guide", data=form | typed)
    assert answer.status_code == 409
    assert "Bộ phận xử lý chưa trả lời" in answer.text
    assert 'value="08/HD-UBND"' in answer.text


@pytest.mark.parametrize(
    ("act", "body", "status", "field"),
    [
        ("nothing", {}, 404, None),
        ("close", {"version": 1}, 422, "closed_on"),
        ("close", {"closed_on": "2025-01-06"}, 422, "version"),
        ("refuse", {"version": 1, "ground": "bored", "refused_on": "2025-01-06"}, 422, "document_number"),
        ("close", {"version": 1, "closed_on": "2025-01-06", "remark": "x"}, 422, None),
        ("transfer", [1], 422, None),
    ],
)
async def test_the_api_of_acts_says_which_field_is_wrong(
    world: World, base: str, act: str, body: object, status: int, field: str | None
) -> None:
    story = Story(world).registered().proposed().confirmed()
    await publish_all(world, [story])
    holder = await Browser(base).sign_in(OFFICER)
    answer = await holder.ask("POST", f"/api/v1/cases/{story.case_id}/{act}", json=body)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


async def test_many_confirmations_answer_each_on_its_own(world: World, base: str) -> None:
    sealed = Story(world).registered("thach-an").proposed(Kind.DENUNCIATION, "thach-an", excluded=[DESK])
    unclear = Story(world).registered().proposed(None, holder_id=None, competent_authority_id=None)
    await publish_all(world, [sealed, unclear])
    desk = await Browser(base).sign_in(DESK)
    wanted = [sealed.case_id, uuid4(), unclear.case_id]
    body = {"items": [{"case_id": str(case_id), "version": 1} for case_id in wanted]}
    results = (await desk.ask("POST", "/api/v1/confirmations", json=body)).json()["results"]
    assert [(each["case_id"], each["error"]["code"]) for each in results] == [
        (str(sealed.case_id), "not_found"),
        (str(wanted[1]), "not_found"),
        (str(unclear.case_id), "invalid"),
    ]
    too_many = {"items": body["items"] * 67}
    assert (await desk.ask("POST", "/api/v1/confirmations", json=too_many)).status_code == 422


async def test_monitoring_counts_what_may_be_opened_and_drills_down_to_just_those_rows(world: World, base: str) -> None:
    late = Story(world).registered().proposed().confirmed(number="KN-2025-00001").clock("KN-12", date(2025, 1, 3))
    late.alert(HEAD)
    sealed = Story(world).registered().proposed(Kind.DENUNCIATION).confirmed(Kind.DENUNCIATION, number="TC-2025-00001")
    waiting = [Story(world).registered().proposed() for _ in range(6)]
    await publish_all(world, [late, sealed, *waiting])
    inspector = await cookie_of(base, "thach-an-03")
    page = (await inspector.ask("GET", "/monitoring")).text
    counts = dict(re.findall(r'href="/monitoring/dong-khe/(\w+)">(\d+)<', page))
    assert counts == {"acceptance": "1", "overdue": "1", "unacknowledged": "1"}
    assert re.search(r'giữ kín">6</td>', page)
    rows = (await inspector.ask("GET", "/monitoring/dong-khe/overdue")).text
    assert "KN-2025-00001" in rows
    assert "TC-2025-00001" not in rows
    for path in ("/monitoring/dong-khe/nothing", "/monitoring/nowhere/overdue"):
        assert (await inspector.ask("GET", path)).status_code == 404
    assert (await (await cookie_of(base, HEAD)).ask("GET", "/monitoring")).status_code == 403


async def test_a_small_figure_that_leaves_all_the_same_is_counted(
    world: World, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counter looks at what the page shows, not at the rule that should have hidden it."""
    await publish_all(world, [Story(world).registered().proposed()])
    inspector = await cookie_of(base, "thach-an-03")
    seen = metrics.Counters([SMALL_FIGURES_SHOWN])
    for module in (monitoring, handlers):
        monkeypatch.setattr(module, "SEEN", seen)

    async def counted() -> int:
        await inspector.ask("GET", "/monitoring")
        async with world.desk() as desk:
            return (await desk.client.send(PortalCounters(), Counters)).counters["small_figures_shown"]

    assert await counted() == 0
    monkeypatch.setattr(monitoring, "suppressed", lambda counts: Figures({k: str(n) for k, n in counts.items()}, "0"))
    assert await counted() > 0


async def test_communes_stand_in_alphabetical_order(base: str) -> None:
    page = (await (await cookie_of(base, "thach-an-03")).ask("GET", "/monitoring")).text
    names = re.findall(r'data-label="Cơ quan">UBND xã ([^<]+)<', page)
    assert names[:5] == ["Canh Tân", "Đức Long", "Đức Thông", "Đức Xuân", "Kim Đồng"]


async def test_the_envelope_is_hidden_from_all_but_whoever_separated_it(world: World, base: str) -> None:
    parent = Story(world).registered().proposed(Kind.MIXED)
    parent.tell(LetterSplit(authority_id="dong-khe", split_on=DAY, parts=2))
    protected = Story(world).registered("thach-an", split_from=parent.case_id)
    protected.proposed(Kind.DENUNCIATION, "thach-an", confirmer="thach-an-04", excluded=[HEAD])
    ordinary = Story(world).registered(split_from=parent.case_id).proposed().confirmed(number="KN-2025-00031")
    await publish_all(world, [parent, protected, ordinary])
    head, registry = await Browser(base).sign_in(HEAD), await Browser(base).sign_in("thach-an-04")
    assert (await head.ask("GET", f"/api/v1/cases/{parent.case_id}")).status_code == 404
    seen = (await head.ask("GET", f"/api/v1/cases/{ordinary.case_id}")).text
    assert str(parent.case_id) not in seen
    assert (await registry.ask("GET", f"/api/v1/cases/{protected.case_id}")).json()["split_from"] == str(parent.case_id)


async def test_a_box_that_was_opened_can_be_registered_from(world: World, base: str) -> None:
    box = BoxOpened(
        authority_id="dong-khe", opened_on=DAY, letters=3, minutes_number="03/BB-UBND", opened_by=[DESK, OFFICER]
    )
    box_id = uuid4()
    await publish(world, told(box, case_id=box_id, realm=world.tag, aggregate_id=box_id))
    desk = await cookie_of(base, DESK)

    async def listed() -> bool:
        return str(box_id) in (await desk.ask("GET", "/register?channel=box")).text

    await until(listed)
    assert str(box_id) not in (await (await cookie_of(base, "canh-tan-03")).ask("GET", "/register?channel=box")).text


async def test_a_due_date_that_may_still_move_says_so_beside_it(world: World, base: str) -> None:
    settled, unsettled = (Story(world).registered().proposed().confirmed() for _ in range(2))
    settled.clock("KN-12", date(2025, 1, 16))
    unsettled.clock("KN-12", date(2025, 1, 16), provisional=True)
    await publish_all(world, [settled, unsettled])
    holder = await cookie_of(base, OFFICER)
    pages = [(await holder.ask("GET", f"/cases/{story.case_id}")).text for story in (settled, unsettled)]
    beside = re.compile(r"16/01/2025 <span[^>]*>(<svg.*?</svg>)?\s*tạm tính</span>", re.S)
    assert [bool(beside.search(page)) for page in pages] == [False, True]


async def test_slips_are_for_registries_with_desks_below_them(base: str) -> None:
    assert (await (await cookie_of(base, DESK)).ask("GET", "/slips")).status_code == 403
    assert (await (await cookie_of(base, "thach-an-04")).ask("GET", "/slips")).status_code == 200


async def test_the_live_stream_says_only_that_the_viewers_own_inbox_changed(world: World, base: str) -> None:
    assert (await Browser(base).ask("GET", "/events")).status_code in (303, 401)
    story = Story(world).registered().proposed().confirmed()
    await publish_all(world, [story])
    holder, other = await cookie_of(base, OFFICER), await cookie_of(base, "dong-khe-05")
    heard, silent = (Stream(person) for person in (holder, other))
    await asyncio.gather(heard.start(), silent.start())
    assert heard.headers["x-accel-buffering"] == "no"
    await publish_all(world, [story.alert(OFFICER, Rung.WARN_HOLDER)])
    await until(lambda: _said(heard, "event: changed\ndata: .\n\n"))
    assert silent.text == "retry: 5000\n\n"
    heard.close()
    silent.close()


class Stream:
    """A browser's event stream, read in a thread."""

    def __init__(self, person: Browser) -> None:
        self._person = person
        self._answer: requests.Response | None = None
        self._reading: asyncio.Future[None] | None = None
        self.text = ""

    async def start(self) -> None:
        url = f"{self._person.base}/events"
        self._answer = await asyncio.to_thread(requests.get, url, headers=self._person.headers, stream=True, timeout=30)
        self._reading = asyncio.ensure_future(asyncio.to_thread(self._read))
        await until(lambda: _said(self, "retry"))

    def _read(self) -> None:
        assert self._answer is not None
        try:
            for chunk in self._answer.iter_content(None):
                self.text += chunk.decode()
        except (requests.RequestException, AttributeError, ValueError):
            return

    @property
    def headers(self) -> Mapping[str, str]:
        assert self._answer is not None
        return self._answer.headers

    def close(self) -> None:
        assert self._answer is not None
        self._answer.close()


async def _said(stream: Stream, text: str) -> bool:
    return text in stream.text
