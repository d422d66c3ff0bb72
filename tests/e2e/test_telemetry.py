"""The whole house speaks OTLP: one letter is one trace from the desk to the alert, and nothing says who wrote it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.house import SERVICES
from shared.telemetry.metrics import METRICS
from tests.console import Person, a_letter
from tests.e2e.canary import spellings
from tests.house import RunningHouse, running_house
from tests.otlp import Receiver, receiving
from tests.world import until

WORDS = {
    "sender_name": "Vàng Thị Chim Yến",
    "phone": "0977123458",
    "text": "Tôi khiếu nại quyết định thu hồi đất vườn của Ủy ban nhân dân xã, bản canhyen-5521 không đồng ý.",
}
TOLD_ONLY_HERE = ("Vàng Thị Chim Yến", "0977123458", "canhyen-5521", "thu hồi đất vườn")
DESK, HOLDER = "le-lai-03", "le-lai-04"
ON_THE_WAY = {"portal", "intake", "routing", "casework", "escalation", "notify"}


@dataclass
class Story:
    """What a collector got of a house in which one letter went from the desk to an alert."""

    collector: Receiver
    case_id: str
    trace_id: str
    receipt_code: str


@pytest.fixture(scope="module")
async def story() -> AsyncIterator[Story]:
    with receiving() as collector:
        async with running_house(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as house:
            case_id, receipt_code = await _from_the_desk_to_an_alert(house)
            rows = await house.rows("select traceparent from notify.alert where case_id = $1::text::uuid", case_id)
            await until(_everybody_has_spoken(collector), seconds=90, every=1)
        yield Story(collector, case_id, rows[0]["traceparent"][3:35], receipt_code)


async def _from_the_desk_to_an_alert(house: RunningHouse) -> tuple[str, str]:
    desk, holder = await house.person(DESK), await house.person(HOLDER)
    letter = {name: WORDS[name] for name in ("sender_name", "text", "phone")}
    registered = await desk.register(a_letter(**letter))
    case_id = registered["case_id"]
    proposed = await house.case(desk, case_id, stage="proposed")
    answered = {"version": proposed["versions"]["routing"], "nobody_denounced": True}
    await desk.post(f"/api/v1/cases/{case_id}/confirm", answered)
    await house.case(holder, case_id, stage="open")
    await until(_clock_runs(holder, case_id))
    await house.clock.move(datetime(2025, 1, 20, 3, 0, tzinfo=UTC))
    await until(_mailed(house))
    await house.quiet()
    return case_id, registered["receipt_code"]


def _clock_runs(person: Person, case_id: str) -> Any:
    async def running() -> bool:
        clocks = (await person.get(f"/api/v1/cases/{case_id}"))["clocks"]
        return any(clock["rule"] == "KN-12" for clock in clocks)

    return running


def _mailed(house: RunningHouse) -> Any:
    def arrived() -> bool:
        return bool(house.mails())

    return arrived


def _everybody_has_spoken(collector: Receiver) -> Any:
    def spoken() -> bool:
        return {service for service, _ in collector.metrics()} == set(SERVICES)

    return spoken


async def test_one_trace_leads_from_the_desk_to_the_alert(story: Story) -> None:
    spans = [span for span in story.collector.spans() if span.trace_id == story.trace_id]
    assert {span.service for span in spans} >= ON_THE_WAY
    told = {(span.service, span.name, span.fields.get("command") or span.fields.get("event_type")) for span in spans}
    assert told >= {
        ("portal", "http.request", None),
        ("portal", "command.send", "cmd.intake.register"),
        ("intake", "command.answer", "cmd.intake.register"),
        ("routing", "event.process", "intake.petition.read"),
        ("portal", "command.send", "cmd.routing.confirm"),
        ("routing", "command.answer", "cmd.routing.confirm"),
        ("casework", "event.process", "routing.classification.confirmed"),
        ("escalation", "clock.fire", None),
        ("notify", "event.process", "escalation.rung.fired"),
        ("notify", "alert.deliver", None),
        ("audit", "event.process", "notify.alert.delivered"),
    }


async def test_every_span_hangs_on_one_that_arrived(story: Story) -> None:
    spans = [span for span in story.collector.spans() if span.trace_id == story.trace_id]
    known = {span.span_id for span in spans}
    assert [span for span in spans if span.parent_id and span.parent_id not in known] == []
    assert [(span.service, span.name) for span in spans if not span.parent_id] == [("portal", "http.request")]
    assert len(known) == len(spans)


async def test_no_other_trace_has_an_orphan_either(story: Story) -> None:
    spans = story.collector.spans()
    known = {(span.trace_id, span.span_id) for span in spans}
    orphans = {
        (span.service, span.name) for span in spans if span.parent_id and (span.trace_id, span.parent_id) not in known
    }
    assert orphans == set()


async def test_lines_of_the_trace_carry_its_id_and_a_span_that_arrived(story: Story) -> None:
    lines = [line for line in story.collector.lines() if line.trace_id == story.trace_id]
    assert ("notify", "mail.sent") in {(line.service, line.name) for line in lines}
    known = {span.span_id for span in story.collector.spans() if span.trace_id == story.trace_id}
    assert {line.span_id for line in lines} <= known


async def test_lines_arrive_from_every_service(story: Story) -> None:
    assert {line.service for line in story.collector.lines()} == set(SERVICES)


SHARED = {name for name in METRICS if name.split(".")[0] in ("service", "outbox", "held", "stream", "database", "law")}
OWN = {
    "intake": {"letters.registered", "commands.answer", "reader.lag", "reader.behind", "reader.applied"},
    "routing": {"commands.answer", "reader.apply"},
    "escalation": {"clocks.fired", "clocks.lateness", "clocks.behind"},
    "notify": {"alerts.waiting", "alerts.oldest", "alerts.overdue", "alerts.sent"},
    "audit": {"ledger.unsigned", "ledger.head_age"},
    "portal": {"http.request"},
}


@pytest.mark.parametrize("service", SERVICES)
async def test_figures_arrive_with_their_units(story: Story, service: str) -> None:
    arrived = {name: metric for (who, name), metric in story.collector.metrics().items() if who == service}
    assert set(arrived) >= SHARED | OWN.get(service, set())
    assert {name: metric.unit for name, metric in arrived.items()} == {name: METRICS[name].unit for name in arrived}


async def test_a_law_counter_is_told_by_name_and_is_zero(story: Story) -> None:
    points = story.collector.metrics()["escalation", "law.violations"].gauge.data_points
    told = {point.attributes[0].value.string_value: point.as_int for point in points}
    assert told == dict.fromkeys(
        [
            "overdue_without_live_rung",
            "open_case_without_clock",
            "closed_case_with_clock",
            "clock_without_next_rung",
            "firing_out_of_step",
            "live_clock_nobody_hears",
        ],
        0,
    )


async def test_a_jump_of_the_virtual_clock_is_no_lateness(story: Story) -> None:
    points = story.collector.metrics()["escalation", "clocks.lateness"].histogram.data_points
    assert max(point.max for point in points) < 60_000


async def test_nothing_says_who_wrote_or_what(story: Story) -> None:
    code = story.receipt_code
    wanted = spellings([*TOLD_ONLY_HERE, code, code.replace("-", "")])
    heard = [
        (path, word)
        for path, headers, body in story.collector.raw
        for variant, word in wanted.items()
        if variant.encode() in headers.lower() + body.lower() or variant in body.decode("utf-8", "ignore").lower()
    ]
    assert heard == []
    assert {path for path, _, _ in story.collector.raw} == {"/v1/traces", "/v1/metrics", "/v1/logs"}
    assert any(story.case_id.encode() in body for _, _, body in story.collector.raw), "what may be told is found so"
