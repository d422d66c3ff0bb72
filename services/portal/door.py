"""What every page and every API call works with, joined once at start."""

from dataclasses import dataclass, field
from functools import cached_property

import asyncpg

from services.portal.entry.drafts import Drafts
from services.portal.entry.limits import Limits, Window
from services.portal.entry.sessions import Sessions
from services.portal.gateway import Gateway
from services.portal.moved import Moved
from services.portal.settings import Settings
from services.portal.store import ReadModel
from shared.directory import Directory
from shared.postgres.casetime import CaseClock


@dataclass
class Door:
    """The parts behind the pages."""

    settings: Settings
    directory: Directory
    clock: CaseClock
    pool: asyncpg.Pool
    model: ReadModel
    moved: Moved
    sessions: Sessions
    drafts: Drafts
    gateway: Gateway
    pin_key: bytes = field(repr=False)
    """From which PINs of absent senders are drawn."""
    signing_in: Limits = field(default_factory=lambda: Limits(Window(8, 300), Window(300, 300)))
    tracking: Limits = field(default_factory=lambda: Limits(Window(15, 600), Window(300, 600)))

    @cached_property
    def cookie(self) -> str:
        """Name of the session cookie; `__Host-` binds it to this host over TLS."""
        return "__Host-session" if self.settings.secure else "session"
