"""PostgreSQL, then nats-server, away for a quarter of a minute while letters come in: all wait, nothing is lost."""

import asyncio
import os
from functools import partial
from uuid import UUID

import pytest

from shared.contracts.house import SERVICES
from tests.chaos.sender import Sender
from tests.house import RunningHouse
from tests.world import until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]
LETTERS = 40
AWAY_SECONDS = float(os.environ.get("AWAY_SECONDS", "15"))
"""Longer outages are tried by hand: `AWAY_SECONDS=180 make chaos ARGS="-k away"`."""


@pytest.mark.parametrize("server", ["postgres", "nats"])
async def test_a_server_away_loses_nothing_and_counts_no_tries(house: RunningHouse, server: str) -> None:
    before = await house.ids("select case_id from intake.petition")
    sender = Sender(await house.person("le-lai-03"), patience_seconds=AWAY_SECONDS + 120)
    sending = asyncio.create_task(sender.send(LETTERS))
    await until(partial(sender.has_sent, LETTERS // 4), seconds=60)
    program = getattr(house.stack, server)
    await program.stop()
    await asyncio.sleep(AWAY_SECONDS)
    await program.start()
    await sending
    await house.quiet(seconds=120)

    sent = {UUID(case_id) for case_id in sender.receipts.values()}
    assert len(sent) == LETTERS
    assert await house.ids("select case_id from intake.petition") - before == sent
    assert await house.ids("select case_id from portal.case_view") - before == sent
    for service in SERVICES:
        assert await house.rows(f"select event_id from {service}.held") == [], service
    verified = await house.ledger()
    assert verified["verified"], verified["findings"]
    counters = await house.counters()
    assert {name: value for name, value in counters.counters.items() if value} == {}
