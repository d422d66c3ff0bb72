"""Where wrapped data keys live: a database of its own, written first (an orphan key is harmless)."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

KEYS_SUFFIX = "_keys"


def keystore_url(database_url: str) -> str:
    """Default place of the key store: a database beside the main one, on the same server."""
    parts = urlsplit(database_url)
    return urlunsplit(parts._replace(path=f"{parts.path}{KEYS_SUFFIX}"))


class KeyStore:
    """Wrapped data keys by id."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def keep(self, keys: Mapping[UUID, bytes]) -> None:
        """Store wrapped keys, durably, before anything is encrypted under them."""
        await self._pool.execute(
            "insert into wrapped_key (key_id, wrapped) select * from unnest($1::uuid[], $2::bytea[])",
            list(keys),
            list(keys.values()),
        )

    async def fetch(self, key_ids: Sequence[UUID]) -> dict[UUID, bytes]:
        """Wrapped keys that still exist."""
        rows = await self._pool.fetch("select key_id, wrapped from wrapped_key where key_id = any($1::uuid[])", key_ids)
        return {row["key_id"]: row["wrapped"] for row in rows}

    async def erase(self, key_ids: Sequence[UUID]) -> None:
        """Crypto-shred: what was encrypted under these keys can no longer be read."""
        await self._pool.execute("delete from wrapped_key where key_id = any($1::uuid[])", key_ids)
