"""Figures have one registry; law counters are all there from the start."""

import re
import tracemalloc

import pytest

from shared.telemetry.fields import FIELDS
from shared.telemetry.metrics import (
    LABELS,
    METRICS,
    Counters,
    MetricKind,
    MetricRefused,
    added_up,
    count,
    gauge,
    observe,
)

UNIT = re.compile(r"ms|s|By|\{[a-z]+\}")


def test_every_figure_has_a_unit_of_ucum_and_does_not_say_it_in_its_name() -> None:
    assert [name for name, metric in METRICS.items() if not UNIT.fullmatch(metric.unit)] == []
    assert [name for name in METRICS if name.endswith(("_ms", "_s", "_bytes", "_total"))] == []


def test_every_label_is_a_listed_field_of_few_values() -> None:
    assert set(FIELDS) >= LABELS
    assert not {name for name in LABELS if name.endswith("_id")}


@pytest.mark.parametrize(
    ("record", "name", "code"),
    [
        (count, "letters.eaten", "metric_unknown"),
        (count, "held.waiting", "metric_of_another_kind"),
        (gauge, "letters.registered", "metric_of_another_kind"),
        (observe, "letters.registered", "metric_of_another_kind"),
    ],
)
def test_a_figure_outside_the_registry_is_refused(record: object, name: str, code: str) -> None:
    assert callable(record)
    with pytest.raises(MetricRefused) as refused:
        record(name, 1)
    assert refused.value.code == code


def test_without_endpoint_every_figure_can_still_be_said() -> None:
    record = {MetricKind.COUNTER: count, MetricKind.GAUGE: gauge, MetricKind.HISTOGRAM: observe}
    for name, metric in METRICS.items():
        record[metric.kind](name, 1, outcome="done")  # type: ignore[operator]


def test_without_endpoint_recording_leaves_nothing_and_needs_next_to_nothing() -> None:
    def record() -> None:
        for _ in range(1000):
            count("clocks.fired", 3)
            gauge("held.waiting", 1)
            observe("clocks.lateness", 1.5)

    record()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        record()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 200
    assert peak - before < 1000


def test_law_counters_start_at_zero_and_count() -> None:
    counters = Counters(["receipt_without_petition", "overdue_without_rung"])
    counters.add("overdue_without_rung")
    counters.add("overdue_without_rung", 2)
    counters.set("receipt_without_petition", 4)
    assert counters.snapshot() == {"receipt_without_petition": 4, "overdue_without_rung": 3}


def test_a_counter_that_was_not_declared_is_refused() -> None:
    with pytest.raises(MetricRefused, match="metric_unknown"):
        Counters(["a"]).add("b")


def test_a_snapshot_does_not_change_afterwards() -> None:
    counters = Counters(["a"])
    before = counters.snapshot()
    counters.add("a")
    assert before == {"a": 0}


def test_the_operations_page_adds_services_up() -> None:
    assert added_up([{"a": 1, "b": 0}, {"a": 2}, {}]) == {"a": 3, "b": 0}
