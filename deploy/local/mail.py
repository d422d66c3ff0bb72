"""A mail sink, on the loopback unless told otherwise: every mail becomes a file, nothing is sent on.

`python -m deploy.local.mail --port P --store DIR [--host H]`
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import email
import email.policy
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.ports import LOOPBACK
from deploy.local.private_files import write_private
from deploy.local.supervisor import stop_requested


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


class _Sink:
    """The handler aiosmtpd calls; file names tell the order of arrival and nothing else."""

    def __init__(self, store: Path) -> None:
        self._store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        arrived = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%f")
        name = f"{arrived}-{uuid.uuid4().hex}"
        part = self._store / f"{name}.part"
        content = envelope.content
        write_private(part, content if isinstance(content, bytes) else (content or "").encode())
        part.rename(self._store / f"{name}.eml")
        return "250 OK"


async def serve(port: int, store: Path, host: str = LOOPBACK) -> None:
    """Take mail until SIGTERM or Ctrl-C; prints `READY mail`."""
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    sink = _Sink(store)
    with stop_requested() as stop:
        server = await loop.create_server(
            lambda: SMTP(sink, hostname="localhost", enable_SMTPUTF8=True, loop=loop), host, port
        )
        async with server:
            print("READY mail", flush=True)
            await stop.wait()


def main(argv: Sequence[str] | None = None) -> None:
    """Run the sink from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True)
    arguments = parser.parse_args(argv)
    asyncio.run(serve(arguments.port, arguments.store, arguments.host))


if __name__ == "__main__":
    main()
