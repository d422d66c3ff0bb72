"""A small OTLP/HTTP receiver: keeps every byte it is sent, and reads it as traces, metrics and logs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Spoken:
    """A span or a log line, with the service that said it."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    fields: dict[str, Any]


@dataclass
class Receiver:
    """What arrived."""

    url: str = ""
    raw: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    """Path, headers and body of each request."""

    def spans(self) -> list[Spoken]:
        """Every span."""
        return [
            Spoken(
                _service(resource),
                span.name,
                span.trace_id.hex(),
                span.span_id.hex(),
                span.parent_span_id.hex(),
                _fields(span.attributes),
            )
            for request in self._read("/v1/traces", ExportTraceServiceRequest)
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def lines(self) -> list[Spoken]:
        """Every log line."""
        return [
            Spoken(
                _service(resource),
                line.body.string_value,
                line.trace_id.hex(),
                line.span_id.hex(),
                "",
                _fields(line.attributes),
            )
            for request in self._read("/v1/logs", ExportLogsServiceRequest)
            for resource in request.resource_logs
            for scope in resource.scope_logs
            for line in scope.log_records
        ]

    def metrics(self) -> dict[tuple[str, str], Any]:
        """The last state of every figure, by service and name."""
        return {
            (_service(resource), metric.name): metric
            for request in self._read("/v1/metrics", ExportMetricsServiceRequest)
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def _read(self, path: str, kind: type[Message]) -> Iterator[Any]:
        for where, _, body in list(self.raw):
            if where == path:
                yield kind.FromString(body)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port of the loopback."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.raw.append((self.path, str(self.headers).encode(), body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def _service(of: Any) -> str:
    return str(_fields(of.resource.attributes)["service.name"])


def _fields(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
