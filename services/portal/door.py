"""What every page and every API call works with, joined once at start."""

from dataclasses import dataclass, field
from functools import cached_property

import asyncpg

from services.portal.drafts import Drafts
from services.portal.gateway import Gateway
from services.portal.limits import Window
from services.portal.moved import Moved
from services.portal.sessions import Sessions
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
    sign_in_by_name: Window = field(default_factory=lambda: Window(8, 300))
    sign_in_by_address: Window = field(default_factory=lambda: Window(40, 300))
    tracking: Window = field(default_factory=lambda: Window(15, 600))

    @cached_property
    def cookie(self) -> str:
        """Name of the session cookie; `__Host-` binds it to this host over TLS."""
        return "__Host-session" if self.settings.secure else "session"
