"""Spans that cost nothing when nobody collects them, and that tell only listed fields when somebody does.

Every `span` has a valid traceparent, exporter or not, because events carry it and the ledger keeps it. Every step that
`child_traceparent` and `new_traceparent` make becomes a span too, so no span ever names a parent that does not exist;
a `stage` says what the steps made meanwhile were for, and lends them its duration.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar, Token
from functools import wraps
from types import TracebackType
from typing import ParamSpec, TypeVar

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from shared.telemetry.export import AllowListExporter
from shared.telemetry.failures import failure
from shared.telemetry.fields import admit
from shared.telemetry.identity import resource_of
from shared.telemetry.traceparent import (
    SAMPLED,
    child_traceparent,
    is_sampled,
    is_traceparent,
    listener,
    new_traceparent,
    sampling,
)

__all__ = [
    "Span", "SpanKind", "Stage", "child_traceparent", "configure_tracing", "is_traceparent", "new_traceparent",
    "shutdown_tracing", "span", "staged", "traceparent_of_current", "tracer_provider", "tracing_exported",
]  # fmt: skip

QUEUE = 4096
"""Spans that wait for the collector; what comes on top is dropped."""
_EXPORT_TIMEOUT_SECONDS = 5
_SCOPE = InstrumentationScope("shared.telemetry")
_STEP = "trace.step"
"""A step that no stage explains, such as the start of a chain that a loop begins by itself."""

P = ParamSpec("P")
R = TypeVar("R")


class _Collector:
    provider: TracerProvider | None = None
    tracer: trace.Tracer | None = None
    processor: SpanProcessor | None = None


_collector = _Collector()
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
_stage: ContextVar["Stage | None"] = ContextVar("stage", default=None)


def configure_tracing(service: str, otlp_endpoint: str | None, sample_ratio: float = 1.0, replica: int = 0) -> None:
    """Exports `service`'s spans to `<otlp_endpoint>/v1/traces` (OTLP over HTTP), or nowhere when there is none."""
    shutdown_tracing()
    sampling.set_ratio(sample_ratio)
    if otlp_endpoint is None:
        return
    endpoint = f"{otlp_endpoint.rstrip('/')}/v1/traces"
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_EXPORT_TIMEOUT_SECONDS)
    collect(BatchSpanProcessor(AllowListExporter(exporter), max_queue_size=QUEUE), service, sample_ratio, replica)


def collect(processor: SpanProcessor, service: str, sample_ratio: float = 1.0, replica: int = 0) -> None:
    """Hands every span to `processor`, which must pass them through the allow-list."""
    sampler = ParentBased(TraceIdRatioBased(sample_ratio))
    provider = TracerProvider(sampler=sampler, resource=resource_of(service, replica), shutdown_on_exit=False)
    provider.add_span_processor(processor)
    _collector.provider, _collector.processor = provider, processor
    _collector.tracer = provider.get_tracer(_SCOPE.name)
    listener.heard = _heard


def shutdown_tracing() -> None:
    """Sends what is waiting and stops exporting."""
    listener.heard = None
    provider, _collector.provider = _collector.provider, None
    _collector.tracer = _collector.processor = None
    if provider is not None:
        provider.shutdown()


def tracing_exported() -> bool:
    """Whether anybody collects spans."""
    return _collector.tracer is not None


def tracer_provider() -> TracerProvider | None:
    """For libraries that make spans of their own: they pass the same allow-list. None when nothing is exported."""
    return _collector.provider


def traceparent_of_current() -> str | None:
    """The traceparent of the innermost span or stage; None outside every one."""
    if _collector.tracer is not None:
        found = trace.get_current_span().get_span_context()
        if found.is_valid:
            return _rendered(found)
    return _current.get()


class Span:
    """A span under way: `traceparent` goes into messages, `set` adds listed fields."""

    __slots__ = ("_fields", "_kind", "_name", "_outer", "_recorded", "_scope", "traceparent")

    def __init__(self, name: str, parent: str | None, kind: SpanKind, fields: dict[str, object]) -> None:
        self._name, self._kind, self._fields = name, kind, fields
        self.traceparent = parent or ""
        self._recorded: trace.Span | None = None
        self._scope: Token[Context] | None = None
        self._outer: Token[str | None] | None = None

    def __enter__(self) -> "Span":
        parent = self.traceparent or traceparent_of_current()
        if _collector.tracer is None:
            self.traceparent = child_traceparent(parent)
        else:
            self._record(_collector.tracer, parent)
        self._outer = _current.set(self.traceparent)
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        if self._outer is not None:
            _current.reset(self._outer)
        if self._recorded is None or self._scope is None:
            return
        otel_context.detach(self._scope)
        if error is not None:
            self.set(**failure(error))
            self._recorded.set_status(Status(StatusCode.ERROR))
        self._recorded.end()

    def set(self, **fields: object) -> None:
        """Adds fields of the registry; anything else is dropped."""
        if self._recorded is not None:
            self._recorded.set_attributes(dict(admit(fields)[0]))

    def _record(self, tracer: trace.Tracer, parent: str | None) -> None:
        context = Context() if parent is None else _context_of(parent)
        self._recorded = tracer.start_span(
            self._name, context, self._kind, record_exception=False, set_status_on_exception=False
        )
        self.set(**self._fields)
        self._scope = otel_context.attach(trace.set_span_in_context(self._recorded))
        self.traceparent = _rendered(self._recorded.get_span_context())


