"""`donthu restore`: an older dump becomes a house again, elsewhere, and says exactly what it lost.

Until it is done no service may connect. What the old stream or a journal knows beyond the dump is compared by event id;
the old stream itself is never used again: it holds events that the record does not.
"""

import asyncio
import contextlib
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import nats.errors
import orjson
from nats.js.errors import NotFoundError

from operations.backup import journal, manifest, registers, shredding
from operations.backup.epoch import Opening, open_epoch
from operations.backup.happened import Happened, Losses, losses
from operations.backup.manifest import HOUSE_DUMP, KEYS_DUMP, Manifest
from operations.backup.programs import load, programs
from operations.backup.survivor import happenings, stream_made_at
from operations.backup.take import Place, beside
from operations.errors import OperationError
from operations.house.migrate import RESTORES, create_keystore, make_roles, migrate, refuse_old_server
from operations.steward import connect_steward
from operations.stream.reconcile import reconcile
from operations.stream.replay import Reading, replay
from services.intake.vault.capsules import Capsule, CapsuleErased, Vault
from services.intake.vault.keystore import KeyStore
from shared.contracts.bus.subjects import STREAM
from shared.contracts.house import SERVICES
from shared.directory import load as load_directory
from shared.law.day import legal_day
from shared.postgres.casetime import PrimaryClock, VirtualClock
from shared.postgres.pool import role_of
from shared.security.envelope import EnvelopeBroken
from shared.security.secrets import ServiceSecrets
from shared.settings import Realm

_PATIENCE_SECONDS = 6
SKIP = 100
"""Numbers skipped in every register when the old stream is not there to tell the highest: more than are drawn from one
register between two runs of the journal, or between two backups when there is no journal."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is restored, and what tells of the time after it."""

    folder: Path
    keys_folder: Path | None = None
    survivor: str | None = None
    """Address of the old NATS."""
    keys_survivor: str | None = None
    """Address of the old key store's database."""
    journal: Path | None = None
    skip: int = SKIP


@dataclass(frozen=True, slots=True)
class Target:
    """Where it is restored to."""

    house: Place
    realm: Realm
    operator: str
    """Who restores: directory id, named in the ledger."""
    reading: Reading = field(default_factory=Reading)
    pg_bin: Path | None = None
    stream_bytes: int | None = None


async def restore(source: Source, target: Target) -> dict[str, Any]:
    """Restore, and return the report that is also kept in `house.restore`.

    Raises:
        OperationError: before anything was changed, or with the database left empty (`load_failed`).
        ServerTooOld: before anything was changed.
    """
    tools = programs(target.pg_bin)
    keys_folder = source.keys_folder or beside(source.folder)
    backup = manifest.read(source.folder, keys_folder, target.house.secrets_dir)
    if backup.realm.rsplit("-", 1)[0] != target.realm:
        raise OperationError("foreign_realm")
    target.reading.check(target.realm)
    await _refuse_unless_empty(target.house)
    after = await _after(source, backup, target.house.secrets_dir)
    erased = shredding.noted_erased(source.journal, backup.realm) if source.journal else ()
    async with AsyncExitStack() as stack:
        admin = await asyncpg.connect(target.house.database_url)
        stack.push_async_callback(admin.close)
        await make_roles(admin, target.house.secrets_dir)
        await _doors(admin, open_=False)
        await load(tools, source.folder / HOUSE_DUMP, target.house.database_url)
        epoch = backup.epoch + 1
        await _begin(admin, epoch, backup)
        await create_keystore(target.house.database_url, target.house.keys_url)
        await load(tools, keys_folder / KEYS_DUMP, target.house.keys_url)
        keys = await asyncpg.connect(target.house.keys_url)
        stack.push_async_callback(keys.close)
        await migrate(
            database_url=target.house.database_url,
            nats_url=target.house.nats_url,
            secrets_dir=target.house.secrets_dir,
            realm=target.realm,
            keystore=target.house.keystore,
            stream_bytes=target.stream_bytes,
            restoring=True,
        )
        await _doors(admin, open_=False)
        await _kek_fits(admin, target.house, backup.realm)
        lost = await _lost(admin, after) if after is not None else None
        report = await _settle(source, target, backup, admin, keys, erased, lost)
        done = await reconcile(
            database_url=target.house.database_url,
            nats_url=target.house.nats_url,
            secrets_dir=target.house.secrets_dir,
        )
        rebuilt = await replay(
            target.house.database_url, target.house.nats_url, target.house.secrets_dir, target.reading
        )
        report |= {"stream": asdict(done), "projection": asdict(rebuilt)}
        await _doors(admin, open_=True)
        await admin.execute(_END, epoch, orjson.dumps(report).decode())
    return report


_END = "update house.restore set done_at = clock_timestamp(), report = $2 where epoch = $1"


async def _begin(admin: asyncpg.Connection, epoch: int, backup: Manifest) -> None:
    await admin.execute(RESTORES)  # a dump of an earlier version has no such table
    await admin.execute("insert into house.restore (epoch, backup) values ($1, $2)", epoch, backup.model_dump_json())


