"""What somebody typed when his session was over: kept encrypted, for him alone, until it is sent or twelve hours."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson

from services.portal.store import Q
from shared.security.envelope import EnvelopeBroken, decrypt, encrypt

HOURS = 12
"""Machine time after which a draft and what tells whose it is are gone."""
_NEVER_KEPT = frozenset({"form_token", "pin", "pin_again"})


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """Fields of a form as they were typed; never a PIN."""

    form: Mapping[str, str]
    against: tuple[str, ...]


class Drafts:
    """One draft for each person. Who reads the table learns neither whose a draft is nor what it says."""

    def __init__(self, pool: asyncpg.Pool, key: bytes) -> None:
        self._pool = pool
        self._key = key

    async def keep(self, officer_id: str, draft: Draft) -> None:
        """Keep a person's draft in the place of an older one."""
        name = self._name(officer_id)
        form = {field: value for field, value in draft.form.items() if field not in _NEVER_KEPT}
        sealed = encrypt(self._secret(officer_id), orjson.dumps({"form": form, "against": draft.against}), name)
        await self._pool.execute(Q["keep_draft"], name, sealed, HOURS)

    async def of(self, officer_id: str) -> Draft | None:
        """The person's draft, if there is one."""
        name = self._name(officer_id)
        sealed = await self._pool.fetchval(Q["draft"], name, HOURS)
        if sealed is None:
            return None
        try:
            kept = orjson.loads(decrypt(self._secret(officer_id), sealed, name))
        except EnvelopeBroken:
            return None
        return Draft(kept["form"], tuple(kept["against"]))

    async def sent(self, officer_id: str, key: UUID) -> None:
        """A sheet with this key was sent: forget the draft if it is that sheet's, keep another's."""
        draft = await self.of(officer_id)
        if draft is not None and draft.form.get("key") == str(key):
            await self.drop(officer_id)

    async def forget_old(self) -> None:
        """Delete every draft that is too old."""
        await self._pool.execute(Q["forget_drafts"], HOURS)

    async def drop(self, officer_id: str) -> None:
        """Forget it: given up, or signed out."""
        await self._pool.execute(Q["drop_draft"], self._name(officer_id))

    def _name(self, officer_id: str) -> bytes:
        return hmac.new(self._key, b"draft of " + officer_id.encode(), hashlib.sha256).digest()

    def _secret(self, officer_id: str) -> bytes:
        return hmac.new(self._key, b"draft key " + officer_id.encode(), hashlib.sha256).digest()
