"""Every step that an event carries becomes a span, named by the work it was part of."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry import tracing
from shared.telemetry.export import AllowListExporter
from shared.telemetry.tracing import SpanKind, Stage, child_traceparent, new_traceparent, staged, traceparent_of_current

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNSAMPLED = f"{PARENT[:-2]}00"


@pytest.fixture
def collected() -> Iterator[InMemorySpanExporter]:
    memory = InMemorySpanExporter()
    tracing.collect(SimpleSpanProcessor(AllowListExporter(memory)), "intake")
    yield memory
    tracing.shutdown_tracing()


def as_traceparent(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-01"


def spans(collected: InMemorySpanExporter) -> dict[str, tuple[str, str | None]]:
    """Name and parent's span id of each span, by its traceparent."""
    return {
        as_traceparent(span): (span.name, f"{span.parent.span_id:016x}" if span.parent else None)
        for span in collected.get_finished_spans()
    }


def test_a_command_and_what_it_emits(collected: InMemorySpanExporter) -> None:
    with Stage("command.answer", SpanKind.SERVER, {"command": "cmd.intake.register"}) as stage:
        answer = child_traceparent(PARENT)
        emitted = child_traceparent(answer)
        assert traceparent_of_current() == answer, "lines of the log belong to the command"
        stage.set(outcome="done")
    assert spans(collected) == {
        answer: ("command.answer", PARENT[36:52]),
        emitted: ("command.answer.emit", answer[36:52]),
    }
    assert collected.get_finished_spans()[0].attributes == {"command": "cmd.intake.register", "outcome": "done"}
    assert traceparent_of_current() is None


def test_a_batch_names_each_event_by_what_it_goes_back_to(collected: InMemorySpanExporter) -> None:
    other = new_traceparent()
    collected.clear()
    with Stage("event.process", SpanKind.CONSUMER, {}, follows=False) as stage:
        stage.about = {PARENT: {"event_type": "intake.petition.read"}, other: {"event_type": "casework.case.opened"}}
        child_traceparent(PARENT)
        child_traceparent(other)
        assert traceparent_of_current() is None
    told = [dict(span.attributes or {}) for span in collected.get_finished_spans()]
    assert told == [{"event_type": "intake.petition.read"}, {"event_type": "casework.case.opened"}]


async def test_of_a_stage_that_failed_nothing_came(collected: InMemorySpanExporter) -> None:
    @staged("event.process", SpanKind.CONSUMER)
    async def fail() -> None:
        child_traceparent(PARENT)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert spans(collected) == {}


def test_a_step_outside_every_stage_is_a_span_too(collected: InMemorySpanExporter) -> None:
    first = new_traceparent()
    second = child_traceparent(first)
    assert spans(collected) == {first: ("trace.step", None), second: ("trace.step", first[36:52])}


def test_what_is_not_sampled_is_not_sent(collected: InMemorySpanExporter) -> None:
    with Stage("event.process", SpanKind.CONSUMER, {}):
        child_traceparent(UNSAMPLED)
    assert spans(collected) == {}


async def test_a_staged_function_names_its_steps_and_is_a_plain_call_otherwise(
    collected: InMemorySpanExporter,
) -> None:
    @staged("alert.deliver", SpanKind.PRODUCER)
    async def deliver(parent: str) -> str:
        return child_traceparent(parent)

    step = await deliver(PARENT)
    assert spans(collected) == {step: ("alert.deliver", PARENT[36:52])}
    tracing.shutdown_tracing()
    assert (await deliver(PARENT))[:36] == PARENT[:36]
