"""A real SMTP server on the loopback that keeps what it takes in memory."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from operations.embedded.ports import LOOPBACK


@dataclass
class MailServer:
    """Takes every mail, unless `answer` says otherwise."""

    answer: str = "250 OK"
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append(email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default))
        return self.answer

    def ids(self) -> list[str]:
        return [str(mail["message-id"]) for mail in self.taken]


@asynccontextmanager
async def mail_server(port: int, answer: str = "250 OK") -> AsyncIterator[MailServer]:
    """Listens on `port` until the block ends."""
    found = MailServer(answer)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(found, hostname="localhost", enable_SMTPUTF8=True, loop=loop), LOOPBACK, port
    )
    async with server:
        yield found
