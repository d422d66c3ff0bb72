"""Whatever a snapshot caught half way, the stream is built again with causes before effects and cases in order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from operations.stream.order import Row, in_order

START = datetime(2025, 1, 6, tzinfo=UTC)
SERVICES = ("intake", "routing", "casework", "escalation")


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Row], list[int]]:
    """Events as they were written and published, of which some of the last of each service are not marked yet.

    A service publishes in the order of its numbers; an event is written after its cause was published.
    """
    rows: list[Row] = []
    coin = st.integers(0, 1)
    waiting: dict[str, list[int]] = {service: [] for service in SERVICES}
    published: list[int] = []
    for tick in range(draw(st.integers(1, 40))):
        service = draw(st.sampled_from(SERVICES))
        if draw(coin) and waiting[service]:
            published.append(waiting[service].pop(0))
            continue
        cause = draw(st.sampled_from([None, *published]))
        case = rows[cause].case_id if cause is not None else UUID(int=draw(st.integers(0, 3)))
        waiting[service].append(len(rows))
        rows.append(
            Row(
                service, UUID(int=1000 + len(rows)), case, "a.b.c",
                rows[cause].event_id if cause is not None else UUID(int=9), len(rows), START + timedelta(seconds=tick),
                None,
            )
        )  # fmt: skip
    unmarked = {service: draw(st.integers(0, 3)) for service in SERVICES}
    for sequence, place in reversed(list(enumerate(published, start=1))):
        row = rows[place]
        if unmarked[row.service]:
            unmarked[row.service] -= 1
            continue
        rows[place] = replace(row, sequence=sequence)
    return rows, published


@given(histories())
def test_causes_come_before_effects_and_a_case_keeps_its_order(history: tuple[list[Row], list[int]]) -> None:
    rows, _ = history
    order = in_order(rows)
    place = {row.event_id: nth for nth, row in enumerate(order)}
    assert sorted(place) == sorted(row.event_id for row in rows)
    for row in rows:
        assert place.get(row.cause_id, -1) < place[row.event_id]
    marked = [row.sequence for row in order if row.sequence is not None]
    assert marked == sorted(marked)
    for service in SERVICES:
        for case in {row.case_id for row in rows}:
            numbers = [row.number for row in order if (row.service, row.case_id) == (service, case)]
            assert numbers == sorted(numbers)
