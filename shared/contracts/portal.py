"""portal: the acts that happen at the door itself and belong in the ledger."""

from typing import ClassVar

from shared.contracts.base import Counters, Event, Query, Reply
from shared.contracts.vocabulary import DirectoryId

SERVICE = "portal"


class SessionStarted(Event):
    """An official signed in."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "session"
    verb: ClassVar[str] = "started"

    officer_id: DirectoryId


class SessionEnded(Event):
    """An official signed out."""

    service: ClassVar[str] = SERVICE
    noun: ClassVar[str] = "session"
    verb: ClassVar[str] = "ended"

    officer_id: DirectoryId


class PortalCounters(Query):
    """Law counters of the read model."""

    service: ClassVar[str] = SERVICE
    name: ClassVar[str] = "counters"
    reply: ClassVar[type[Reply]] = Counters
