"""`donthu backup`: a consistent copy of a running house.

The house's database first, in one snapshot; the key store afterwards, because keys are written before what they wrap: a
later key store holds every key that the earlier copy of the house needs. The stream is not copied: the outboxes are.
"""

import asyncio
import secrets
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import nats.errors
from nats.aio.client import Client

from operations.backup import journal, manifest, shredding
from operations.backup.manifest import HOUSE_DUMP, KEYS_DUMP, Manifest
from operations.backup.programs import dump, programs
from operations.backup.survivor import stream_made_at
from operations.errors import OperationError
from operations.house.upkeep import note
from operations.steward import CONNECT_SECONDS, connect_steward
from services.intake.vault.keystore import keystore_url


@dataclass(frozen=True, slots=True)
class Place:
    """The running house."""

    database_url: str
    nats_url: str
    secrets_dir: Path
    keystore: str | None = None

    @property
    def keys_url(self) -> str:
        """The key store's database."""
        return self.keystore or keystore_url(self.database_url)


def beside(folder: Path) -> Path:
    """Where the key store goes when nothing else was said."""
    return folder.with_name(f"{folder.name}.keys")


async def backup(house: Place, to: Path, keys_to: Path | None = None, pg_bin: Path | None = None) -> dict[str, Any]:
    """Write a backup into a new folder and the key store into another.

    Raises:
        OperationError: nothing was left under the names asked for.
    """
    keys_to = keys_to or beside(to)
    tools = programs(pg_bin)
    if to.exists() or keys_to.exists():
        raise OperationError("place_taken")
    partial, keys_partial = _partial(to), _partial(keys_to)
    try:
        described = await _dump_house(house, tools, partial)
        await dump(tools, house.keys_url, keys_partial / KEYS_DUMP)
        files = {HOUSE_DUMP: partial / HOUSE_DUMP, KEYS_DUMP: keys_partial / KEYS_DUMP}
        described.files = {name: await asyncio.to_thread(manifest.digest, file) for name, file in files.items()}
        manifest.write(described, partial, house.secrets_dir)
        keys_partial.rename(keys_to)
        partial.rename(to)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(keys_partial, ignore_errors=True)
    await _noted(house)
    return {
        "backup": str(to),
        "keys": str(keys_to),
        "realm": described.realm,
        "petitions": described.petitions,
        "events": sum(each.events for each in described.outboxes.values()),
        "head": f"{described.ledger_number}:{described.ledger_head}",
        "bytes": sum(each.stat().st_size for folder in (to, keys_to) for each in folder.iterdir()),
    }


async def _noted(house: Place) -> None:
    admin = await asyncpg.connect(house.database_url)
    try:
        await note(admin, "backup")
    finally:
        await admin.close()


async def _dump_house(house: Place, tools: Path, folder: Path) -> Manifest:
    made_at = await _stream_made_at(house)
    admin = await asyncpg.connect(house.database_url)
    try:
        async with admin.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await admin.fetchval("select pg_export_snapshot()")
            described = await manifest.describe(admin, made_at)
            await dump(tools, house.database_url, folder / HOUSE_DUMP, snapshot=snapshot)
    finally:
        await admin.close()
    return described


async def _stream_made_at(house: Place) -> datetime | None:
    """None when NATS is down: a backup must not wait for it."""
    if not house.nats_url:
        return None
    admin = await asyncpg.connect(house.database_url)
    try:
        realm = await admin.fetchval("select tag from house.realm")
    except asyncpg.UndefinedTableError:
        raise OperationError("not_a_house") from None
    finally:
        await admin.close()
    try:
        steward = await _steward(house)
        try:
            return await stream_made_at(steward, realm)
        finally:
            await steward.close()
    except (OSError, TimeoutError, nats.errors.Error):
        return None


async def keep_journal(house: Place, place: Path) -> dict[str, Any]:
    """Append to the journal what happened since the last run, and which keys were erased.

    Raises:
        OperationError: see :func:`operations.backup.journal.keep`.
    """
    admin, keys = await asyncpg.connect(house.database_url), await asyncpg.connect(house.keys_url)
    try:
        steward = await _steward(house)
        try:
            realm = await admin.fetchval("select tag from house.realm")
            done = await journal.keep(steward, place, realm)
            erased = await shredding.note_erased(admin, keys, done.file, realm)
            await note(admin, "journal")
        finally:
            await steward.close()
    finally:
        await keys.close()
        await admin.close()
    return {**asdict(done), "file": str(done.file), "keys_erased": erased}


async def _steward(house: Place) -> Client:
    return await connect_steward(house.nats_url, house.secrets_dir, within=CONNECT_SECONDS)


def _partial(folder: Path) -> Path:
    """A fresh folder under a name that says it is not finished."""
    partial = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}.partial")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir(mode=0o700)
    except OSError:
        raise OperationError("place_closed") from None
    return partial
