"""Logs that cannot tell a secret: closed event names, listed fields, failures without their text.

Everything that would print by itself is routed here: library logging, warnings, uncaught exceptions of the process, of
threads, of finalisers and of the event loop. Timestamps are machine time.
"""

import asyncio
import logging
import sys
import threading
import warnings
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

from shared.telemetry.failures import failure
from shared.telemetry.fields import BAD_EVENT_NAME, admit, event_name
from shared.telemetry.log_export import exported, send
from shared.telemetry.tracing import traceparent_of_current

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
_HEAD = ("timestamp", "level", "event", "service")


class EventLogger(structlog.BoundLoggerBase):
    """A logger of events: a closed name, then fields by name. There is no text to format and none to interpolate."""

    def debug(self, event: str, **fields: object) -> None:
        """For somebody who follows one case through one service."""
        self._emit("debug", event, fields)

    def info(self, event: str, **fields: object) -> None:
        """What happened, as intended."""
        self._emit("info", event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Something to look at; the service goes on."""
        self._emit("warning", event, fields)

    def error(self, event: str, **fields: object) -> None:
        """Something was not done."""
        self._emit("error", event, fields)

    def critical(self, event: str, **fields: object) -> None:
        """The service stops."""
        self._emit("critical", event, fields)

    def exception(self, event: str, **fields: object) -> None:
        """`error`, with type, code and failure id of the exception being handled."""
        self._emit("error", event, {"exc_info": True, **fields})

    def _emit(self, level: str, event: object, fields: dict[str, object]) -> None:
        if _LEVELS[level] >= _sink.threshold:
            self._proxy_to_logger(level, event, **fields)  # type: ignore[arg-type]


class _Sink:
    """Where lines go. Before `configure_logs` that is stderr, under the same rules."""

    service: str | None = None
    threshold: int = logging.INFO
    stream: TextIO | None = None
    json: bool = True

    def write(self, line: str) -> None:
        stream = self.stream or sys.stderr
        stream.write(line + "\n")
        stream.flush()

    debug = info = warning = error = critical = write


_sink = _Sink()
_as_json = structlog.processors.JSONRenderer()
_as_text = structlog.processors.LogfmtRenderer(key_order=list(_HEAD), drop_missing=True)


def get_logger() -> EventLogger:
    """The logger of a module; safe to make and to use before `configure_logs`."""
    logger = structlog.wrap_logger(
        _sink, processors=_PROCESSORS, wrapper_class=EventLogger, context_class=dict, cache_logger_on_first_use=True
    )
    return cast(EventLogger, logger)


def configure_logs(service: str, level: str = "info", stream: TextIO | None = None, json: bool = True) -> None:
    """Sets the process's one log: JSON lines (or logfmt) of `service` from `level` up, on `stream` (default stderr)."""
    _sink.service, _sink.threshold, _sink.stream, _sink.json = service, _LEVELS[level], stream, json
    structlog.configure(processors=_PROCESSORS, wrapper_class=EventLogger, logger_factory=lambda *_: _sink)
    _route_libraries(_LEVELS[level])
    warnings.showwarning = _on_warning
    sys.excepthook = _on_crash
    sys.unraisablehook = _on_unraisable
    threading.excepthook = _on_thread_crash
    try:
        guard_loop(asyncio.get_running_loop())
    except RuntimeError:
        return  # no loop yet: its own handler logs through the library route


def guard_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Reports exceptions that no task awaited as `loop.failed`."""
    loop.set_exception_handler(_on_loop_error)


def _allow_list(_: Any, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    name = event_name(event.pop("event", None)) or BAD_EVENT_NAME
    event.pop("stack_info", None)
    error = _raised(event.pop("exc_info", None))
    if error is not None:
        event.update(failure(error))
    event.setdefault("service", _sink.service)
    traceparent = traceparent_of_current()
    if traceparent is not None:
        event.setdefault("trace_id", traceparent[3:35])
        event.setdefault("span_id", traceparent[36:52])
    kept, dropped = admit(event)
    if dropped:
        kept["dropped_count"] = dropped
    return {"level": level, "event": name, **kept}


def _raised(told: object) -> BaseException | None:
    if isinstance(told, tuple):
        told = told[1]
    error = sys.exc_info()[1] if told is True else told
    return error if isinstance(error, BaseException) else None


def _export(_: Any, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What stderr will say, and nothing else, also goes to the collector."""
    if exported():
        send(_LEVELS[level], level, event)
    return event


def _render(logger: Any, level: str, event: MutableMapping[str, Any]) -> str:
    return str((_as_json if _sink.json else _as_text)(logger, level, event))


_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    _allow_list,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _export,
    _render,
]
_log = get_logger()


class _SilentRecord(logging.LogRecord):
    """A record whose text is gone before any handler, ours or a library's own, can print it."""

    def __init__(
        self, name: str, level: int, pathname: str, lineno: int, _msg: object, _args: Any, exc_info: Any, *_: Any
    ) -> None:
        super().__init__(name, level, pathname, lineno, "library.message", None, None)
        self.failure = failure(exc_info[1]) if isinstance(exc_info, tuple) and exc_info[1] else {}


class _LibraryHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        level = next((name for name, least in reversed(_LEVELS.items()) if record.levelno >= least), "debug")
        getattr(_log, level)("library.message", logger=record.name, **getattr(record, "failure", {}))


def _route_libraries(threshold: int) -> None:
    logging.setLogRecordFactory(_SilentRecord)
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers[:] = [_LibraryHandler()]
    root.setLevel(max(threshold, logging.INFO))
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True


def _on_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    _log.warning("python.warning", error_type=category.__name__)


def _on_crash(_: type[BaseException], error: BaseException, __: object) -> None:
    _log.critical("process.crashed", exc_info=error)


def _on_unraisable(args: Any) -> None:
    _log.error("process.unraisable", exc_info=args.exc_value)


def _on_thread_crash(args: threading.ExceptHookArgs) -> None:
    _log.error("thread.crashed", exc_info=args.exc_value)


def _on_loop_error(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    _log.error("loop.failed", exc_info=context.get("exception"))
