"""The canary: a secret is spoken on every path out of a process and must be heard on none; the controls must be heard.

The process is a real one (this module run as a program), so that its crash, its stdout and stderr and what it sends
to a collector are the real ones too.
"""

import asyncio
import gc
import logging
import subprocess
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import structlog
from opentelemetry.trace import Link, SpanContext, Status, StatusCode, TraceFlags, TraceState

from shared.telemetry import logs, metrics, otlp, tracing

WORD = "canaryzq"
TEXT = f"Bà {WORD} ở thôn 5"
CONTROL_CASE = "6f1c2f64-1f5e-4a43-9f0e-6b1d7a2f9c11"
CONTROL_EVENTS = (
    "control.spoken", "library.message", "python.warning", "log.bad_event_name", "thread.crashed", "loop.failed",
    "process.unraisable", "process.crashed",
)  # fmt: skip
CONTROL_ATTRIBUTE, CONTROL_SPAN, CONTROL_LABEL = "control_queue", "control.span", "control_channel"


class CanaryError(Exception):
    """An exception that carries the canary in every place an exception has."""

    def __init__(self) -> None:
        super().__init__(TEXT)
        self.code = TEXT
        self.add_note(TEXT)


def fail() -> None:
    text_in_a_local = TEXT
    try:
        raise KeyError(text_in_a_local)
    except KeyError as error:
        raise CanaryError from error


def speak_in_logs() -> None:
    log = logs.get_logger()
    log.info("control.spoken", case_id=CONTROL_CASE)
    for event in (TEXT, WORD, f"Letter.{WORD}"):
        log.warning(event)
    log.info("a.b", **{WORD: 1, "sender": TEXT, "text": WORD, "case_id": TEXT, "reason": TEXT, "row_count": TEXT})
    log.info("a.b", stack_info=True, exc_info=TEXT, channel=[TEXT], kind={WORD: TEXT}, error_type=TEXT, logger=WORD)
    log.bind(sender=TEXT).info("a.b", service=TEXT, level=TEXT, timestamp_=TEXT)
    with structlog.contextvars.bound_contextvars(sender=TEXT, case_id=TEXT):
        log.error("a.b")
    structlog.get_logger().info(TEXT, sender=TEXT)
    try:
        fail()
    except CanaryError as error:
        log.exception("a.b")
        log.error("a.b", exc_info=ExceptionGroup(TEXT, [error]))
        log.error("a.b", exc_info=type(TEXT, (Exception,), {})(TEXT))


def speak_through_libraries() -> None:
    for name in ("", "nats", "asyncpg", "uvicorn.access", f"library.{WORD}", WORD):
        library = logging.getLogger(name)
        library.error("%s", TEXT, extra={"sender": TEXT})
        try:
            fail()
        except CanaryError:
            library.exception(TEXT, stack_info=True)
    own = logging.getLogger("faststream.access")
    own.addHandler(logging.StreamHandler(sys.stdout))
    own.error("%s %s", TEXT, exc_info=CanaryError())
    warnings.warn(TEXT, UserWarning, stacklevel=1)


def speak_from_the_background() -> None:
    thread = threading.Thread(target=fail, name=WORD)
    thread.start()
    thread.join()

    class Dying:
        def __del__(self) -> None:
            fail()

    Dying()
    asyncio.run(speak_in_a_task())


async def speak_in_a_task() -> None:
    async def failing() -> None:
        fail()

    for guarded in (False, True):
        if guarded:
            logs.guard_loop(asyncio.get_running_loop())
        task = asyncio.create_task(failing(), name=TEXT)
        await asyncio.wait([task])
        del task
        gc.collect()


def speak_in_spans() -> None:
    with tracing.span(CONTROL_SPAN, queue=CONTROL_ATTRIBUTE, reason=TEXT, sender=TEXT) as control:
        control.set(kind=TEXT, **{WORD: 1})
    with tracing.span(TEXT, f"00-{WORD}"):
        pass
    with suppress(CanaryError), tracing.span("a.b"):
        fail()
    provider = tracing.tracer_provider()
    assert provider is not None
    state = TraceState([(WORD, WORD)])
    elsewhere = SpanContext(1, 1, is_remote=True, trace_flags=TraceFlags(1), trace_state=state)
    foreign = provider.get_tracer(WORD, WORD, attributes={WORD: TEXT})
    with (
        suppress(CanaryError),
        foreign.start_as_current_span(
            TEXT, attributes={WORD: TEXT, "queue": TEXT}, links=[Link(elsewhere, {WORD: TEXT})]
        ) as step,
    ):
        step.add_event(TEXT, {WORD: TEXT})
        step.set_status(Status(StatusCode.ERROR, TEXT))
        fail()


def speak_in_metrics() -> None:
    metrics.count("alerts.sent", channel=CONTROL_LABEL)
    metrics.count("alerts.sent", 1, channel=TEXT, sender=WORD, canaryzq=TEXT)
    metrics.gauge("law.violations", 1, counter=TEXT)
    metrics.observe("http.request", 1, route=f"/{TEXT}")
    for name in (TEXT, WORD):
        with suppress(metrics.MetricRefused):
            metrics.count(name)
    try:
        metrics.Counters([]).add(TEXT)
    except metrics.MetricRefused:
        logs.get_logger().error("a.b", trace=traceback.format_exc())


def speak(endpoint: str, json: bool) -> None:
    """Everything, then crash."""
    logs.configure_logs("intake", "debug", json=json)
    otlp.configure_telemetry("intake", endpoint)
    speak_in_logs()
    speak_through_libraries()
    speak_from_the_background()
    speak_in_spans()
    speak_in_metrics()
    otlp.shutdown_telemetry()
    fail()


@pytest.fixture
def collector() -> Iterator[tuple[str, dict[str, bytes]]]:
    """An OTLP/HTTP collector that keeps the bytes it was sent, by path."""
    received: dict[str, bytes] = {}

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received[self.path] = received.get(self.path, b"") + str(self.headers).encode() + body
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_canary_is_heard_nowhere_and_every_control_is(form: str, collector: tuple[str, dict[str, bytes]]) -> None:
    endpoint, received = collector
    root = Path(__file__).parents[2]
    program = [sys.executable, "-m", __name__, endpoint, form]
    spoken = subprocess.run(program, cwd=root, capture_output=True, timeout=60, check=False)

    for heard in (spoken.stdout, spoken.stderr, *received.values()):
        assert WORD.encode() not in heard.lower()
    log = spoken.stderr.decode()
    assert spoken.returncode == 1
    assert CONTROL_CASE in log
    assert [event for event in CONTROL_EVENTS if event not in log] == []
    assert b"library.message" in spoken.stdout
    assert "Traceback" not in log
    assert CONTROL_SPAN.encode() in received["/v1/traces"]
    assert CONTROL_ATTRIBUTE.encode() in received["/v1/traces"]
    assert CONTROL_LABEL.encode() in received["/v1/metrics"]
    assert CONTROL_CASE.encode() in received["/v1/logs"]
    before_the_end = [event for event in CONTROL_EVENTS if event != "process.crashed"]
    assert [event for event in before_the_end if event.encode() not in received["/v1/logs"]] == []


if __name__ == "__main__":
    speak(sys.argv[1], json=sys.argv[2] == "json")
