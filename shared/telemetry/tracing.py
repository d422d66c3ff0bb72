"""Spans that cost nothing when nobody collects them, and that tell only listed fields when somebody does.

Every `span` has a valid traceparent, exporter or not, because events carry it and the ledger keeps it.
"""

from contextvars import ContextVar, Token
from types import TracebackType

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags

from shared.telemetry.export import AllowListExporter
from shared.telemetry.failures import failure
from shared.telemetry.fields import admit
from shared.telemetry.traceparent import SAMPLED, child_traceparent, is_traceparent, new_traceparent, sampling

__all__ = [
    "Span", "child_traceparent", "configure_tracing", "is_traceparent", "new_traceparent", "shutdown_tracing", "span",
    "trace_id_of_current", "traceparent_of_current", "tracer_provider",
]  # fmt: skip

_EXPORT_TIMEOUT_SECONDS = 5


class _Collector:
    provider: TracerProvider | None = None
    tracer: trace.Tracer | None = None


_collector = _Collector()
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def configure_tracing(service: str, otlp_endpoint: str | None, sample_ratio: float = 1.0) -> None:
    """Exports `service`'s spans to `<otlp_endpoint>/v1/traces` (OTLP over HTTP), or nowhere when there is none."""
    shutdown_tracing()
    sampling.set_ratio(sample_ratio)
    if otlp_endpoint is None:
        return
    sampler = ParentBased(TraceIdRatioBased(sample_ratio))
    provider = TracerProvider(sampler=sampler, resource=Resource({"service.name": service}))
    endpoint = f"{otlp_endpoint.rstrip('/')}/v1/traces"
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_EXPORT_TIMEOUT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(AllowListExporter(exporter)))
    _collector.provider, _collector.tracer = provider, provider.get_tracer("shared.telemetry")


def shutdown_tracing() -> None:
    """Sends what is waiting and stops exporting."""
    if _collector.provider is not None:
        _collector.provider.shutdown()
    _collector.provider = _collector.tracer = None


def tracer_provider() -> TracerProvider | None:
    """For the messaging middleware: its spans pass the same allow-list. None when nothing is exported."""
    return _collector.provider


def traceparent_of_current() -> str | None:
    """The traceparent of the innermost span, the messaging middleware's included; None outside every span."""
    if _collector.tracer is not None:
        found = trace.get_current_span().get_span_context()
        if found.is_valid:
            return _rendered(found)
    return _current.get()


def trace_id_of_current() -> str | None:
    """The 32 hex digits of the current trace."""
    traceparent = traceparent_of_current()
    return traceparent[3:35] if traceparent else None


class Span:
    """A span under way: `traceparent` goes into messages, `set` adds listed fields."""

    __slots__ = ("_fields", "_name", "_outer", "_recorded", "_scope", "traceparent")

    def __init__(self, name: str, parent: str | None, fields: dict[str, object]) -> None:
        self._name, self._fields = name, fields
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
        self._recorded = tracer.start_span(self._name, context, record_exception=False, set_status_on_exception=False)
        self.set(**self._fields)
        self._scope = otel_context.attach(trace.set_span_in_context(self._recorded))
        self.traceparent = _rendered(self._recorded.get_span_context())


def span(name: str, traceparent: str | None = None, **fields: object) -> Span:
    """`with span("reader.batch", traceparent, partition=3) as step:`; a child of the current span by default."""
    return Span(name, traceparent, fields)


def _rendered(found: SpanContext) -> str:
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags & SAMPLED:02x}"


def _context_of(parent: str) -> Context:
    if not is_traceparent(parent):
        return Context()
    trace_id, span_id, flags = (int(part, 16) for part in parent.split("-")[1:])
    return trace.set_span_in_context(
        NonRecordingSpan(SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))), Context()
    )
