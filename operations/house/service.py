"""The process of one service: logs, traces, crash points of a test realm, then the FastStream app of its `app.py`.

`python -m operations.house.service NAME` is what a container runs; `donthu service NAME` does the same.
"""

import asyncio
import gc
import importlib
import sys

import uvloop

from shared.messaging.connection import crashpoints
from shared.messaging.connection.failures import code_of
from shared.messaging.events.reader import StreamBehind
from shared.messaging.host.realm import ForeignRealm
from shared.settings.addresses import Plaintext
from shared.telemetry.logs import configure_logs, get_logger, guard_loop
from shared.telemetry.otlp import configure_telemetry, shutdown_telemetry

GARBAGE = 20_000
"""Objects made between two collections: a batch of events, not a fraction of one."""
CANNOT_GO_ON = 78
"""Exit status of a service that an operator must help (EX_CONFIG of sysexits.h)."""


async def run_service(name: str) -> int:
    """Run one service until it is told to stop; return the exit status."""
    app_module = importlib.import_module(f"services.{name}.app")
    try:
        settings = app_module.Settings()
    except Plaintext as error:
        return _cannot_go_on(name, error)
    configure_logs(name, settings.log_level)
    guard_loop(asyncio.get_running_loop())
    configure_telemetry(
        name,
        settings.otel_exporter_otlp_endpoint,
        sample_ratio=settings.otel_sample_ratio,
        replica=settings.replica,
    )
    if settings.crash_at:
        crashpoints.arm(settings.crash_at)
    log = get_logger()
    try:
        app = await app_module.build(settings)
        gc.collect()
        gc.freeze()  # directory, law and contracts stay: no later collection walks them
        gc.set_threshold(GARBAGE)
        await app.run()
    except (StreamBehind, ForeignRealm) as error:
        log.critical("service.cannot_go_on", error_code=code_of(error))
        return _cannot_go_on(name, error)
    finally:
        shutdown_telemetry()
    return 0


def _cannot_go_on(name: str, error: Exception) -> int:
    sys.stderr.write(f"{name}: {type(error).__doc__}\n")
    return CANNOT_GO_ON


if __name__ == "__main__":
    sys.exit(uvloop.run(run_service(sys.argv[1])))
