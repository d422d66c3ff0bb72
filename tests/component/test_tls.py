"""Between machines everything is encrypted, and a server that cannot prove its name is not spoken to."""

import asyncio
import contextlib
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import nats
import nats.errors
import pytest

from operations.backup.encrypted import SSL_REQUEST, encrypted, pass_on
from operations.backup.manifest import HOUSE_DUMP
from operations.backup.programs import dump, load, programs
from operations.backup.take import Place, backup
from operations.embedded.ports import LOOPBACK, free_port
from operations.embedded.postgres import EmbeddedPostgres
from operations.errors import OperationError
from operations.house.certificates import NAMES, SERVER_LASTS, bring
from operations.house.migrate import migrate
from operations.house.service import CANNOT_GO_ON
from shared.contracts.bus.permissions import authorization
from shared.contracts.house import SERVICES
from shared.messaging.connection.bus import CA, bus_tls
from shared.security.secrets import PublicKeys, provision
from shared.settings import Realm
from shared.settings.addresses import Plaintext
from tests.world import RUN_SERVICE, STREAM_BYTES, until

SHIPPED = Path(__file__).parents[2] / "deploy/nats/nats-server.conf"
NOW = datetime.now(UTC)
_BOUND = b"SCRAM-SHA-256-PLUS\0"


@dataclass
class Encrypted:
    """Servers with certificates of the house's own authority, reached under their names."""

    folder: Path
    database_url: str
    nats_url: str

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Encrypted]:
    folder = tmp_path_factory.mktemp("tls")
    folder.chmod(0o755)
    (folder / "operator").mkdir()
    provision(folder / "secrets", SERVICES)
    bring(folder / "operator", folder / "secrets", folder / "servers", NOW)
    postgres = EmbeddedPostgres(folder / "postgres", log=folder / "postgres.log")
    await postgres.start()
    try:
        async with _encrypted(postgres, folder / "servers/postgres") as port, _nats(folder) as nats_url:
            user = urlsplit(postgres.url).netloc.rsplit("@", 1)[0]
            query = f"sslmode=verify-full&sslrootcert={folder / 'secrets' / CA}"
            yield Encrypted(folder, f"postgresql://{user}@localhost:{port}/donthu?{query}", nats_url)
    finally:
        await postgres.stop()


@asynccontextmanager
async def _encrypted(postgres: EmbeddedPostgres, certificates: Path) -> AsyncIterator[int]:
    """TLS in front of PostgreSQL, as its own would answer: the wheel's server is built without."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "tls.crt", certificates / "tls.key")
    plain = urlsplit(postgres.url)

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readexactly(8) == SSL_REQUEST:
            writer.write(b"S")
            await writer.start_tls(context)
            behind = await asyncio.open_connection(plain.hostname, plain.port)
            await asyncio.gather(pass_on(reader, behind[1]), _offer(behind[0], writer), return_exceptions=True)
        writer.close()

    port = free_port()
    server = await asyncio.start_server(one, LOOPBACK, port)
    try:
        yield port
    finally:
        server.close()


async def _offer(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """The server's first message, with what PostgreSQL offers over TLS only."""
    first = await source.read(65536)
    length = int.from_bytes(first[1:5])
    if b"SCRAM-SHA-256" in first:
        first = b"R" + (length + len(_BOUND)).to_bytes(4) + first[5:9] + _BOUND + first[9:]
    target.write(first)
    await pass_on(source, target)


@asynccontextmanager
async def _nats(folder: Path) -> AsyncIterator[str]:
    """The shipped single server with other places."""
    port = free_port()
    text = SHIPPED.read_text(encoding="utf-8")
    places = {
        '"0.0.0.0:4222"': f'"{LOOPBACK}:{port}"',
        '"127.0.0.1:8222"': f'"{LOOPBACK}:{free_port()}"',
        '"/data"': f'"{folder}/nats"',
        "/etc/nats/tls/": f"{folder}/servers/nats/",
    }
    for shipped, here in places.items():
        assert shipped in text
        text = text.replace(shipped, here)
    (folder / "nats-server.conf").write_text(text, encoding="utf-8")
    (folder / "generated").mkdir()
    users = authorization(PublicKeys.load(folder / "secrets").nats_users)
    (folder / "generated/authorization.conf").write_text(users, encoding="ascii")
    program = str(Path(sys.executable).parent / "nats-server")
    with (folder / "nats.log").open("wb") as log:
        server = await asyncio.create_subprocess_exec(
            program, "-c", str(folder / "nats-server.conf"), stdout=log, stderr=log
        )
    try:
        await until(lambda: _open(port))
        yield f"tls://localhost:{port}"
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()


async def _open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    return True


async def _installed(house: Encrypted) -> str:
    """A fresh production installation; migrated over TLS."""
    return await migrate(
        database_url=house.database_url,
        nats_url=house.nats_url,
        secrets_dir=house.secrets,
        realm=Realm.PRODUCTION,
        stream_bytes=STREAM_BYTES,
    )


