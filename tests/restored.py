"""A house restored elsewhere: other servers, empty, with the same secrets; and fingerprints to compare two houses."""

import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from operations.backup.take import Place
from operations.embedded.datadir import DataDir
from operations.embedded.nats import EmbeddedNats
from operations.embedded.postgres import EmbeddedPostgres
from operations.house.clockwork import Clockwork
from operations.house.stack import Stack
from operations.ledger.equations import balance
from operations.ledger.rest import collect_at_rest
from operations.steward import connect_steward
from services.portal.projection import TABLES
from shared.contracts.bus.permissions import authorization
from shared.contracts.house import SERVICES
from shared.security.secrets import PublicKeys
from shared.settings import Realm
from tests.house import RunningHouse


@dataclass
class Elsewhere:
    """Empty servers and the secrets from escrow."""

    folder: Path
    place: Place

    @asynccontextmanager
    async def house(self, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningHouse]:
        """The seven services on what was restored here."""
        monkeypatch.setenv("DATABASE_URL", self.place.database_url)
        monkeypatch.setenv("NATS_URL", self.place.nats_url)
        async with AsyncExitStack() as stack:
            data = stack.enter_context(DataDir.open(self.folder / "data"))
            shutil.copytree(self.place.secrets_dir, data.secrets, dirs_exist_ok=True)
            running = await stack.enter_async_context(Stack(data, realm=Realm.TEST))
            bus = await connect_steward(running.nats_url, data.secrets)
            stack.push_async_callback(bus.close)
            yield RunningHouse(running, bus, Clockwork(running.database_url, bus, SERVICES))


@asynccontextmanager
async def elsewhere(secrets: Path) -> AsyncIterator[Elsewhere]:
    """A PostgreSQL and a NATS that know nothing."""
    with tempfile.TemporaryDirectory(prefix="donthu-elsewhere-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "nats").mkdir()
        rules = authorization(PublicKeys.load(secrets).nats_users)
        postgres = EmbeddedPostgres(folder / "postgres", log=folder / "postgres.log")
        server = EmbeddedNats(folder / "nats", authorization=rules, log=folder / "nats.log")
        try:
            yield Elsewhere(folder, Place(await postgres.start(), await server.start(), secrets))
        finally:
            await server.stop()
            await postgres.stop()


async def projection(database_url: str) -> dict[str, str]:
    """A fingerprint of every table of the read model, over all rows and columns."""
    admin = await asyncpg.connect(database_url)
    try:
        prints = {}
        for table in TABLES:
            rows = await admin.fetch(f"select to_jsonb(t)::text as row from portal.{table} t")
            lines = sorted(row["row"] for row in rows)
            prints[table] = f"{len(lines)}:{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}"
        return prints
    finally:
        await admin.close()


async def unbalanced(place: Place) -> dict[str, int]:
    """Lines of the ledger that are not 0."""
    admin = await asyncpg.connect(place.database_url)
    steward = await connect_steward(place.nats_url, place.secrets_dir)
    try:
        facts = await collect_at_rest(admin, steward, PublicKeys.load(place.secrets_dir).audit or b"")
        return {name: value for name, value in balance(facts).items() if value}
    finally:
        await steward.close()
        await admin.close()
