"""The lines of stderr to a collector: the same fields after the same allow-list, with the ids of their trace.

A batch in a thread of its own, a bounded queue, and no answer awaited: a collector that is down costs lines, nothing
else. What the exporter itself has to say stays on stderr, or its failures would feed themselves.
"""

import time
from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry._logs import Logger, LogRecord, SeverityNumber
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from shared.telemetry.identity import resource_of

QUEUE = 4096
"""Lines that wait for the collector; what comes on top is dropped."""
_EXPORT_TIMEOUT_SECONDS = 5
_OWN_VOICE = ("opentelemetry", "urllib3", "requests")
_HEAD = frozenset({"event", "level", "service", "timestamp", "trace_id", "span_id"})
"""Fields that have a place of their own in a log record."""
_SEVERITIES = {
    10: SeverityNumber.DEBUG,
    20: SeverityNumber.INFO,
    30: SeverityNumber.WARN,
    40: SeverityNumber.ERROR,
    50: SeverityNumber.FATAL,
}


class _Exporter:
    provider: LoggerProvider | None = None
    logger: Logger | None = None


_exporter = _Exporter()


def configure_log_export(service: str, otlp_endpoint: str | None, replica: int = 0) -> None:
    """Sends `service`'s lines to `<otlp_endpoint>/v1/logs` (OTLP over HTTP), or nowhere when there is none."""
    shutdown_log_export()
    if otlp_endpoint is None:
        return
    exporter = OTLPLogExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/logs", timeout=_EXPORT_TIMEOUT_SECONDS)
    provider = LoggerProvider(resource=resource_of(service, replica), shutdown_on_exit=False)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter, max_queue_size=QUEUE))
    _exporter.provider = provider
    _exporter.logger = provider.get_logger("shared.telemetry")


def shutdown_log_export() -> None:
    """Sends what is waiting and stops sending."""
    provider, _exporter.provider, _exporter.logger = _exporter.provider, None, None
    if provider is not None:
        provider.shutdown()


def exported() -> bool:
    """Whether anybody collects lines."""
    return _exporter.logger is not None


def send(severity: int, level: str, line: Mapping[str, object]) -> None:
    """Queues one line that has passed the allow-list; never waits."""
    if _exporter.logger is None or str(line.get("logger", "")).startswith(_OWN_VOICE):
        return
    _exporter.logger.emit(
        LogRecord(
            timestamp=time.time_ns(),
            context=_context(str(line.get("trace_id", "")), str(line.get("span_id", ""))),
            severity_number=_SEVERITIES[severity],
            severity_text=level,
            body=str(line["event"]),
            attributes={name: value for name, value in line.items() if name not in _HEAD},  # type: ignore[misc]
        )
    )


def _context(trace_id: str, span_id: str) -> Context:
    if len(trace_id) != 32 or len(span_id) != 16:
        return Context()
    of_line = SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=TraceFlags(1))
    return trace.set_span_in_context(NonRecordingSpan(of_line), Context())
