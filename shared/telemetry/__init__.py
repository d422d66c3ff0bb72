"""What the house says about itself: logs, spans and figures from one list of allowed fields."""

from shared.telemetry.failures import failure
from shared.telemetry.logs import configure_logs, get_logger, guard_loop
from shared.telemetry.metrics import Counters, configure_metrics, count, gauge, observe
from shared.telemetry.tracing import child_traceparent, configure_tracing, new_traceparent, span, traceparent_of_current

__all__ = [
    "Counters", "child_traceparent", "configure_logs", "configure_metrics", "configure_tracing", "count", "failure",
    "gauge", "get_logger", "guard_loop", "new_traceparent", "observe", "span", "traceparent_of_current",
]  # fmt: skip
