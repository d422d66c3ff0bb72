"""What every channel promises."""

from datetime import datetime
from typing import Protocol

from services.notify.domain import Notice
from shared.contracts.vocabulary import Medium


class ChannelDown(Exception):
    """Nobody took the message: no connection, a timeout, no sign-in. Waiting may help."""

    code = "channel_down"


class MessageRefused(Exception):
    """The server answered that it will not take this message."""

    code = "message_refused"


class Channel(Protocol):
    """A medium."""

    medium: Medium

    async def send(self, notice: Notice, now: datetime) -> int:
        """Hand over one notice; the reply code is the proof. `now` is machine time, UTC.

        Raises:
            ChannelDown: nothing is known to be taken.
            MessageRefused: this notice was not taken.
            UnknownOfficer: the directory has no address for its recipient.
        """
        ...
