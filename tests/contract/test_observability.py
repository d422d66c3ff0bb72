"""Registry, alerts, dashboard, collector and handbook speak of the same figures, and every alert says what to do."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from cyclopts import App

from operations.cli import app
from services.portal.web.operations import operations
from shared.contracts.house import SERVICES
from shared.telemetry.metrics import LABELS, METRICS
from tests.contract.observability import NAMESPACE, ROOT, asked_by, recorded, sections_of, series_of

FROM_ELSEWHERE = {"node_filesystem_avail_bytes", "node_filesystem_size_bytes", "up"}
"""node_exporter's figures of disks, and Prometheus's own of a scrape."""
SERIES = {series for name, metric in METRICS.items() for series in series_of(name, metric)} | FROM_ELSEWHERE
PAGES = {route.path for route in operations.ROUTES}
YAMLS = sorted(
    str(file.relative_to(ROOT))
    for folder in ("otel", "prometheus", "grafana")
    for file in (ROOT / "deploy" / folder).rglob("*.yaml")
)


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


ALERTS = {rule["alert"]: rule for group in read("deploy/prometheus/alerts.yaml")["groups"] for rule in group["rules"]}
COLLECTOR = read("deploy/otel/collector.yaml")
DASHBOARD = json.loads((ROOT / "deploy/grafana/dashboards/donthu.json").read_text(encoding="utf-8"))


def panels() -> Iterator[tuple[str, str]]:
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def command(words: list[str]) -> App | None:
    """The command that these words name."""
    found = app
    for word in words:
        if word.startswith("-"):
            break
        if word not in set(found):
            return None if found is app else found
        found = found[word]
    return found if found is not app else None


@pytest.mark.parametrize("path", YAMLS)
def test_every_file_is_yaml(path: str) -> None:
    assert isinstance(read(path), dict)


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("clocks.lateness", "donthu_clocks_lateness_milliseconds_bucket"),
        ("letters.registered", "donthu_letters_registered_total"),
        ("outbox.oldest", "donthu_outbox_oldest_seconds"),
        ("stream.used", "donthu_stream_used_bytes"),
        ("held.waiting", "donthu_held_waiting"),
    ],
)
def test_names_read_in_prometheus_as_the_collector_translates_them(name: str, series: str) -> None:
    assert series in series_of(name, METRICS[name])


def test_the_collector_is_told_this_translation() -> None:
    prometheus = COLLECTOR["exporters"]["prometheus"]
    assert (prometheus["namespace"], prometheus["translation_strategy"]) == (
        NAMESPACE,
        "UnderscoreEscapingWithSuffixes",
    )


def test_every_pipeline_of_the_collector_is_bounded_and_whole() -> None:
    pipelines = COLLECTOR["service"]["pipelines"]
    assert set(pipelines) == {"traces", "metrics", "logs"}
    for pipeline in pipelines.values():
        assert pipeline["processors"] == ["memory_limiter", "batch"]
        assert set(pipeline["receivers"]) <= set(COLLECTOR["receivers"])
        assert set(pipeline["exporters"]) <= set(COLLECTOR["exporters"])


def test_the_reading_of_expressions_finds_a_wrong_name() -> None:
    wrong = 'histogram_quantile(0.9, sum by (job, le) (rate(donthu_made_up_bucket{job="x"}[5m]))) > 1 and up'
    assert asked_by(wrong) == {"donthu_made_up_bucket", "up"}


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_asks_for_figures_that_exist(name: str) -> None:
    asked = asked_by(ALERTS[name]["expr"])
    assert asked
    assert asked <= SERIES


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_how_bad_it_is_and_what_to_do(name: str) -> None:
    rule = ALERTS[name]
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["annotations"]["summary"]
    action = rule["annotations"]["action"]
    verbs = [text.split()[1:] for text in re.findall(r"`(donthu [^`]+)`", action)]
    assert [words for words in verbs if command(words) is None] == []
    pages = set(re.findall(r"the page (/[a-z/-]*[a-z])", action))
    assert pages <= PAGES
    assert verbs or pages, "names neither a verb nor a page"
    sections = re.findall(r"(docs/[a-z-]+\.md)#([a-z0-9-]+)", action)
    assert sections
    assert [anchor for document, anchor in sections if anchor not in sections_of(document)] == []


def test_a_verb_that_does_not_exist_is_noticed() -> None:
    assert command(["unhold"]) is None
    assert command(["held", "list"]) is not None


def test_what_must_wake_somebody_has_an_alert() -> None:
    assert set(ALERTS) >= {
        "LawCounterNotZero", "ClocksLate", "OutboxOld", "ReaderStuck", "EventsHeld", "AlertNotAcknowledged",
        "LedgerNotSigned", "StreamNearlyFull", "DiskNearlyFull", "ServiceAbsent",
    }  # fmt: skip
    assert [name for name in SERVICES if f'job="{name}"' not in ALERTS["ServiceAbsent"]["expr"]] == []


@pytest.mark.parametrize(("title", "expression"), list(panels()))
def test_a_panel_asks_for_figures_that_exist(title: str, expression: str) -> None:
    assert asked_by(expression) <= SERIES


def test_the_dashboard_has_its_rows_and_its_data_source() -> None:
    rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    assert rows == ["Law counters", "Flow", "Clocks and alerts", "Held and refusals", "HTTP and commands", "Servers"]
    [source] = read("deploy/grafana/provisioning/datasources/prometheus.yaml")["datasources"]
    sources = {panel["datasource"]["uid"] for panel in DASHBOARD["panels"] if "datasource" in panel}
    assert sources == {source["uid"]}


def test_every_figure_is_shown_or_alerted_on() -> None:
    asked = {name for _, expression in panels() for name in asked_by(expression)}
    asked |= {name for rule in ALERTS.values() for name in asked_by(rule["expr"])}
    assert [name for name, metric in METRICS.items() if not asked & set(series_of(name, metric))] == []


def test_every_figure_of_the_registry_is_recorded_and_every_recorded_one_is_registered() -> None:
    calls = list(recorded())
    assert {(name, kind) for name, kind, _ in calls} == {(name, metric.kind) for name, metric in METRICS.items()}
    assert {label for *_, labels in calls for label in labels} <= LABELS


def test_the_handbook_lists_every_figure_as_the_registry_has_it() -> None:
    text = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z._]+)` \| (counter|gauge|histogram) \| `([^`]+)` \| (.+) \|$", text, re.MULTILINE)
    assert rows == [(name, metric.kind, metric.unit, metric.meaning) for name, metric in METRICS.items()]


def test_the_handbook_says_of_every_alert_what_it_means() -> None:
    text = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
    assert [name for name in ALERTS if f"`{name}`" not in text] == []
