"""kill -9 of each service in the middle of 200 letters: every receipt is a petition, nothing is doubled."""

import asyncio
from functools import partial
from uuid import UUID

import pytest

from shared.contracts.house import SERVICES
from tests.chaos.sender import Sender
from tests.house import RunningHouse
from tests.world import until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
LETTERS = 200


async def test_every_receipt_is_a_petition_and_nothing_is_doubled(house: RunningHouse) -> None:
    sender = Sender(await house.person("le-lai-03"))
    sending = asyncio.create_task(sender.send(LETTERS))
    assert house.stack.supervisor is not None
    for number, service in enumerate(SERVICES, start=1):
        await until(partial(sender.has_sent, LETTERS * number // (len(SERVICES) + 2)), seconds=60)
        await house.stack.supervisor.kill(service)
    await sending
    await house.stack.supervisor.ready()
    await house.quiet(seconds=90)

    sent = {UUID(case_id) for case_id in sender.receipts.values()}
    assert len(sent) == len(sender.receipts) == LETTERS
    assert await house.ids("select case_id from intake.petition") == sent
    assert await house.ids("select case_id from intake.receipt") == sent
    assert await house.ids("select case_id from routing.classification") == sent
    assert await house.ids("select case_id from portal.case_view") == sent
    await _each_happened_once(house, sent)
    verified = await house.ledger()
    assert verified["verified"], verified["findings"]
    counters = await house.counters()
    assert {name: value for name, value in counters.counters.items() if value} == {}


async def _each_happened_once(house: RunningHouse, sent: set[UUID]) -> None:
    for kind in ("intake.petition.registered", "intake.petition.read", "routing.classification.proposed"):
        rows = await house.rows(
            "select content::jsonb ->> 'case' as case_id, count(*) as n from audit.entry"
            " where content::jsonb ->> 'type' = $1 group by 1",
            kind,
        )
        assert {UUID(row["case_id"]): row["n"] for row in rows} == dict.fromkeys(sent, 1), kind
