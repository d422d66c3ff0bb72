"""What a backup says of itself: where the house stood, and the hash of each file. Signed; no personal data."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ValidationError

from operations.embedded.private_files import write_private
from operations.errors import OperationError
from shared.contracts.house import SERVICES
from shared.security.secrets import PublicKeys, ServiceSecrets

FORMAT = 1
MANIFEST, HOUSE_DUMP, KEYS_DUMP = "manifest.json", "house.dump", "keys.dump"
_DOMAIN = b"donthu-backup|"


class Outbox(BaseModel):
    """An outbox as it was dumped."""

    events: int
    unmarked: int
    stream_sequence: int


class Series(BaseModel):
    """Last number drawn of a register."""

    authority_id: str
    register_code: str
    year: int
    last: int


class Manifest(BaseModel):
    """Everything a restore checks first."""

    format: int = FORMAT
    realm: str
    created_at: datetime
    server_version: str
    migrations: dict[str, list[str]]
    outboxes: dict[str, Outbox]
    stream: datetime | None
    """When the stream was made that the sequences are of."""
    stream_sequence: int
    epoch: int
    ledger_number: int
    ledger_head: str
    series: list[Series]
    petitions: int
    files: dict[str, str]
    """SHA-256 by file name."""


async def describe(tx: asyncpg.Connection, stream: datetime | None) -> Manifest:
    """The house as this transaction sees it.

    Raises:
        OperationError: `not_a_house`.
    """
    if await tx.fetchval("select to_regclass('house.realm')") is None:
        raise OperationError("not_a_house")
    migrations, outboxes = {}, {}
    for service in SERVICES:
        rows = await tx.fetch(f"select name from {service}.schema_migration order by applied_at, name")  # noqa: S608
        migrations[service] = [row["name"] for row in rows]
        outboxes[service] = Outbox.model_validate(dict((await tx.fetch(_OUTBOX.format(service=service)))[0]))
    head = await tx.fetchrow("select epoch, number, hash from audit.head")
    series = await tx.fetch("select authority_id, register as register_code, year, last from intake.series")
    return Manifest(
        realm=await tx.fetchval("select tag from house.realm"),
        created_at=await tx.fetchval("select clock_timestamp()"),
        server_version=await tx.fetchval("show server_version"),
        migrations=migrations,
        outboxes=outboxes,
        stream=stream,
        stream_sequence=max(each.stream_sequence for each in outboxes.values()),
        epoch=head["epoch"] if head else 1,
        ledger_number=head["number"] if head else 0,
        ledger_head=head["hash"].hex() if head else "",
        series=[Series(**row) for row in series],
        petitions=await tx.fetchval("select count(*) from intake.petition"),
        files={},
    )


_OUTBOX = """
select count(*) as events, count(*) - count(stream_sequence) as unmarked,
    coalesce(max(stream_sequence), 0) as stream_sequence
from {service}.outbox left join {service}.outbox_sent using (number)
"""


def write(manifest: Manifest, folder: Path, secrets_dir: Path) -> None:
    """Sign with audit's key and write."""
    content = orjson.dumps(manifest.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    key = Ed25519PrivateKey.from_private_bytes(ServiceSecrets.load(secrets_dir, "audit").head_key)
    signed = {
        "manifest": orjson.Fragment(content),
        "signed_by": hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest(),
        "signature": key.sign(_DOMAIN + content).hex(),
    }
    write_private(folder / MANIFEST, orjson.dumps(signed, option=orjson.OPT_INDENT_2) + b"\n")


def read(folder: Path, keys_folder: Path, secrets_dir: Path) -> Manifest:
    """The manifest, once signature and every file's hash hold.

    Raises:
        OperationError: `backup_incomplete`, `foreign_secrets`, `backup_changed`.
    """
    files = {HOUSE_DUMP: folder / HOUSE_DUMP, KEYS_DUMP: keys_folder / KEYS_DUMP}
    if not all(file.is_file() for file in (folder / MANIFEST, *files.values())):
        raise OperationError("backup_incomplete")
    manifest = _believed(_parsed((folder / MANIFEST).read_bytes()), secrets_dir)
    if manifest.format != FORMAT:
        raise OperationError("backup_incomplete")
    if {name: digest(file) for name, file in files.items()} != manifest.files:
        raise OperationError("backup_changed")
    return manifest


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        document: dict[str, Any] = orjson.loads(text)
        return document | {"signature": bytes.fromhex(document["signature"]), "by": document["signed_by"]}
    except (ValueError, KeyError, TypeError):
        raise OperationError("backup_incomplete") from None


def _believed(document: dict[str, Any], secrets_dir: Path) -> Manifest:
    content = orjson.dumps(document["manifest"], option=orjson.OPT_SORT_KEYS)
    ours = PublicKeys.load(secrets_dir).audit or b""
    if document["by"] != hashlib.sha256(ours).hexdigest():
        raise OperationError("foreign_secrets")
    key = Ed25519PublicKey.from_public_bytes(ours)
    try:
        key.verify(document["signature"], _DOMAIN + content)
        return Manifest.model_validate(document["manifest"])
    except InvalidSignature:
        raise OperationError("backup_changed") from None
    except ValidationError:
        raise OperationError("backup_incomplete") from None


def digest(file: Path) -> str:
    """SHA-256 of a file in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
