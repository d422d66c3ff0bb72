"""Mails that the local mail sink kept; demo and test realms only."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

MOST = 50


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as its reader sees it."""

    subject: str
    to: str
    at: datetime | None
    body: str


def latest(store: Path) -> list[Mail]:
    """The mails received last, newest first. Reads files: call it in a thread."""
    return [_read(file) for file in sorted(store.glob("*.eml"), reverse=True)[:MOST]]


def _read(file: Path) -> Mail:
    message = email.message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    return Mail(
        subject=str(message["subject"] or ""),
        to=str(message["to"] or ""),
        at=_instant(str(message["date"] or "")),
        body=str(body.get_content()) if body else "",
    )


def _instant(header: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(header)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
