"""What a service says about itself, with a collector and without one."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from shared.contracts.base import Counters
from shared.contracts.escalation import EscalationCounters
from shared.messaging.events.batch import Batch
from shared.messaging.host import vitals
from shared.postgres.pool import Connection
from shared.telemetry import log_export, metrics, otlp
from shared.telemetry.traceparent import listener
from tests.otlp import Receiver, receiving
from tests.world import STREAM_BYTES, World, until


@pytest.fixture
def collector() -> Iterator[Receiver]:
    with receiving() as receiver:
        otlp.configure_telemetry("escalation", receiver.url)
        try:
            yield receiver
        finally:
            otlp.shutdown_telemetry()


def _told(collector: Receiver, name: str) -> Any:
    """The figures, once this one is among them; it is the last that is taken in a round."""

    async def told() -> Any:
        assert metrics._exporter.provider is not None
        await asyncio.to_thread(metrics._exporter.provider.force_flush)
        figures = collector.metrics()
        return figures if ("escalation", name) in figures else None

    return told


async def test_law_counters_are_told_as_the_query_answers_them(collector: Receiver, world: World) -> None:
    await world.start("escalation")
    async with world.desk() as desk:
        answer = await desk.client.send(EscalationCounters(), Counters)
    figures = await until(_told(collector, "stream.limit"))
    points = figures["escalation", "law.violations"].gauge.data_points
    assert {point.attributes[0].value.string_value: point.as_int for point in points} == answer.counters


_LEFT_BEHIND = """
insert into outbox (event_id, case_id, subject, headers, body, created_at)
select gen_random_uuid(), gen_random_uuid(), 's', '{}', '{}', clock_timestamp() - n * interval '100 seconds'
from generate_series(1, 3) as n;
insert into held
    (event_id, sequence, partition, case_id, event_type, subject, headers, body, error, next_try_at, held_at)
select gen_random_uuid(), n, 0, gen_random_uuid(), 'a.b.c', 's', '{}', '', 'failed',
    clock_timestamp() + interval '1 day', clock_timestamp() - n * interval '50 seconds'
from generate_series(1, 4) as n
"""


async def test_what_waits_is_told_with_the_age_of_the_oldest(collector: Receiver, world: World) -> None:
    async with world.database("escalation") as connection:
        await connection.execute(_LEFT_BEHIND)
        row = await connection.fetchrow(vitals._OUTBOX_AND_HELD)
        await connection.execute("delete from outbox_unsent")
    assert row is not None
    assert (row["unsent"], row["held"]) == (3, 4)
    assert 100 <= row["unsent_s"] < 200, "the first row by number is the one that is sent next"
    assert row["held_s"] >= 200
    await world.start("escalation")
    figures = await until(_told(collector, "stream.limit"))
    assert figures["escalation", "held.waiting"].gauge.data_points[0].as_int == 4
    assert figures["escalation", "held.oldest"].gauge.data_points[0].as_double >= 200
    assert figures["escalation", "stream.limit"].gauge.data_points[0].as_int == STREAM_BYTES


async def test_a_figure_that_cannot_be_taken_stops_nothing(
    collector: Receiver, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vitals, "_OUTBOX_AND_HELD", "select 1 from no_such_table")
    await world.start("escalation")
    async with world.desk() as desk:
        assert await desk.client.send(EscalationCounters(), Counters)
    await until(lambda: _said(collector, "vitals.not_taken"))


async def _said(collector: Receiver, name: str) -> bool:
    assert log_export._exporter.provider is not None
    await asyncio.to_thread(log_export._exporter.provider.force_flush)
    return name in {line.name for line in collector.lines()}


async def test_without_a_collector_nothing_is_wrapped_and_nothing_runs(world: World) -> None:
    async def apply(tx: Connection, batch: Batch) -> None:
        """Does nothing."""

    assert vitals.watched(apply) is apply
    assert vitals.middlewares() == ()
    assert listener.heard is None
