"""The one list of what may be said in logs, spans and metrics: a field that is not here does not get out.

Every field has a check that gives the value as it may be written, or None when it does not fit. No check admits free
text: ids, closed words, dates and bounded numbers only (law 3 of the house).
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from uuid import UUID

Scalar = str | int | float | bool
Check = Callable[[object], Scalar | None]

MISFIT = "?"
BAD_EVENT_NAME = "log.bad_event_name"
LIBRARIES = (
    "aiosmtplib", "asyncio", "asyncpg", "concurrent", "faststream", "nats", "opentelemetry", "requests", "services",
    "shared", "simulation", "starlette", "urllib3", "uvicorn", "operations",
)  # fmt: skip

_EVENT_NAME = re.compile(r"[a-z][a-z_]{0,30}(\.[a-z][a-z_]{0,40}){1,3}", re.ASCII)
_NATS_SPAN = re.compile(r"(evt|cmd|q)(\.[a-z0-9_]{1,40}){1,4} (create|publish|process|receive)", re.ASCII)


def _matching(pattern: str) -> Check:
    compiled = re.compile(pattern, re.ASCII)

    def check(value: object) -> Scalar | None:
        text = value.value if isinstance(value, Enum) else value
        found = compiled.fullmatch(text) if isinstance(text, str) else None
        return found.group() if found else None

    return check


def _uuid(value: object) -> Scalar | None:
    if isinstance(value, UUID):
        return str(value)
    try:
        return str(UUID(value)) if isinstance(value, str) and len(value) in (32, 36) else None
    except ValueError:
        return None


def _day(value: object) -> Scalar | None:
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else None


def _instant(value: object) -> Scalar | None:
    return value.isoformat() if isinstance(value, datetime) and value.tzinfo else None


def _flag(value: object) -> Scalar | None:
    return value if isinstance(value, bool) else None


def _number(largest: float) -> Check:
    def check(value: object) -> Scalar | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return value if math.isfinite(value) and abs(value) <= largest else None

    return check


_SLUG = _matching(r"[a-z][a-z0-9]{0,30}([_-][a-z0-9]{1,30}){0,7}")
_CODE = _matching(r"[a-z][a-z0-9]{0,30}(_[a-z0-9]{1,30}){0,7}")
_LIBRARY = _matching(rf"({'|'.join(LIBRARIES)})(\.[A-Za-z_][A-Za-z0-9_]{{0,40}}){{0,6}}")
_SUBJECT = _matching(r"(evt|cmd|q)(\.[a-z0-9_*>]{1,40}){1,4}")
_COUNT = _number(1e9)
_DURATION = _number(1e11)
_BYTES = _number(1e14)
_SEQUENCE = _number(2**63)


def _directory_id(value: object) -> Scalar | None:
    return _uuid(value) or _SLUG(value)


def _each(check: Check, names: str) -> dict[str, Check]:
    return dict.fromkeys(names.split(), check)


FIELDS: Mapping[str, Check] = {
    **_each(
        _uuid,
        "aggregate_id alert_id arrival_id case_id causation_id cause_id clock_id command_id correlation_id delivery_id "
        "document_id event_id failure_id job_id notice_id petition_id realm_id request_id rung_id "
        "messaging.message.id messaging.message.conversation_id",
    ),
    **_each(_directory_id, "authority_id officer_id unit_id"),
    **_each(_SLUG, "service replica container profile"),
    **_each(
        _CODE,
        "act action authority_level channel check clock_kind component consumer counter error_code job kind "
        "lock mode noun outcome phase policy protocol query queue reason realm recipient_role result role rung schema "
        "setting signal stage state status step stream table verb messaging.system messaging.operation",
    ),
    **_each(_matching(r"[A-Za-z_]{1,60}"), "error_type"),
    **_each(_LIBRARY, "logger module"),
    **_each(_matching(r"[a-z][a-z_]{0,30}(\.[a-z][a-z_]{0,40}){1,3}"), "event_type"),
    **_each(_matching(r"(cmd|q)(\.[a-z_]{1,40}){2}|[a-z][a-z_]{0,40}"), "command"),
    **_each(_SUBJECT, "subject messaging.destination.name messaging.destination_publish.name"),
    **_each(_matching(r"[A-Z]{1,5}-[0-9]{1,4}[a-z]?"), "rule_id law"),
    **_each(_matching(r"[0-9a-f]{32}"), "trace_id"),
    **_each(_matching(r"[0-9a-f]{16}"), "span_id"),
    **_each(_matching(r"v?[0-9]{1,4}([.-][0-9]{1,4}){0,3}"), "law_version calendar_version release"),
    **_each(_matching(r"[0-9]{4}_[a-z0-9_]{1,60}"), "migration"),
    **_each(_matching(r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)"), "method"),
    **_each(_matching(r"/|(/(v[0-9]|[a-z_-]{1,40}|\{[a-z_]{1,40}\})){1,8}"), "route"),
    **_each(_day, "due_on legal_on day from_on until_on"),
    **_each(_instant, "case_time due_at fire_at recorded_at"),
    **_each(_flag, "active cached final forced leader replayed retried sampled virtual"),
    **_each(
        _number(1e7),
        "attempt epoch exit_code partition pid port rung_number schema_version status_code version with_batch",
    ),
    **_each(_SEQUENCE, "position sequence first_sequence last_sequence"),
    **_each(
        _COUNT,
        "batch_count case_count chunk_count clock_count command_count consumer_count dropped_count entry_count "
        "error_count event_count file_count held_count limit_count message_count page_count partition_count "
        "pending_count petition_count refused_count replica_count retry_count row_count sent_count unsent_count "
        "waiting_count violation_count messaging.batch.message_count",
    ),
    **_each(
        _DURATION, "backoff_ms delay_ms duration_ms elapsed_ms lag_ms lateness_ms lease_ms timeout_ms wait_ms uptime_s"
    ),
    **_each(_BYTES, "size_bytes free_bytes limit_bytes used_bytes messaging.message.payload_size_bytes"),
    **_each(_number(1.0), "ratio sample_ratio confidence"),
}


def admit(fields: Mapping[str, object]) -> tuple[dict[str, Scalar], int]:
    """What may be written, and how many fields were dropped.

    An unknown name is dropped and counted; a value that does not fit becomes `?`; None is left out.
    """
    kept: dict[str, Scalar] = {}
    dropped = 0
    for name, value in fields.items():
        check = FIELDS.get(name)
        if check is None:
            dropped += 1
        elif value is not None:
            fitting = check(value)
            kept[name] = MISFIT if fitting is None else fitting
    return kept, dropped


def event_name(name: object) -> str | None:
    """A log event's or span's name: lowercase words joined by dots (`reader.batch_applied`), or None."""
    return name if isinstance(name, str) and _EVENT_NAME.fullmatch(name) else None


def span_name(name: object) -> str | None:
    """An `event_name`, or what the messaging middleware calls its spans (`cmd.intake.register process`)."""
    return event_name(name) or (name if isinstance(name, str) and _NATS_SPAN.fullmatch(name) else None)
