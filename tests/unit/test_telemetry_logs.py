"""Log lines are JSON of closed names and listed fields, whoever speaks."""

import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog

from shared.security.errors import SecurityError
from shared.telemetry import logs
from shared.telemetry.logs import configure_logs, get_logger, guard_loop
from shared.telemetry.tracing import span

CASE = UUID(int=7)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The process's log on a string, and afterwards everything as pytest had it."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    kept = root.handlers[:], root.level, logging.raiseExceptions
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    with warnings.catch_warnings():
        out = io.StringIO()
        configure_logs("intake", "info", out)
        yield out
    logging.setLogRecordFactory(factory)
    root.handlers[:], logging.raiseExceptions = kept[0], kept[2]
    root.setLevel(kept[1])
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
    structlog.reset_defaults()
    logs._sink.stream, logs._sink.service, logs._sink.threshold, logs._sink.json = None, None, logging.INFO, True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_when_who_what_and_its_fields(stream: io.StringIO) -> None:
    get_logger().info("reader.batch_applied", case_id=CASE, row_count=3)
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "event": "reader.batch_applied",
        "service": "intake",
        "case_id": str(CASE),
        "row_count": 3,
    }


def test_unknown_fields_are_counted_and_misfits_marked(stream: io.StringIO) -> None:
    get_logger().warning("reader.batch_applied", sender="An", text="…", case_id="An")
    (line,) = lines(stream)
    assert (line["case_id"], line["dropped_count"]) == ("?", 2)
    assert not line.keys() & {"sender", "text"}


def test_a_free_text_is_no_event_name(stream: io.StringIO) -> None:
    get_logger().error("letter of An lost", row_count=1)
    assert [(line["event"], line["row_count"]) for line in lines(stream)] == [("log.bad_event_name", 1)]


@pytest.mark.parametrize(("level", "heard"), [
    ("debug", ["debug", "info", "error"]), ("info", ["info", "error"]), ("critical", []),
])  # fmt: skip
def test_the_level_decides_what_is_heard(stream: io.StringIO, level: str, heard: list[str]) -> None:
    configure_logs("intake", level, stream)
    log = get_logger()
    log.debug("a.b")
    log.info("a.b")
    log.error("a.b")
    assert [line["level"] for line in lines(stream)] == heard


def test_a_logger_made_before_follows_the_configuration_made_after(stream: io.StringIO) -> None:
    log = get_logger()
    log.info("a.b")
    later = io.StringIO()
    configure_logs("audit", "info", later, json=False)
    log.bind(case_id=CASE).info("c.d")
    assert len(lines(stream)) == 1
    assert f"level=info event=c.d service=audit case_id={CASE}" in later.getvalue()


def test_an_exception_is_type_code_and_failure_id(stream: io.StringIO) -> None:
    try:
        raise SecurityError("seal_broken") from ValueError("secret")
    except SecurityError as error:
        get_logger().exception("field.refused")
        get_logger().error("field.refused", exc_info=error)
    for line in lines(stream):
        assert (line["error_type"], line["error_code"]) == ("SecurityError", "seal_broken")
        assert UUID(line["failure_id"])
    assert "secret" not in stream.getvalue()


def test_bound_context_is_written_and_listed_like_any_field(stream: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(case_id=CASE, sender="An"):
        get_logger().info("a.b")
    (line,) = lines(stream)
    assert (line["case_id"], line["dropped_count"]) == (str(CASE), 1)


def test_a_line_inside_a_span_carries_its_trace(stream: io.StringIO) -> None:
    with span("reader.batch") as step:
        get_logger().info("a.b")
    assert lines(stream)[0]["trace_id"] == step.traceparent[3:35]


def test_library_messages_keep_only_logger_level_and_failure(stream: io.StringIO) -> None:
    logging.getLogger("nats.aio").warning("secret %s", "secret")
    logging.getLogger("uvicorn").info("secret", extra={"sender": "secret"})
    logging.getLogger("elsewhere").error("secret")
    logging.getLogger("asyncpg").error("secret", exc_info=ValueError("secret"))
    told = [(line["event"], line["logger"], line["level"], line.get("error_type")) for line in lines(stream)]
    assert told == [
        ("library.message", "nats.aio", "warning", None),
        ("library.message", "uvicorn", "info", None),
        ("library.message", "?", "error", None),
        ("library.message", "asyncpg", "error", "ValueError"),
    ]
    assert "secret" not in stream.getvalue()


def test_a_librarys_own_handler_has_no_text_to_print(stream: io.StringIO) -> None:
    printed, library = io.StringIO(), logging.getLogger("faststream.access")
    handler = logging.StreamHandler(printed)
    library.addHandler(handler)
    library.error("secret %s", "secret", exc_info=ValueError("secret"), stack_info=True)
    library.removeHandler(handler)
    assert printed.getvalue() == "library.message\n"


def test_a_warning_is_told_by_category(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._on_warning
        warnings.warn("secret", RuntimeWarning, stacklevel=1)
    assert [(line["event"], line["error_type"]) for line in lines(stream)] == [("python.warning", "RuntimeWarning")]


def test_a_crashed_thread_is_told(stream: io.StringIO) -> None:
    def crash() -> None:
        raise SecurityError("seal_broken")

    thread = threading.Thread(target=crash)
    threading.excepthook = logs._on_thread_crash
    thread.start()
    thread.join()
    assert [(line["event"], line["error_code"]) for line in lines(stream)] == [("thread.crashed", "seal_broken")]


async def test_what_the_loop_cannot_deliver_is_told(stream: io.StringIO) -> None:
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    guard_loop(loop)
    loop.call_exception_handler({"message": "secret", "exception": ValueError("secret")})
    loop.call_exception_handler({"message": "secret"})
    loop.set_exception_handler(before)
    assert [(line["event"], line.get("error_type")) for line in lines(stream)] == [
        ("loop.failed", "ValueError"),
        ("loop.failed", None),
    ]
