"""Mails to officials: an alert waits, by when, and where. No case, number, kind or name stands in them."""

from collections.abc import Callable
from datetime import date, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from string import Template
from uuid import UUID

from services.notify.domain import Notice
from shared.contracts.vocabulary import Rung
from shared.directory import Directory

ALERTS_PATH = "/alerts"
DOMAIN = "donthu.invalid"
"""Right side of Message-IDs: reserved (RFC 2606), so it tells nobody where the mail was made."""

_TEMPLATES = Path(__file__).parent / "templates"
_POLICY = policy.SMTP.clone(max_line_length=998)
"""Without the length, CPython 3.11 loses spaces when it folds long Vietnamese subjects."""


def writing(directory: Directory, *, sender: str, public_url: str) -> Callable[[Notice, datetime], EmailMessage]:
    """How the mail of a notice is made; it raises UnknownOfficer for a recipient without address."""

    def write(notice: Notice, now: datetime) -> EmailMessage:
        return letter(
            alert_id=notice.alert_id,
            rung=notice.rung,
            due_on=notice.due_on,
            address=directory.officer(notice.recipient_id).email,
            sender=sender,
            public_url=public_url,
            now=now,
        )

    return write


def letter(
    *, alert_id: UUID, rung: Rung, due_on: date, address: str, sender: str, public_url: str, now: datetime
) -> EmailMessage:
    """The mail of an alert; made again it has the same Message-ID. `now` is machine time, UTC."""
    subject, text = _template(rung)
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = subject
    message["From"] = sender
    message["To"] = address
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(alert_id)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # Exchange, which reads no Auto-Submitted
    link = public_url.rstrip("/") + ALERTS_PATH
    message.set_content(text.substitute(due_on=f"{due_on:%d/%m/%Y}", link=link))
    return message


def message_id(alert_id: UUID) -> str:
    """Stable Message-ID of an alert's mail."""
    return f"<{alert_id}@{DOMAIN}>"


@cache
def _template(rung: Rung) -> tuple[str, Template]:
    """Subject and text: the first line of the file, and what follows the blank line after it."""
    match rung:
        case Rung.WARN_HOLDER:
            name = "due_soon"
        case Rung.REMINDER:
            name = "reminder"
        case Rung.RECEIPT_CORRECTED:
            name = "receipt_corrected"
        case _:
            name = "overdue"
    subject, _, text = (_TEMPLATES / f"{name}.txt").read_text(encoding="utf-8").partition("\n\n")
    return subject, Template(text)
