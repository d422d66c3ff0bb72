"""What every channel promises."""

from email.message import EmailMessage
from typing import Protocol


class ChannelDown(Exception):
    """Nobody took the message: no connection, a timeout, no sign-in. Waiting may help."""

    code = "channel_down"


class MessageRefused(Exception):
    """The server answered that it will not take this message."""

    code = "message_refused"


class Channel(Protocol):
    """A medium."""

    async def send(self, message: EmailMessage) -> int:
        """Hand over one message; the reply code is the proof.

        Raises:
            ChannelDown: nothing is known to be taken.
            MessageRefused: this message was not taken.
        """
        ...
