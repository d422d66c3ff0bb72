"""The mails that the sink kept."""

import datetime as dt
import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path


@dataclass(frozen=True)
class Mail:
    """One mail as its reader sees it; `date` is in UTC, None where the header is missing or unreadable."""

    subject: str
    sender: str
    to: tuple[str, ...]
    date: dt.datetime | None
    message_id: str
    body: str


def read_mails(store: Path) -> list[Mail]:
    """Return every mail kept in `store`, the first received first."""
    return [_read(file) for file in sorted(store.glob("*.eml"))]


def _read(file: Path) -> Mail:
    message = email.message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    return Mail(
        subject=str(message["subject"] or ""),
        sender=str(message["from"] or ""),
        to=tuple(address for _, address in getaddresses([str(value) for value in message.get_all("to", [])])),
        date=_date(str(message["date"] or "")),
        message_id=str(message["message-id"] or "").strip(),
        body=str(body.get_content()).replace("\r\n", "\n") if body else "",
    )


def _date(header: str) -> dt.datetime | None:
    try:
        parsed = parsedate_to_datetime(header)
    except ValueError:
        return None
    return parsed.replace(tzinfo=dt.UTC) if parsed.tzinfo is None else parsed.astimezone(dt.UTC)