async def _refuse_unless_empty(house: Place) -> None:
    if await _tables(house.database_url):
        raise OperationError("target_not_empty")
    try:
        if await _tables(house.keys_url):
            raise OperationError("target_not_empty")
    except asyncpg.InvalidCatalogNameError:
        pass  # it will be created
    steward = await connect_steward(house.nats_url, house.secrets_dir)
    try:
        if (await steward.jetstream(timeout=10).stream_info(STREAM)).state.last_seq:
            raise OperationError("stream_not_empty")
    except NotFoundError:
        pass
    finally:
        await steward.close()


async def _tables(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        refuse_old_server(connection)
        query = "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
        found: int = await connection.fetchval(query)
        return found
    finally:
        await connection.close()


async def _after(source: Source, backup: Manifest, secrets_dir: Path) -> list[Happened] | None:
    """What may have happened after the dump; None when nothing is left that could tell."""
    if source.survivor is None:
        return list(journal.recall(source.journal, backup.realm)) if source.journal else None
    try:
        steward = await asyncio.wait_for(connect_steward(source.survivor, secrets_dir), _PATIENCE_SECONDS)
    except (OSError, TimeoutError, nats.errors.Error):
        raise OperationError("survivor_silent") from None
    try:
        made_at = await stream_made_at(steward, backup.realm)
        # What the dump does not have was committed after it, hence published after all that it has marked.
        same = made_at is not None and made_at == backup.stream
        return [each async for each in happenings(steward, after=backup.stream_sequence if same else 0)]
    finally:
        await steward.close()


async def _lost(admin: asyncpg.Connection, after: list[Happened]) -> Losses:
    """What of it the restored record does not know."""
    ids = [each.event_id for each in after]
    found = set()
    for service in SERVICES:
        query = f"select event_id from {service}.outbox where event_id = any($1::uuid[])"  # noqa: S608
        found |= {row["event_id"] for row in await admin.fetch(query, ids)}
    return losses(each for each in after if each.event_id not in found)


async def _settle(
    source: Source, target: Target, backup: Manifest, admin: asyncpg.Connection, keys: asyncpg.Connection,
    erased: Any, lost: Losses | None,
) -> dict[str, Any]:  # fmt: skip
    """Registers, losses, erased keys, sessions and the ledger's new epoch."""
    now = await _case_now(target)
    days = {legal_day(each) for each in (now, backup.created_at, datetime.now(UTC))}
    directory = load_directory(target.reading.directory)
    margin = 0 if source.survivor else source.skip
    epoch = backup.epoch + 1
    skipped = await registers.skip(admin, lost.numbers if lost else {}, margin, days, directory, epoch)
    await registers.note(admin, lost.people if lost else (), epoch)
    shredded = await shredding.erase(keys, erased)
    if source.keys_survivor:
        survivor = await asyncpg.connect(source.keys_survivor)
        try:
            shredded += await shredding.erase_what_is_gone(keys, survivor)
        finally:
            await survivor.close()
    await admin.execute("delete from portal.session")  # one that was ended after the dump must not live again
    await admin.execute("delete from portal.draft")  # nor a sheet that was sent after it
    head_key = ServiceSecrets.load(target.house.secrets_dir, "audit").head_key
    opening = Opening(backup.realm, lost, shredded, backup.created_at, target.operator, now)
    event = await open_epoch(admin, head_key, opening)
    return {
        "realm": backup.realm,
        "backed_up_at": backup.created_at,
        "known_by": "stream" if source.survivor else "journal" if source.journal else "nothing",
        "lost_receipts": [asdict(each) for each in lost.people if not each.petition_kept] if lost else None,
        "lost_numbers": [asdict(each) for each in lost.people if each.petition_kept] if lost else None,
        "lost_events": lost.by_type if lost else None,
        "lost_heads": [f"{number}:{head}" for number, head in sorted(lost.heads.items())] if lost else None,
        "skipped_numbers": skipped,
        "epoch": event.model_dump(mode="json"),
    }


async def _case_now(target: Target) -> datetime:
    pool = await asyncpg.create_pool(target.house.database_url, min_size=1, max_size=1)
    try:
        clock = PrimaryClock(pool) if target.realm is Realm.PRODUCTION else VirtualClock(pool)
        return (await clock.reload()).astimezone(UTC)
    finally:
        await pool.close()


async def _doors(admin: asyncpg.Connection, *, open_: bool) -> None:
    database = await admin.fetchval("select current_database()")
    for service in SERVICES:
        verb, to = ("grant", "to") if open_ else ("revoke", "from")
        await admin.execute(f'{verb} connect on database "{database}" {to} {role_of(service)}')


async def _kek_fits(admin: asyncpg.Connection, house: Place, realm: str) -> None:
    """One capsule must open, else the key from escrow is not the one that the letters were sealed under."""
    rows = await admin.fetch("select case_id, capsule, key_id, ciphertext from intake.capsule limit 20")
    pool = await asyncpg.create_pool(house.keys_url, min_size=1, max_size=1)
    try:
        ring = ServiceSecrets.load(house.secrets_dir, "intake").kek_ring
        vault = Vault(KeyStore(pool), ring, realm)
        for row in rows:
            with contextlib.suppress(CapsuleErased):
                await vault.open(Capsule(**row))
                break
    except EnvelopeBroken:
        raise OperationError("foreign_secrets") from None
    finally:
        await pool.close()
