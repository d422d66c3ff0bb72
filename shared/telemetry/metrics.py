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

from shared.telemetry.fields import admit
from shared.telemetry.identity import resource_of

_INTERVAL_MS = 15_000
_EXPORT_TIMEOUT_SECONDS = 5


class MetricKind(StrEnum):
    """What a figure is."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of the registry; `unit` in UCUM: `ms`, `s`, `By`, or what is counted (`{event}`)."""

    kind: MetricKind
    unit: str
    meaning: str


METRICS: Mapping[str, Metric] = {
    "service.started": Metric(MetricKind.GAUGE, "s", "when the process began to measure, seconds since 1970"),
    "reader.applied": Metric(
        MetricKind.COUNTER, "{event}", "events given to the service; a repeated batch counts again"
    ),
    "reader.apply": Metric(MetricKind.HISTOGRAM, "ms", "deciding and saving one batch of events, without its commit"),
    "reader.lag": Metric(MetricKind.GAUGE, "{event}", "events in the stream that this replica has still to apply"),
    "reader.behind": Metric(
        MetricKind.GAUGE, "s", "since the reader was last seen at the end; no unread event is older"
    ),
    "outbox.unsent": Metric(MetricKind.GAUGE, "{event}", "outbox rows not yet in the stream, counted up to 10,000"),
    "outbox.oldest": Metric(MetricKind.GAUGE, "s", "age of the first outbox row not yet in the stream"),
    "held.waiting": Metric(MetricKind.GAUGE, "{event}", "events at rest in held, counted up to 1,000"),
    "held.oldest": Metric(MetricKind.GAUGE, "s", "age of the oldest event in held"),
    "stream.used": Metric(MetricKind.GAUGE, "By", "size of the stream of events"),
    "stream.limit": Metric(MetricKind.GAUGE, "By", "size at which the stream takes no more events"),
    "database.busy": Metric(MetricKind.GAUGE, "{connection}", "connections of the pool in use"),
    "database.wait": Metric(MetricKind.HISTOGRAM, "ms", "how long the sampler waited for a connection of the pool"),
    "law.violations": Metric(MetricKind.GAUGE, "{violation}", "a law counter as q.<service>.counters answers it"),
    "commands.answer": Metric(MetricKind.HISTOGRAM, "ms", "one command or query, until its answer is ready"),
    "commands.refused": Metric(MetricKind.COUNTER, "{command}", "commands and queries refused, by reason"),
    "letters.registered": Metric(MetricKind.COUNTER, "{letter}", "letters registered, counted just before the commit"),
    "vault.opened": Metric(MetricKind.COUNTER, "{document}", "protected documents opened"),
    "clocks.fired": Metric(MetricKind.COUNTER, "{rung}", "rungs fired"),
    "clocks.lateness": Metric(MetricKind.HISTOGRAM, "ms", "machine time between a rung's instant and its firing"),
    "clocks.behind": Metric(MetricKind.GAUGE, "s", "case time since the first rung that is due and not fired; else 0"),
    "alerts.sent": Metric(MetricKind.COUNTER, "{alert}", "alerts delivered, by channel"),
    "alerts.waiting": Metric(MetricKind.GAUGE, "{alert}", "alerts not yet acknowledged"),
    "alerts.oldest": Metric(MetricKind.GAUGE, "s", "case time since the oldest alert not yet acknowledged was raised"),
    "alerts.overdue": Metric(MetricKind.GAUGE, "{alert}", "alerts not acknowledged by their deadline in case time"),
    "deliveries.failed": Metric(MetricKind.COUNTER, "{delivery}", "tries to deliver that failed"),
    "ledger.unsigned": Metric(MetricKind.GAUGE, "{entry}", "entries after the last signed head"),
    "ledger.head_age": Metric(MetricKind.GAUGE, "s", "age of the last signed head while entries wait for one; else 0"),
    "http.request": Metric(MetricKind.HISTOGRAM, "ms", "one request, until its answer begins"),
}
"""Every figure; `deploy/otel/collector.yaml` says how these names read in Prometheus."""
LABELS = frozenset(["channel", "command", "counter", "error_code", "method", "outcome", "route", "status_code"])
_BOUNDARIES_MS = (1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 3_600_000)


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


def configure_metrics(service: str, otlp_endpoint: str | None, replica: int = 0) -> None:
    """Exports `service`'s figures to `<otlp_endpoint>/v1/metrics` every 15 s, or nowhere when there is none."""
    shutdown_metrics()
    if otlp_endpoint is None:
        return
    endpoint = f"{otlp_endpoint.rstrip('/')}/v1/metrics"
    exporter = OTLPMetricExporter(endpoint=endpoint, timeout=_EXPORT_TIMEOUT_SECONDS)
    _exporter.provider = MeterProvider(
        metric_readers=[PeriodicExportingMetricReader(exporter, export_interval_millis=_INTERVAL_MS)],
        resource=resource_of(service, replica),
        exemplar_filter=AlwaysOffExemplarFilter(),
        shutdown_on_exit=False,
    )
    _make_instruments(_exporter.provider.get_meter("shared.telemetry"))


def metrics_exported() -> bool:
    """Whether anybody collects figures: what costs more than a look-up is asked for only then."""
    return _exporter.provider is not None


def shutdown_metrics() -> None:
    """Sends the last figures and stops exporting."""
    provider, _exporter.provider = _exporter.provider, None
    if provider is not None:
        provider.shutdown()
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
    """A service's law counters, all present from the start, so that a missing one never looks like 0.

    `law.violations` is exported from the answer to `q.<service>.counters`, which holds the snapshot.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._values = dict.fromkeys(names, 0)

    def add(self, name: str, amount: int = 1) -> None:
        """Counts violations seen as they happen; `metric_unknown` for a name that was not declared."""
        self.set(name, self._values.get(name, 0) + amount)

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
    _exporter.histograms = {
        n: meter.create_histogram(n, m.unit, m.meaning, explicit_bucket_boundaries_advisory=_BOUNDARIES_MS)
        for n, m in of(MetricKind.HISTOGRAM)
    }


def _require(name: str, kind: MetricKind) -> None:
    metric = METRICS.get(name)
    if metric is None:
        raise MetricRefused("metric_unknown")
    if metric.kind is not kind:
        raise MetricRefused("metric_of_another_kind")


def _listed(labels: Mapping[str, object]) -> dict[str, str | int | float | bool]:
    return admit({name: value for name, value in labels.items() if name in LABELS})[0]
