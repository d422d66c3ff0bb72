"""Sessions: an opaque 256-bit token at the browser, its SHA-256 here. Times are machine time."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

import asyncpg

from services.portal.entry.drafts import HOURS as DRAFT_HOURS
from services.portal.store import Q
from shared.contracts.base import Event
from shared.contracts.portal import SessionEnded, SessionStarted
from shared.effects import Cause, Draft
from shared.messaging import outbox
from shared.messaging.host.host import Host
from shared.postgres.pool import Connection
from shared.telemetry.tracing import new_traceparent

IDLE_MINUTES = 60
_TOKEN_BYTES = 32
_ID_LENGTH = 36
"""Characters of the session's public id, with which a form token begins."""


@dataclass(frozen=True, slots=True)
class Session:
    """A live session."""

    token_hash: bytes
    session_id: UUID
    officer_id: str
    seconds_left: int
    """Until it is over whatever is done in it."""


class Sessions:
    """Starts, finds and ends sessions; start and end are chained as acts (law 11)."""

    def __init__(self, host: Host, pool: asyncpg.Pool, hours: int) -> None:
        self._host = host
        self._pool = pool
        self._key = host.secrets.session_key
        self._hours = hours

    async def start(self, officer_id: str) -> str:
        """Begin a session and return its token, which is never stored."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        session_id = uuid4()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(Q["prune_sessions"], DRAFT_HOURS)
            await connection.execute(Q["start_session"], _hash(token), session_id, officer_id, self._hours)
            await self._tell(connection, session_id, officer_id, SessionStarted(officer_id=officer_id), after=0)
        self._host.committed()
        return token

    async def find(self, token: str, *, touch: bool = True) -> Session | None:
        """The live session of a token, or None. Without `touch` this visit does not count as activity."""
        token_hash = _hash(token)
        row = await self._pool.fetchrow(Q["session"], token_hash, IDLE_MINUTES)
        if row is None:
            return None
        if touch and row["stale"]:
            await self._pool.execute(Q["touch_session"], token_hash)
        return Session(token_hash, row["session_id"], row["officer_id"], row["seconds_left"])

    async def author_of(self, form_token: str) -> str | None:
        """Whose page a form came from, also when his session is over; None when it is of no page of ours."""
        try:
            session_id = UUID(form_token[:_ID_LENGTH])
        except ValueError:
            return None
        row = await self._pool.fetchrow(Q["session_over"], session_id, DRAFT_HOURS)
        if row is None or not _same(self._form_token(session_id, row["token_hash"]), form_token):
            return None
        officer_id: str = row["officer_id"]
        return officer_id

    async def end(self, session: Session) -> None:
        """End a session; its pages still say whose they were."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(Q["end_session"], session.token_hash)
            if row is None:
                return
            event = SessionEnded(officer_id=row["officer_id"])
            await self._tell(connection, row["session_id"], row["officer_id"], event, after=1)
        self._host.committed()

    def form_token(self, session: Session) -> str:
        """The token that every form of this session carries."""
        return self._form_token(session.session_id, session.token_hash)

    def form_token_fits(self, session: Session, given: str) -> bool:
        """Whether a form came from a page of this session."""
        return _same(self.form_token(session), given)

    def _form_token(self, session_id: UUID, token_hash: bytes) -> str:
        return f"{session_id}-{hmac.new(self._key, b'form' + token_hash, hashlib.sha256).hexdigest()}"

    async def _tell(self, tx: Connection, session_id: UUID, officer_id: str, event: Event, after: int) -> None:
        now = self._host.clock.now()
        cause = Cause(uuid5(session_id, str(after)), session_id, new_traceparent(), now, officer_id)
        await outbox.put(tx, self._host.emitter.stamp(cause, session_id, [Draft(event)], after=after))


def _same(mine: str, given: str) -> bool:
    return hmac.compare_digest(mine.encode(), given.encode())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
