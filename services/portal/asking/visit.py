"""One request: who visits, what he says, in whose name the house is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID, uuid4

from starlette.requests import Request

from services.portal.door import Door
from services.portal.entry.sessions import Session
from services.portal.gateway import Signature
from services.portal.policy import Viewer, viewer_of
from services.portal.source import source_of
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.law.day import legal_day


@dataclass(slots=True)
class Visit:
    """What pages and programs' calls work with."""

    request: Request
    door: Door
    now: datetime
    session: Session | None
    viewer: Viewer | None
    form: Mapping[str, str] = field(default_factory=dict)
    against: tuple[str, ...] = ()
    traceparent: str | None = None
    """Of the case of the address: what is done here goes on with its trace."""

    @property
    def today(self) -> date:
        """The legal day (Asia/Ho_Chi_Minh) of case time."""
        return legal_day(self.now)

    @property
    def person(self) -> Viewer:
        """The signed-in official.

        Raises:
            Denied: nobody is signed in.
        """
        if self.viewer is None:
            raise Denied(ErrorCode.NOT_SIGNED_IN)
        return self.viewer

    @property
    def source(self) -> str:
        """Where the request comes from, for limits only."""
        peer = self.request.client.host if self.request.client else ""
        return source_of(peer, self.request.headers.getlist("x-forwarded-for"), self.door.settings.trusted_proxies)

    def signature(self) -> Signature:
        """The person and the form's idempotency key."""
        return self._signed(self.uuid("key"))

    def fresh_signature(self) -> Signature:
        """The person, and a key of its own for a question that the form did not ask."""
        return self._signed(uuid4())

    def _signed(self, key: UUID) -> Signature:
        if self.session is None:
            raise Denied(ErrorCode.NOT_SIGNED_IN)
        return Signature(self.person, self.session.session_id, key, self.traceparent)

    def uuid(self, name: str) -> UUID:
        """A form field that holds an id.

        Raises:
            Denied: it does not.
        """
        try:
            return UUID(self.form.get(name, ""))
        except ValueError:
            raise Denied(ErrorCode.INVALID, field=name) from None

    def number(self, name: str) -> int:
        """A form field that holds a version.

        Raises:
            Denied: it does not.
        """
        value = self.form.get(name, "")
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise Denied(ErrorCode.INVALID, field=name)
        return int(value)

    def day(self, name: str) -> date | None:
        """A form field that holds a date, ISO or dd/mm/yyyy, or nothing.

        Raises:
            Denied: it holds something else.
        """
        text = self.form.get(name, "").strip()
        if not text:
            return None
        parts = text.split("/")
        try:
            return date.fromisoformat("-".join((parts[2], parts[1].zfill(2), parts[0].zfill(2))) if parts[2:] else text)
        except (ValueError, IndexError):
            raise Denied(ErrorCode.INVALID, field=name) from None


V = TypeVar("V", bound=Visit)


async def visitor(kind: type[V], request: Request, token: str | None) -> V:
    """Who visits; nothing of what the request says is believed but its session."""
    door: Door = request.app.state.door
    now = door.clock.now()
    session = await door.sessions.find(token) if token else None
    today = legal_day(now)
    viewer = viewer_of(door.directory, session.officer_id, today) if session else None
    return kind(request, door, now, session, viewer)
