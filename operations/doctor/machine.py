"""What is seen on this machine without any server: disks, secrets, certificates, the embedded run's files."""

import asyncio
import contextlib
import shutil
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509

from operations.backup.encrypted import SSL_REQUEST
from operations.doctor.signs import Certificate, Disk, Machine
from operations.embedded.postgres import WHEEL
from shared.contracts.house import SERVICES
from shared.messaging.connection.bus import CA
from shared.security.secrets import STEWARD, SecretsRefused, ServiceSecrets
from shared.settings.addresses import servers

_SECONDS = 5.0

Begin = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""What is said before TLS begins."""

Free = Callable[[Path], tuple[int, int, int]]
"""Total, used and free bytes of the disk below a folder."""


async def look(
    now: datetime, *, secrets_dir: Path, data: Path | None, database_url: str, nats_url: str, realm: str | None,
    free: Free = shutil.disk_usage,
) -> Machine:  # fmt: skip
    """Look at this machine; `data` is the folder of an embedded run."""
    made_by, programs = _majors(data) if data else (None, None)
    return Machine(
        now=now,
        realm=realm,
        disks=tuple(_disk(place, free) for place in ([data] if data else [secrets_dir])),
        secrets=_secrets(secrets_dir),
        certificates=await _certificates(secrets_dir, database_url, nats_url),
        data_made_by=made_by,
        programs_are=programs,
        bus_syncs=_syncs(data) if data else None,
    )


def _disk(place: Path, free: Free) -> Disk:
    there = next(folder for folder in (place, *place.resolve().parents) if folder.exists())
    total, _, left = free(there)
    return Disk(str(place), left, total)


def _secrets(secrets_dir: Path) -> dict[str, str]:
    faults = {}
    for identity in (*SERVICES, STEWARD):
        try:
            ServiceSecrets.load(secrets_dir, identity)
        except SecretsRefused as error:
            faults[identity] = error.code
        except PermissionError:
            faults[identity] = "secrets_closed"
    return faults


def _majors(data: Path) -> tuple[int | None, int | None]:
    made_by = programs = None
    with contextlib.suppress(OSError, ValueError):
        made_by = int((data / "postgres" / "cluster" / "PG_VERSION").read_text().strip())
    with contextlib.suppress(PackageNotFoundError):
        programs = int(version(WHEEL).split(".")[0])
    return made_by, programs


def _syncs(data: Path) -> bool | None:
    try:
        return "sync_interval: always" in (data / "nats" / "nats-server.conf").read_text(encoding="utf-8")
    except OSError:
        return None


async def _certificates(secrets_dir: Path, database_url: str, nats_url: str) -> tuple[Certificate, ...]:
    parts = urlsplit(database_url)
    encrypted = parse_qs(parts.query).get("sslmode", ["prefer"])[0] in ("require", "verify-ca", "verify-full")
    hosts = parts.netloc.rsplit("@", 1)[-1].split(",") if encrypted else []
    buses = [server for server in servers(nats_url) if server.startswith("tls://")]
    served = await asyncio.gather(
        *(_served(server, 4222, _greeted) for server in buses),
        *(_served(f"postgresql://{host}", 5432, _asked) for host in hosts),
    )
    if not (secrets_dir / CA).exists():
        return tuple(served)
    authority = x509.load_pem_x509_certificate((secrets_dir / CA).read_bytes())
    return (Certificate(CA, authority.not_valid_after_utc), *served)


async def _served(address: str, port: int, begin: Begin) -> Certificate:
    """Take the certificate as it is: the doctor judges its end, whoever connects judges everything."""
    parts = urlsplit(address)
    place = f"{parts.hostname}:{parts.port or port}"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port or port)
            try:
                await begin(reader, writer)
                await writer.start_tls(context)
                shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return Certificate(place, None)
    return Certificate(place, x509.load_der_x509_certificate(shown).not_valid_after_utc if shown else None)


async def _greeted(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.readline()


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(SSL_REQUEST)
    await reader.readexactly(1)
