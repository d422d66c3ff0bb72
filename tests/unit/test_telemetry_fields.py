"""Only listed fields get out, and only with values of a closed form."""

from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.errors import SecurityError
from shared.telemetry.failures import failure
from shared.telemetry.fields import FIELDS, LIBRARIES, MISFIT, admit, event_name, span_name

CASE = UUID("6f1c2f64-1f5e-4a43-9f0e-6b1d7a2f9c11")


class Channel(StrEnum):
    MAIL = "mail"


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("case_id", CASE, str(CASE)),
        ("case_id", CASE.hex, str(CASE)),
        ("authority_id", "commune-3", "commune-3"),
        ("authority_id", CASE, str(CASE)),
        ("channel", Channel.MAIL, "mail"),
        ("error_code", "code_check_failed", "code_check_failed"),
        ("event_type", "petition.registered", "petition.registered"),
        ("subject", "evt.3.intake.petition.read", "evt.3.intake.petition.read"),
        ("rule_id", "KN-14", "KN-14"),
        ("partition", 15, 15),
        ("duration_ms", 1.25, 1.25),
        ("row_count", 0, 0),
        ("position", 2**62, 2**62),
        ("due_on", date(2025, 1, 6), "2025-01-06"),
        ("due_at", datetime(2025, 1, 6, tzinfo=UTC), "2025-01-06T00:00:00+00:00"),
        ("route", "/cases/{case_id}", "/cases/{case_id}"),
        ("leader", True, True),
        ("logger", "nats.aio", "nats.aio"),
    ],
)
def test_a_fitting_value_is_written(name: str, value: object, written: object) -> None:
    assert admit({name: value}) == ({name: written}, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("case_id", "Nguyễn Văn An"),
        ("case_id", 7),
        ("authority_id", "Xã Vũ Bản"),
        ("authority_id", "an o thon 5"),
        ("channel", "mail to an@example.org"),
        ("channel", "mail\n"),
        ("error_code", ""),
        ("error_code", "x" * 500),
        ("event_type", "petition registered"),
        ("subject", "_INBOX.abc"),
        ("partition", "3"),
        ("partition", True),
        ("row_count", 1e12),
        ("row_count", 79_203_001_234),
        ("duration_ms", float("nan")),
        ("duration_ms", float("inf")),
        ("due_on", "6/1/2025"),
        ("due_at", datetime(2025, 1, 6)),  # noqa: DTZ001
        ("route", "/cases/7KQ2M-XXXXX"),
        ("leader", "yes"),
        ("logger", "nguyen.van.an"),
        ("case_id", ["Nguyễn"]),
        ("channel", {"a": "b"}),
    ],
)
def test_a_value_that_does_not_fit_becomes_a_question_mark(name: str, value: object) -> None:
    assert admit({name: value}) == ({name: MISFIT}, 0)


def test_unknown_fields_are_dropped_and_counted() -> None:
    assert admit({"sender": "Nguyễn Văn An", "text": "…", "row_count": 1}) == ({"row_count": 1}, 2)


def test_nothing_is_left_out_silently_but_none() -> None:
    assert admit({"case_id": None, "row_count": 0}) == ({"row_count": 0}, 0)


@given(st.sampled_from(sorted(FIELDS)), st.text(min_size=1))
def test_no_field_admits_blanks_or_letters_beyond_ascii(name: str, text: str) -> None:
    for value in (f"{text} x", f"{text}ễ", f" {text}", f"{text}\n"):
        assert admit({name: value}) == ({name: MISFIT}, 0)


@pytest.mark.parametrize(("name", "fits"), [
    ("reader.batch_applied", True), ("relay.window.failed", True), ("reader", False), ("Reader.batch", False),
    ("reader.batch 7", False), ("reader.", False), ("reader.đơn", False), ("reader.batch\n", False), (7, False),
    (None, False), ("cmd.intake.register process", False),
])  # fmt: skip
def test_event_names_are_dotted_lowercase_words(name: object, fits: bool) -> None:
    assert (event_name(name) is not None) is fits


@pytest.mark.parametrize(("name", "fits"), [
    ("reader.batch", True), ("cmd.intake.register process", True), ("evt.3.intake.petition.read publish", True),
    ("_INBOX.x.y publish", False), ("cmd.intake.register Nguyen", False), ("GET /cases", False),
])  # fmt: skip
def test_span_names_are_event_names_or_those_of_the_messaging_middleware(name: str, fits: bool) -> None:
    assert (span_name(name) is not None) is fits


def test_a_failure_is_type_code_and_a_fresh_id() -> None:
    error = SecurityError("seal_broken")
    first, second = failure(error), failure(error)
    assert (first["error_type"], first["error_code"]) == ("SecurityError", "seal_broken")
    assert first["failure_id"] != second["failure_id"]
    assert admit(first) == (first, 0)


@pytest.mark.parametrize("error", [ValueError("secret"), SystemExit("secret"), SecurityError("a secret"), KeyError()])
def test_codes_that_are_not_ours_or_not_closed_words_are_unexpected(error: BaseException) -> None:
    assert failure(error)["error_code"] == "unexpected"


def test_every_code_root_of_ours_is_a_known_logger() -> None:
    assert {"services", "shared", "operations", "simulation"} <= set(LIBRARIES)


def test_a_class_made_of_text_has_no_name() -> None:
    assert failure(type("Nguyễn Văn An", (Exception,), {})())["error_type"] == MISFIT