def span(name: str, traceparent: str | None = None, kind: SpanKind = SpanKind.INTERNAL, **fields: object) -> Span:
    """`with span("reader.batch", traceparent, partition=3) as step:`; a child of the current span by default."""
    return Span(name, traceparent, kind, fields)


class Stage:
    """Work under way. The steps made meanwhile become spans when it ends; when it fails, nothing came of them.

    The first step of a stage that `follows` is what logs of the rest of it name. `about` gives fields by the step's
    parent, for work on many causes at once.
    """

    __slots__ = ("_began", "_fields", "_follows", "_kind", "_name", "_outer", "_steps", "_tokens", "about")

    def __init__(self, name: str, kind: SpanKind, fields: Mapping[str, object], *, follows: bool = True) -> None:
        self._name, self._kind, self._fields, self._follows = name, kind, dict(fields), follows
        self.about: dict[str, Mapping[str, object]] = {}
        self._steps: list[tuple[str | None, str, int]] = []

    def __enter__(self) -> "Stage":
        self._began = time.time_ns()
        self._tokens = _stage.set(self), _current.set(_current.get())
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        _stage.reset(self._tokens[0])
        _current.reset(self._tokens[1])
        if error is None:
            self._end(time.time_ns())

    def set(self, **fields: object) -> None:
        """Adds fields of the registry to every step."""
        self._fields.update(fields)

    def heard(self, parent: str | None, step: str) -> None:
        """A step was made."""
        if self._follows and not self._steps:
            _current.set(step)
        self._steps.append((parent, step, time.time_ns()))

    def parents(self) -> frozenset[str | None]:
        """What the steps so far go back to."""
        return frozenset(parent for parent, _, __ in self._steps)

    def _end(self, now: int) -> None:
        own = {step for _, step, __ in self._steps}
        for parent, step, made in self._steps:
            inner = parent in own
            fields = {**self._fields, **self.about.get(parent or "", {})}
            name, kind = (f"{self._name}.emit", SpanKind.PRODUCER) if inner else (self._name, self._kind)
            _hand_over(name, kind, parent, step, (made if inner else self._began, now), fields)


def staged(
    name: str, kind: SpanKind, *, follows: bool = True
) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
    """The steps that a coroutine function makes are named so; a plain call when nothing is exported."""

    def decorate(function: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        @wraps(function)
        async def run(*arguments: P.args, **named: P.kwargs) -> R:
            if not tracing_exported():
                return await function(*arguments, **named)
            with Stage(name, kind, {}, follows=follows):
                return await function(*arguments, **named)

        return run

    return decorate


def _heard(parent: str | None, step: str) -> None:
    if not is_sampled(step):
        return
    stage, now = _stage.get(), time.time_ns()
    if stage is not None:
        stage.heard(parent, step)
    else:
        _hand_over(_STEP, SpanKind.INTERNAL, parent, step, (now, now), {})


def _hand_over(
    name: str, kind: SpanKind, parent: str | None, step: str, times: tuple[int, int], fields: Mapping[str, object]
) -> None:
    provider, processor = _collector.provider, _collector.processor
    if provider is None or processor is None:
        return
    processor.on_end(
        ReadableSpan(
            name=name,
            context=_span_context(step),
            parent=_span_context(parent) if parent else None,
            resource=provider.resource,
            attributes=admit(fields)[0],
            kind=kind,
            status=Status(StatusCode.UNSET),
            start_time=times[0],
            end_time=times[1],
            instrumentation_scope=_SCOPE,
        )
    )


def _span_context(traceparent: str) -> SpanContext:
    trace_id, span_id, flags = (int(part, 16) for part in traceparent.split("-")[1:])
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))


def _rendered(found: SpanContext) -> str:
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags & SAMPLED:02x}"


def _context_of(parent: str) -> Context:
    if not is_traceparent(parent):
        return Context()
    return trace.set_span_in_context(NonRecordingSpan(_span_context(parent)), Context())
