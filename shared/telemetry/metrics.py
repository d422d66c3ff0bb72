"""Figures about the machine: each named once with its unit, labels from the field registry, nothing else.

`count`, `gauge` and `observe` cost a dictionary look-up when no endpoint is configured. `Counters` are the law's own
counters (section 3 of the design): violations, which must be 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import Counter, Histogram, Meter
from opentelemetry.metrics import _Gauge as Gauge
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from shared.telemetry.fields import admit

_INTERVAL_MS = 15_000
_EXPORT_TIMEOUT_SECONDS = 5


class MetricKind(StrEnum):
    """What a figure is."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of the registry; `unit` in UCUM (`ms`, `s`, `By`, `1`)."""

    kind: MetricKind
    unit: str
    meaning: str


METRICS: Mapping[str, Metric] = {
    "reader.events": Metric(MetricKind.COUNTER, "1", "events whose effects are committed"),
    "reader.batch_ms": Metric(MetricKind.HISTOGRAM, "ms", "one batch, from fetch to commit"),
    "reader.lag_events": Metric(MetricKind.GAUGE, "1", "events between the position and the stream's end"),
    "reader.takeovers": Metric(MetricKind.COUNTER, "1", "partitions taken over"),
    "held.events": Metric(MetricKind.GAUGE, "1", "events at rest in held"),
    "relay.published": Metric(MetricKind.COUNTER, "1", "outbox rows acknowledged by the stream"),
    "relay.window_ms": Metric(MetricKind.HISTOGRAM, "ms", "one window, from first publish to last acknowledgement"),
    "relay.unsent": Metric(MetricKind.GAUGE, "1", "outbox rows not yet in the stream"),
    "commands.answered": Metric(MetricKind.COUNTER, "1", "commands and queries answered, by outcome"),
    "commands.answer_ms": Metric(MetricKind.HISTOGRAM, "ms", "one command or query"),
    "clocks.fired": Metric(MetricKind.COUNTER, "1", "rungs fired"),
    "clocks.lateness_ms": Metric(MetricKind.HISTOGRAM, "ms", "machine time between a rung's instant and its firing"),
    "alerts.sent": Metric(MetricKind.COUNTER, "1", "alerts delivered, by channel"),
    "alerts.waiting": Metric(MetricKind.GAUGE, "1", "alerts not yet acknowledged"),
    "notices.sent": Metric(MetricKind.COUNTER, "1", "notices to citizens sent"),
    "letters.registered": Metric(MetricKind.COUNTER, "1", "letters registered"),
    "vault.opened": Metric(MetricKind.COUNTER, "1", "protected documents opened"),
    "ledger.entries": Metric(MetricKind.COUNTER, "1", "entries chained"),
    "ledger.append_ms": Metric(MetricKind.HISTOGRAM, "ms", "one batch of entries"),
    "http.requests": Metric(MetricKind.COUNTER, "1", "requests answered, by route and status"),
    "http.request_ms": Metric(MetricKind.HISTOGRAM, "ms", "one request"),
    "database.waiting": Metric(MetricKind.GAUGE, "1", "tasks waiting for a connection"),
    "law.violations": Metric(MetricKind.COUNTER, "1", "violations of a law of the house, by counter"),
}
LABELS = frozenset(
    [
        "authority_level",
        "channel",
        "clock_kind",
        "command",
        "counter",
        "error_code",
        "error_type",
        "event_type",
        "kind",
        "method",
        "outcome",
        "partition",
        "query",
        "queue",
        "route",
        "service",
        "state",
        "status_code",
        "table",
    ]
)