def environment(house: Encrypted, **over: str) -> dict[str, str]:
    return {
        "REALM": "production",
        "LAW_PROFILE": "two_tier_2026",
        "DATABASE_URL": house.database_url,
        "NATS_URL": house.nats_url,
        "SECRETS_DIR": str(house.secrets),
        **over,
    }


@asynccontextmanager
async def routing(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN_SERVICE, "routing",
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_service_of_production_works_over_tls(house: Encrypted) -> None:
    await _installed(house)
    async with routing(environment(house)) as process:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"READY routing\n"


@pytest.mark.parametrize("plain", ["DATABASE_URL", "NATS_URL"])
async def test_a_service_of_production_does_not_start_in_plain_text(house: Encrypted, plain: str) -> None:
    addresses = {"DATABASE_URL": "postgresql://db.example/donthu", "NATS_URL": "nats://bus.example:4222"}
    async with routing(environment(house, **{plain: addresses[plain]})) as process:
        _, said = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == CANNOT_GO_ON
        assert b"by TLS only" in said
        assert b"example" not in said


async def test_migrate_of_production_refuses_plain_text(house: Encrypted) -> None:
    with pytest.raises(Plaintext):
        await migrate(
            database_url="postgresql://db.example/donthu",
            nats_url=house.nats_url,
            secrets_dir=house.secrets,
            realm=Realm.PRODUCTION,
        )


async def test_a_backup_is_taken_over_tls(house: Encrypted, tmp_path: Path) -> None:
    await _installed(house)
    two = house.database_url.replace("@localhost:", f"@localhost:{free_port()},localhost:")
    done = await backup(Place(two, house.nats_url, house.secrets), tmp_path / "copy")
    assert done["realm"].startswith("production")
    await _as_new(house, "loaded")
    await load(programs(None), tmp_path / "copy" / HOUSE_DUMP, two.replace("/donthu?", "/loaded?"))


async def _as_new(house: Encrypted, name: str) -> None:
    admin = await asyncpg.connect(house.database_url)
    await admin.execute(f'create database "{name}"')
    await admin.close()


async def test_pg_dump_does_not_speak_to_a_server_that_cannot_prove_its_name(house: Encrypted, tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="dump_failed"):
        await dump(programs(None), house.database_url.replace("@localhost", f"@{LOOPBACK}"), tmp_path / "dump")


@pytest.mark.parametrize("answer", [b"N", b"SR\0\0\0\x08\0\0\0\0"])
async def test_nothing_in_plain_text_is_taken_for_the_word_of_the_server(house: Encrypted, answer: bytes) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(house.folder / "servers/postgres/tls.crt", house.folder / "servers/postgres/tls.key")

    async def interloper(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(SSL_REQUEST))
        writer.write(answer)
        with contextlib.suppress(OSError):
            await writer.start_tls(context)
        writer.close()

    port = free_port()
    asked = f"postgresql://me@{LOOPBACK}:{port}/donthu?sslmode=require"
    async with await asyncio.start_server(interloper, LOOPBACK, port), encrypted(asked) as address:
        [folder] = parse_qs(urlsplit(address).query)["host"]
        near, on = await asyncio.open_unix_connection(Path(folder, ".s.PGSQL.1"))
        said = await near.read()
        on.close()
    assert b"57P03" in said


async def test_a_backup_to_where_nobody_may_write_is_refused(house: Encrypted, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OperationError, match="place_closed"):
        await backup(Place(house.database_url, house.nats_url, house.secrets), tmp_path / "file" / "copy")


async def test_a_server_of_another_authority_is_not_spoken_to(house: Encrypted, tmp_path: Path) -> None:
    (tmp_path / "operator").mkdir()
    provision(tmp_path / "secrets", ())
    bring(tmp_path / "operator", tmp_path / "secrets", tmp_path / "servers", NOW)
    stranger = house.database_url.replace(str(house.secrets), str(tmp_path / "secrets"))
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncpg.connect(stranger)
    with pytest.raises((ssl.SSLCertVerificationError, nats.errors.Error)):
        await nats.connect(house.nats_url, tls=bus_tls(house.nats_url, tmp_path / "secrets"), allow_reconnect=False)


async def test_a_server_under_another_name_is_not_spoken_to(house: Encrypted) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncpg.connect(house.database_url.replace("@localhost", f"@{LOOPBACK}"))


def test_certificates_are_renewed_in_time_and_nothing_else_changes(tmp_path: Path) -> None:
    operator, secrets, servers = (tmp_path / name for name in ("operator", "secrets", "servers"))
    operator.mkdir()
    secrets.mkdir()
    assert bring(operator, secrets, servers, NOW) == [*NAMES]
    authority = (secrets / CA).read_bytes()
    assert bring(operator, secrets, servers, NOW + timedelta(days=300)) == []
    assert bring(operator, secrets, servers, NOW + SERVER_LASTS - timedelta(days=300)) == [*NAMES]
    assert (secrets / CA).read_bytes() == authority
    (operator / "ca.key").unlink()
    assert bring(operator, secrets, servers, NOW) == [*NAMES], "another authority signs anew"
    assert {path.stat().st_mode & 0o777 for path in (*servers.glob("*/tls.key"), operator / "ca.key")} == {0o600}
