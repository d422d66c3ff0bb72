"""Mail over SMTP (RFC 5321). A 250 to DATA is the proof that the server took responsibility."""

from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from services.notify.channels.channel import ChannelDown, MessageRefused
from services.notify.domain import Notice
from shared.contracts.vocabulary import Medium

TIMEOUT_SECONDS = 10.0
TAKEN = 250
Write = Callable[[Notice, datetime], EmailMessage]
"""The mail of a notice at an instant of machine time."""
_REFUSALS = (
    aiosmtplib.SMTPRecipientsRefused,
    aiosmtplib.SMTPRecipientRefused,
    aiosmtplib.SMTPSenderRefused,
    aiosmtplib.SMTPDataError,
)


class SmtpChannel:
    """One server. `smtp://[user:password@]host[:port]` uses STARTTLS where offered, `smtps://` TLS from the start."""

    medium = Medium.MAIL

    def __init__(self, url: str, write: Write) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL must be smtp://host:port or smtps://host:port")
        self._write = write
        self._host = parts.hostname
        self._tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def send(self, notice: Notice, now: datetime) -> int:
        """Hand over one mail in a connection of its own."""
        message = self._write(notice, now)
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                local_hostname="localhost",
                timeout=TIMEOUT_SECONDS,
            )
        except _REFUSALS:
            raise MessageRefused from None
        except (aiosmtplib.SMTPException, OSError):
            raise ChannelDown from None
        return TAKEN
