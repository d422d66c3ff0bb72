"""What a mail to an official says, and what it never says."""

import email
import email.policy
from datetime import date
from uuid import UUID

import pytest

from services.notify.channels.smtp import SmtpChannel
from services.notify.letters import letter, writing
from shared.contracts.vocabulary import Kind, Rung
from shared.directory import load
from tests.escalation_events import MORNING

ALERT = UUID("0d9f1b8e-3f55-5d2b-9f0a-0a3c4d5e6f70")


def read(rung: Rung) -> tuple[str, str, str]:
    made = letter(
        alert_id=ALERT, rung=rung, due_on=date(2025, 1, 16), address="thang.nv@thach-an.example",
        sender="don-thu@thach-an.example", public_url="https://donthu.example/", now=MORNING,
    )  # fmt: skip
    parsed = email.message_from_bytes(made.as_bytes(), policy=email.policy.default)
    return str(parsed["subject"]), parsed.get_content(), str(parsed["message-id"])


@pytest.mark.parametrize(
    ("rung", "subject"),
    [
        (Rung.WARN_HOLDER, "Đơn Thư: có việc sắp đến hạn"),
        (Rung.BREACH_LEADER, "Đơn Thư: có việc quá hạn"),
        (Rung.SUPERIOR, "Đơn Thư: có việc quá hạn"),
        (Rung.STEWARD, "Đơn Thư: có việc quá hạn"),
        (Rung.REMINDER, "Đơn Thư: nhắc lại việc quá hạn"),
        (Rung.RECEIPT_CORRECTED, "Đơn Thư: ngày nhận của một đơn đã được sửa"),
    ],
)
def test_a_mail_says_how_urgent_it_is_and_where_to_look(rung: Rung, subject: str) -> None:
    said, text, message_id = read(rung)
    assert said == subject
    assert "16/01/2025" in text
    assert "https://donthu.example/alerts" in text.split()
    assert message_id == f"<{ALERT}@donthu.invalid>"


@pytest.mark.parametrize("rung", Rung)
def test_a_mail_names_nobody_no_place_no_kind_and_no_rule(rung: Rung) -> None:
    text = " ".join(read(rung)[:2]).lower()
    names = [officer.name for officer in load("thach_an").officers()]
    places = [authority.name for authority in load("thach_an").authorities(date(2025, 1, 16))]
    words = ["khiếu nại", "tố cáo", "tranh chấp", "kn-12", str(ALERT), *Kind]
    assert [word for word in (*names, *places, *words) if word.lower() in text] == []


@pytest.mark.parametrize("rung", Rung)
def test_no_answering_machine_answers_a_mail(rung: Rung) -> None:
    made = letter(
        alert_id=ALERT, rung=rung, due_on=date(2025, 1, 16), address="thang.nv@thach-an.example",
        sender="don-thu@thach-an.example", public_url="https://donthu.example/", now=MORNING,
    )  # fmt: skip
    assert (made["Auto-Submitted"], made["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


@pytest.mark.parametrize("url", ["http://127.0.0.1:25", "127.0.0.1:25", "smtp://"])
def test_a_mail_server_must_be_named_by_an_smtp_address(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        SmtpChannel(url, writing(load("thach_an"), sender="", public_url=""))
