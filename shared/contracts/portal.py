"""portal: the acts that happen at the door itself and belong in the ledger."""

from shared.contracts.base import Counters, Event, Query
from shared.contracts.vocabulary import DirectoryId


class SessionStarted(Event, of="portal.session.started"):
    """An official signed in."""

    officer_id: DirectoryId


class SessionEnded(Event, of="portal.session.ended"):
    """An official signed out."""

    officer_id: DirectoryId


class PortalCounters(Query, of="portal.counters", reply=Counters):
    """Law counters of the read model."""