class MetricRefused(Exception):
    """A figure that the registry does not have (`metric_unknown`), or of another kind (`metric_of_another_kind`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Exporter:
    provider: MeterProvider | None = None
    counters: Mapping[str, Counter] = {}
    gauges: Mapping[str, Gauge] = {}
    histograms: Mapping[str, Histogram] = {}


_exporter = _Exporter()


def configure_metrics(service: str, otlp_endpoint: str | None) -> None:
    """Exports `service`'s figures to `<otlp_endpoint>/v1/metrics` every 15 s, or nowhere when there is none."""
    shutdown_metrics()
    if otlp_endpoint is None:
        return
    endpoint = f"{otlp_endpoint.rstrip('/')}/v1/metrics"
    exporter = OTLPMetricExporter(endpoint=endpoint, timeout=_EXPORT_TIMEOUT_SECONDS)
    _exporter.provider = MeterProvider(
        metric_readers=[PeriodicExportingMetricReader(exporter, export_interval_millis=_INTERVAL_MS)],
        resource=Resource({"service.name": service}),
        exemplar_filter=AlwaysOffExemplarFilter(),
    )
    _make_instruments(_exporter.provider.get_meter("shared.telemetry"))


def shutdown_metrics() -> None:
    """Sends the last figures and stops exporting."""
    if _exporter.provider is not None:
        _exporter.provider.shutdown()
    _exporter.provider = None
    _exporter.counters, _exporter.gauges, _exporter.histograms = {}, {}, {}


def count(name: str, amount: int = 1, **labels: object) -> None:
    """Adds to a counter."""
    _require(name, MetricKind.COUNTER)
    if _exporter.provider is not None:
        _exporter.counters[name].add(amount, _listed(labels))


def gauge(name: str, value: float, **labels: object) -> None:
    """Sets a gauge."""
    _require(name, MetricKind.GAUGE)
    if _exporter.provider is not None:
        _exporter.gauges[name].set(value, _listed(labels))


def observe(name: str, value: float, **labels: object) -> None:
    """Adds a value to a histogram."""
    _require(name, MetricKind.HISTOGRAM)
    if _exporter.provider is not None:
        _exporter.histograms[name].record(value, _listed(labels))


class Counters:
    """A service's law counters, all present from the start, so that a missing one never looks like 0."""

    def __init__(self, names: Iterable[str]) -> None:
        self._values = dict.fromkeys(names, 0)

    def add(self, name: str, amount: int = 1) -> None:
        """Counts violations seen as they happen; `metric_unknown` for a name that was not declared."""
        self.set(name, self._values.get(name, 0) + amount)
        count("law.violations", amount, counter=name)

    def set(self, name: str, value: int) -> None:
        """States a count found by a query."""
        if name not in self._values:
            raise MetricRefused("metric_unknown")
        self._values[name] = value

    def snapshot(self) -> dict[str, int]:
        """The answer to `q.<service>.counters`."""
        return dict(self._values)


def added_up(snapshots: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The counters of all services by name, as the operations page shows them."""
    total: dict[str, int] = {}
    for snapshot in snapshots:
        for name, value in snapshot.items():
            total[name] = total.get(name, 0) + value
    return total


def _make_instruments(meter: Meter) -> None:
    def of(kind: MetricKind) -> list[tuple[str, Metric]]:
        return [(name, metric) for name, metric in METRICS.items() if metric.kind is kind]

    _exporter.counters = {n: meter.create_counter(n, m.unit, m.meaning) for n, m in of(MetricKind.COUNTER)}
    _exporter.gauges = {n: meter.create_gauge(n, m.unit, m.meaning) for n, m in of(MetricKind.GAUGE)}
    _exporter.histograms = {n: meter.create_histogram(n, m.unit, m.meaning) for n, m in of(MetricKind.HISTOGRAM)}


def _require(name: str, kind: MetricKind) -> None:
    metric = METRICS.get(name)
    if metric is None:
        raise MetricRefused("metric_unknown")
    if metric.kind is not kind:
        raise MetricRefused("metric_of_another_kind")


def _listed(labels: Mapping[str, object]) -> dict[str, str | int | float | bool]:
    return admit({name: value for name, value in labels.items() if name in LABELS})[0]
