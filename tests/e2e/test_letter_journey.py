"""One letter travels the whole way on real processes: desk, proposal, acceptance, breach, alert, ledger."""

from datetime import UTC, datetime

import asyncpg
import pytest

from operations.ledger.equations import balance
from operations.ledger.rest import collect_at_rest
from shared.security.secrets import PublicKeys
from simulation.door import Refusal
from tests.console import PIN, a_letter
from tests.house import RunningHouse
from tests.world import until

DESK, HOLDER, HEAD, SUPERIOR = "le-lai-03", "le-lai-04", "le-lai-01", "thach-an-04"
ADVISER = "thach-an-03"


async def test_a_complaint_travels_from_the_desk_to_the_acknowledged_alert(house: RunningHouse) -> None:
    desk, superior, holder, head = [await house.person(officer) for officer in (DESK, SUPERIOR, HOLDER, HEAD)]

    registered = await desk.register(a_letter(against=["le-lai"]))
    case_id = registered["case_id"]
    proposed = await house.case(superior, case_id, stage="proposed", kind="complaint")
    assert (proposed["competent_authority_id"], proposed["holder_id"]) == ("le-lai", HOLDER)
    _five_clears(proposed)

    for person in (desk, holder, head):
        with pytest.raises(Refusal, match="404"):
            await person.get(f"/api/v1/cases/{case_id}")
    answered = {"version": proposed["versions"]["routing"], "nobody_denounced": True}
    await superior.post(f"/api/v1/cases/{case_id}/confirm", answered)
    opened = await house.case(holder, case_id, stage="open")
    acceptance = await _clock(house, holder, case_id, "KN-12")
    assert (acceptance["starts_on"], acceptance["due_on"]) == ("2025-01-06", "2025-01-16")
    _five_clears(opened)

    body = {"version": opened["versions"]["casework"], "nothing_bars_me": True}
    await holder.post(f"/api/v1/cases/{case_id}/take-over", body)
    taken = await house.case(head, case_id, stage="taken")
    body = {"version": taken["versions"]["casework"], "document_number": "15/TB-UBND", "accepted_on": "2025-01-06"}
    await head.post(f"/api/v1/cases/{case_id}/accept", body)
    accepted = await house.case(head, case_id, stage="accepted")
    resolution = await _clock(house, head, case_id, "KN-15")
    assert resolution["due_on"] == "2025-02-20"
    _five_clears(accepted)

    await house.clock.move(datetime(2025, 2, 24, 3, 0, tzinfo=UTC))
    alert = await _alert(head, case_id, "KN-15")
    await head.post(f"/api/v1/alerts/{alert['alert_id']}/acknowledge", {})

    async def acknowledged() -> bool:
        return alert not in await _alerts(head, case_id)

    await until(acknowledged)
    await until(_mail_arrived(house))
    await house.quiet()
    await _everything_is_chained(house, case_id)
    counters = await house.counters()
    assert counters.silent == ()
    assert {name: value for name, value in counters.counters.items() if value} == {}


async def test_the_sender_finds_the_letter_by_code_and_pin(house: RunningHouse) -> None:
    desk = await house.person(DESK)
    registered = await desk.register(a_letter())
    rows = await house.rows("select count(*) as n from intake.receipt where case_id = $1", registered["case_id"])
    assert rows[0]["n"] == 1
    assert len(registered["receipt_code"].replace("-", "")) == 15
    assert PIN not in str(registered)


async def test_a_mistyped_day_is_corrected_and_the_house_balances(house: RunningHouse) -> None:
    desk, adviser = await house.person(DESK), await house.person(ADVISER)
    case_id = (await desk.register(a_letter(received_on="2024-01-06")))["case_id"]
    await house.case(desk, case_id, stage="proposed")
    assert (await _clock(house, desk, case_id, "XL-08"))["starts_on"] == "2024-01-06"
    await house.quiet()
    paper = {"document_number": "15/BC-UBND", "document_on": "2025-01-06", "reason": "Văn thư gõ nhầm năm."}
    days = {"was_on": "2024-01-06", "received_on": "2025-01-06", "far_back": True}
    await desk.post(f"/api/v1/cases/{case_id}/correct-receipt", days | paper)

    async def told() -> dict[str, object] | None:
        alerts = await _alerts(adviser, case_id)
        return next((alert for alert in alerts if alert["rung"] == "receipt_corrected"), None)

    alert = await until(told)
    await adviser.post(f"/api/v1/alerts/{alert['alert_id']}/acknowledge", {})
    await house.quiet()
    case = await desk.get(f"/api/v1/cases/{case_id}")
    assert (case["received_on"], case["first_received_on"]) == ("2025-01-06", "2025-01-06")
    assert [(each["rule"], each["starts_on"]) for each in case["clocks"] if not each["ended_on"]] == [
        ("XL-08", "2025-01-06")
    ]
    counters = await house.counters()
    assert {name: value for name, value in counters.counters.items() if value} == {}
    admin = await asyncpg.connect(house.stack.database_url)
    try:
        key = PublicKeys.load(house.stack.data.secrets).audit or b""
        facts = await collect_at_rest(admin, house.bus, key, mails=house.stack.data.mails)
    finally:
        await admin.close()
    assert {name: value for name, value in balance(facts).items() if value} == {}


def _five_clears(case: dict[str, object]) -> None:
    for name in ("person_id", "task", "due_on", "authority_id", "expected_result"):
        assert case[name], (name, case)


async def _clock(house: RunningHouse, person, case_id: str, rule: str) -> dict[str, object]:  # type: ignore[no-untyped-def]
    async def running() -> object:
        case = await person.get(f"/api/v1/cases/{case_id}")
        return next((clock for clock in case["clocks"] if clock["rule"] == rule), None)

    return await until(running)  # type: ignore[no-any-return]


async def _alerts(person, case_id: str) -> list[dict[str, object]]:  # type: ignore[no-untyped-def]
    return [alert for alert in (await person.get("/api/v1/alerts"))["alerts"] if alert["case_id"] == case_id]


async def _alert(person, case_id: str, rule: str) -> dict[str, object]:  # type: ignore[no-untyped-def]
    async def first() -> object:
        return next((alert for alert in await _alerts(person, case_id) if alert["rule"] == rule), None)

    return await until(first)  # type: ignore[no-any-return]


def _mail_arrived(house: RunningHouse):  # type: ignore[no-untyped-def]
    async def arrived() -> bool:
        return bool(house.mails())

    return arrived


async def _everything_is_chained(house: RunningHouse, case_id: str) -> None:
    rows = await house.rows(
        "select content::jsonb ->> 'type' as type from audit.entry where content like $1", f"%{case_id}%"
    )
    chained = {row["type"] for row in rows}
    assert chained >= {
        "intake.petition.registered", "intake.petition.read", "intake.petition.numbered",
        "routing.classification.proposed", "routing.classification.confirmed",
        "casework.case.opened", "casework.case.taken", "casework.case.accepted",
        "escalation.clock.started", "escalation.clock.ended", "escalation.clock.breached", "escalation.rung.fired",
        "notify.alert.raised", "notify.alert.delivered", "notify.alert.acknowledged",
    }  # fmt: skip
    verified = await house.ledger()
    assert verified["verified"], verified["findings"]
