"""A collector that is not there costs lines and spans, nothing else, and its address stays secret."""

import subprocess
import sys
from pathlib import Path

from shared.telemetry.logs import get_logger
from shared.telemetry.metrics import count
from shared.telemetry.otlp import configure_telemetry, shutdown_telemetry
from shared.telemetry.tracing import span

PASSWORD = "matkhau-thu-gom-7720"
NOBODY_LISTENS = f"http://collector:{PASSWORD}@127.0.0.1:9"
MORE_THAN_A_QUEUE = 5000


def speak() -> None:
    """More than the queues hold, to nobody."""
    configure_telemetry("intake", NOBODY_LISTENS)
    log = get_logger()
    for _ in range(MORE_THAN_A_QUEUE):
        with span("desk.letter"):
            count("letters.registered")
            log.info("letter.kept")
    shutdown_telemetry()
    log.info("service.ended")


def test_a_service_speaks_on_and_ends_without_a_collector() -> None:
    command = [sys.executable, "-m", __name__]
    spoken = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60, check=False
    )
    assert spoken.returncode == 0
    assert spoken.stderr.count('"letter.kept"') == MORE_THAN_A_QUEUE
    assert '"service.ended"' in spoken.stderr
    assert PASSWORD not in spoken.stderr + spoken.stdout
    assert "Traceback" not in spoken.stderr


if __name__ == "__main__":
    speak()
