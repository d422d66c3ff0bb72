"""How the registry's names read in Prometheus, which names an expression asks for, and what the code records."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from shared.telemetry.metrics import Metric, MetricKind

ROOT = Path(__file__).resolve().parent.parent.parent
NAMESPACE = "donthu"
UNITS = {"ms": "_milliseconds", "s": "_seconds", "By": "_bytes"}
_SERIES = {
    MetricKind.COUNTER: ("_total",),
    MetricKind.GAUGE: ("",),
    MetricKind.HISTOGRAM: ("_bucket", "_count", "_sum"),
}
_NOISE = (r'"[^"]*"', r"\{[^}]*\}", r"\[[^\]]*\]", r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_WORDS = {"and", "or", "unless", "bool", "offset"}
_RECORDERS = {"count": MetricKind.COUNTER, "gauge": MetricKind.GAUGE, "observe": MetricKind.HISTOGRAM}


def series_of(name: str, metric: Metric) -> list[str]:
    """Prometheus series of a figure under `UnderscoreEscapingWithSuffixes`; units in braces are dropped."""
    stem = f"{NAMESPACE}_{name.replace('.', '_')}{UNITS.get(metric.unit, '')}"
    return [stem + suffix for suffix in _SERIES[metric.kind]]


def asked_by(expression: str) -> set[str]:
    """Names of the series that a PromQL expression reads."""
    for noise in _NOISE:
        expression = re.sub(noise, " ", expression)
    found = re.findall(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\(|[a-zA-Z0-9_:])", expression)
    return {name for name in found if name not in _WORDS}


def recorded() -> Iterator[tuple[str, MetricKind, set[str]]]:
    """Name, kind and labels of every call that records a figure."""
    for folder in ("services", "shared", "operations", "simulation"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _RECORDERS:
                    named = {keyword.arg for keyword in node.keywords if keyword.arg and keyword.arg != "amount"}
                    match node.args:
                        case [ast.Constant(value=str(name)), *_]:
                            yield name, _RECORDERS[node.func.id], named


def sections_of(document: str) -> set[str]:
    """Anchors of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}
