"""The last gate before a span leaves the process: rebuilt from listed fields only, whoever made it."""

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, Status

from shared.telemetry.fields import FIELDS, admit, span_name

BAD_SPAN_NAME = "span.bad_name"


class AllowListExporter(SpanExporter):
    """Drops unlisted attributes, all span events (exception texts), link attributes, status texts and trace states."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Hands the cleaned spans on."""
        return self._inner.export([cleaned(span) for span in spans])

    def shutdown(self) -> None:
        """Closes the exporter behind."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Flushes the exporter behind, within milliseconds."""
        return self._inner.force_flush(timeout_millis)


def cleaned(span: ReadableSpan) -> ReadableSpan:
    """The same span with nothing in it but ids, times, kind, status code and listed attributes."""
    scope = span.instrumentation_scope
    return ReadableSpan(
        name=span_name(span.name) or BAD_SPAN_NAME,
        context=_bare(span.context),
        parent=_bare(span.parent),
        resource=span.resource,
        attributes=admit(span.attributes or {})[0],
        links=[Link(_ids(link.context)) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=InstrumentationScope(str(FIELDS["module"](scope.name) or "?")) if scope else None,
    )


def _bare(context: SpanContext | None) -> SpanContext | None:
    return _ids(context) if context else None


def _ids(context: SpanContext) -> SpanContext:
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
