"""A trace never breaks between the desk and the alert, exporter or not."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from shared.security.errors import SecurityError
from shared.telemetry import tracing
from shared.telemetry.export import AllowListExporter
from shared.telemetry.traceparent import child_traceparent, is_traceparent, new_traceparent, sampling
from shared.telemetry.tracing import (
    configure_tracing,
    shutdown_tracing,
    span,
    traceparent_of_current,
)


@pytest.fixture
def collected() -> Iterator[InMemorySpanExporter]:
    """Spans that passed the allow-list, collected in memory instead of sent."""
    memory = InMemorySpanExporter()
    tracing.collect(SimpleSpanProcessor(AllowListExporter(memory)), "intake")
    yield memory
    shutdown_tracing()


def by_name(collected: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {found.name: found for found in collected.get_finished_spans()}


def test_a_new_traceparent_is_valid_and_its_own() -> None:
    made = [new_traceparent() for _ in range(100)]
    assert all(map(is_traceparent, made))
    assert len({text[3:35] for text in made}) == 100


def test_a_child_keeps_the_trace_and_the_flags_and_has_its_own_span() -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
    child = child_traceparent(parent)
    assert is_traceparent(child)
    assert (child[:36], child[-3:]) == (parent[:36], parent[-3:])
    assert child[36:52] != parent[36:52]


@given(st.none() | st.text() | st.sampled_from([
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
]))  # fmt: skip
def test_an_invalid_parent_starts_a_new_trace(parent: str | None) -> None:
    child = child_traceparent(parent)
    assert is_traceparent(child)
    assert parent is None or parent[3:35] != child[3:35]


@pytest.mark.parametrize(("ratio", "flag"), [(0.0, "00"), (1.0, "01")])
def test_the_ratio_decides_the_sampled_flag(ratio: float, flag: str) -> None:
    configure_tracing("intake", None, ratio)
    assert new_traceparent()[-2:] == flag
    sampling.set_ratio(1.0)


@pytest.mark.parametrize("ratio", [-0.1, 1.1])
def test_a_ratio_outside_zero_to_one_is_refused(ratio: float) -> None:
    with pytest.raises(ValueError, match="ratio_out_of_range"):
        configure_tracing("intake", None, ratio)


def test_without_exporter_spans_nest_and_leave_nothing_behind() -> None:
    assert traceparent_of_current() is None
    with span("desk.letter") as outer:
        with span("vault.write", row_count=1) as inner:
            assert traceparent_of_current() == inner.traceparent
            inner.set(row_count=2)
        assert traceparent_of_current() == outer.traceparent
        assert inner.traceparent[:36] == outer.traceparent[:36] == (traceparent_of_current() or "")[:36]
    assert traceparent_of_current() is None


@pytest.mark.usefixtures("collected")
def test_with_exporter_the_same_holds() -> None:
    test_without_exporter_spans_nest_and_leave_nothing_behind()


def test_one_trace_runs_from_desk_to_alert_over_messages(collected: InMemorySpanExporter) -> None:
    with span("desk.letter") as desk:
        pass
    with span("reader.batch", desk.traceparent, partition=3) as reader:
        pass
    with span("alert.send", child_traceparent(reader.traceparent)) as alert:
        pass
    assert len({step.traceparent[3:35] for step in (desk, reader, alert)}) == 1
    found = by_name(collected)
    assert found["reader.batch"].attributes == {"partition": 3}
    parent = found["reader.batch"].parent
    assert parent is not None
    assert f"{parent.span_id:016x}" == desk.traceparent[36:52]


async def test_tasks_side_by_side_keep_their_own_trace() -> None:
    async def one() -> tuple[str, str | None]:
        with span("reader.batch") as step:
            await asyncio.sleep(0)
            return step.traceparent, traceparent_of_current()

    found = await asyncio.gather(*(one() for _ in range(5)))
    assert all(mine == current for mine, current in found)
    assert len({mine for mine, _ in found}) == 5


def test_a_failed_span_tells_type_and_code(collected: InMemorySpanExporter) -> None:
    with pytest.raises(SecurityError), span("vault.open"):
        raise SecurityError("seal_broken")
    failed = by_name(collected)["vault.open"]
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.attributes is not None
    assert (failed.attributes["error_type"], failed.attributes["error_code"]) == ("SecurityError", "seal_broken")
    assert failed.events == ()
    assert traceparent_of_current() is None
