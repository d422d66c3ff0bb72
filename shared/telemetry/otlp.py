"""Traces, metrics and logs of one process to one OTLP/HTTP collector; all three, or none."""

import threading
import time
from collections.abc import Callable

from shared.telemetry.log_export import configure_log_export, shutdown_log_export
from shared.telemetry.metrics import configure_metrics, shutdown_metrics
from shared.telemetry.tracing import configure_tracing, shutdown_tracing

LAST_WORDS_SECONDS = 3.0
"""A collector that does not answer may hold up the end of a service for so long."""


def configure_telemetry(service: str, endpoint: str | None, *, sample_ratio: float = 1.0, replica: int = 0) -> None:
    """Starts exporting to `endpoint`, or nothing when there is none. Nothing is connected yet."""
    configure_tracing(service, endpoint, sample_ratio, replica)
    configure_metrics(service, endpoint, replica)
    configure_log_export(service, endpoint, replica)


def shutdown_telemetry() -> None:
    """Sends what is waiting, all three side by side, and gives up after `LAST_WORDS_SECONDS`."""
    shutdowns: tuple[Callable[[], None], ...] = (shutdown_tracing, shutdown_metrics, shutdown_log_export)
    threads = [threading.Thread(target=shutdown, daemon=True) for shutdown in shutdowns]
    for thread in threads:
        thread.start()
    end = time.monotonic() + LAST_WORDS_SECONDS
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
