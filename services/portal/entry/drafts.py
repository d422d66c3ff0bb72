"""What somebody typed when his session was over: kept encrypted, for him alone, until it is sent or twelve hours."""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg
import orjson

from services.portal.store import Q
from shared.security.envelope import EnvelopeBroken, decrypt, encrypt

HOURS = 12
"""Machine time after which a draft and what tells whose it is are gone."""
MOST = 8
"""Drafts of one person; of more the latest stay."""
_FORGET_SECONDS = 600.0
_NEVER_KEPT = frozenset({"form_token", "pin", "pin_again"})


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """Fields of a form as they were typed; never a PIN."""

    form: Mapping[str, str]
    against: tuple[str, ...]

    @property
    def sheet(self) -> str:
        """What tells one sheet from another: its idempotency key."""
        return self.form.get("key", "")


class Drafts:
    """The sheets that each person had in hand. Who reads the table learns neither whose a draft is nor what it says."""

    def __init__(self, pool: asyncpg.Pool, key: bytes) -> None:
        self._pool = pool
        self._key = key

    async def keep(self, officer_id: str, draft: Draft) -> None:
        """Keep a sheet of a person in the place of what was kept of it before."""
        name = self._name(officer_id, draft.sheet)
        form = {field: value for field, value in draft.form.items() if field not in _NEVER_KEPT}
        sealed = encrypt(self._secret(officer_id), orjson.dumps({"form": form, "against": draft.against}), name)
        await self._pool.execute(Q["keep_draft"], name, self._person(officer_id), sealed, MOST)

    async def of(self, officer_id: str) -> list[Draft]:
        """The person's drafts, the oldest first."""
        rows = await self._pool.fetch(Q["drafts"], self._person(officer_id), HOURS)
        opened = (self._opened(officer_id, row["name"], row["sealed"]) for row in rows)
        return [draft for draft in opened if draft is not None]

    async def done(self, officer_id: str, sheet: str) -> None:
        """Forget one sheet: it was sent, or given up."""
        await self._pool.execute(Q["drop_draft"], self._name(officer_id, sheet))

    async def drop(self, officer_id: str) -> None:
        """Forget all that a person had in hand: he signed out."""
        await self._pool.execute(Q["drop_drafts"], self._person(officer_id))

    async def forget_old(self) -> None:
        """Delete every draft that is too old."""
        await self._pool.execute(Q["forget_drafts"], HOURS)

    async def run(self) -> None:
        """Forget what is too old, until cancelled."""
        while True:
            await self.forget_old()
            await asyncio.sleep(_FORGET_SECONDS)

    def _opened(self, officer_id: str, name: bytes, sealed: bytes) -> Draft | None:
        try:
            kept = orjson.loads(decrypt(self._secret(officer_id), sealed, name))
        except EnvelopeBroken:
            return None
        return Draft(kept["form"], tuple(kept["against"]))

    def _person(self, officer_id: str) -> bytes:
        return self._mac(f"draft of {officer_id}")

    def _name(self, officer_id: str, sheet: str) -> bytes:
        return self._mac(f"draft of {officer_id}, sheet {sheet}")

    def _secret(self, officer_id: str) -> bytes:
        return self._mac(f"draft key {officer_id}")

    def _mac(self, said: str) -> bytes:
        return hmac.new(self._key, said.encode(), hashlib.sha256).digest()
