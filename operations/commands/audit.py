"""`donthu audit verify` and `donthu audit export`."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from cyclopts import App

from operations.commands.operator import HERE, House, Json, Reach, say
from services.audit import store
from services.audit.domain import Entry, Epoch, Finding, SignedHead, epoch_of, genesis
from services.audit.domain import verify as verify_entries
from shared.postgres.pool import service_dsn
from shared.security.secrets import PublicKeys, ServiceSecrets

audit = App(name="audit", help="Sổ kiểm toán nối chuỗi băm.")


@audit.command
def verify(house: House = HERE, *, export: Path | None = None, head: str | None = None, json: Json = False) -> None:
    """Verify the chain, online or from an export; exit 1 when anything is wrong.

    Parameters
    ----------
    export
        A file made by `audit export`: verified without database.
    head
        A head noted elsewhere, `number:hash`: shows deletion even at the end.
    """
    chain = read_export(export) if export else asyncio.run(read_chain(house.reach()))
    result = report(chain, head)
    say(result, as_json=json)
    raise SystemExit(0 if result["verified"] else 1)


@audit.command(name="export")
def export_chain(house: House = HERE, *, to: Path | None = None) -> None:
    """Write the whole chain as JSON lines."""
    _write(_exported(asyncio.run(read_chain(house.reach()))), to)


async def read_chain(reach: Reach) -> dict[str, Any]:
    """The whole chain with what is needed to verify it without the database."""
    password = ServiceSecrets.load(reach.secrets_dir, "audit").database_password
    connection = await asyncpg.connect(service_dsn(reach.database_url, "audit", password))
    try:
        tag = await connection.fetchval("select tag from realm")
        entries = [entry async for entry in store.entries(connection)]
        heads = await store.signed_heads(connection)
    finally:
        await connection.close()
    key = PublicKeys.load(reach.secrets_dir).audit or b""
    return {"realm": tag, "public_key": key, "entries": entries, "heads": heads}


def _exported(chain: dict[str, Any]) -> Iterator[bytes]:
    """The chain as JSON lines: a header, then entries, then signed heads."""
    yield orjson.dumps({"realm": chain["realm"], "public_key": chain["public_key"].hex()})
    for entry in chain["entries"]:
        yield orjson.dumps({"n": entry.number, "c": entry.content, "p": entry.previous.hex(), "h": entry.hash.hex()})
    for head in chain["heads"]:
        yield orjson.dumps({"head": head.number, "h": head.hash.hex(), "at": head.signed_at, "s": head.signature.hex()})


def read_export(file: Path) -> dict[str, Any]:
    """An exported chain."""
    lines = [orjson.loads(line) for line in file.read_bytes().splitlines() if line]
    header = lines[0]
    entries = [
        Entry(line["n"], line["c"], bytes.fromhex(line["p"]), bytes.fromhex(line["h"])) for line in lines if "n" in line
    ]
    heads = [
        SignedHead(line["head"], bytes.fromhex(line["h"]), datetime.fromisoformat(line["at"]), bytes.fromhex(line["s"]))
        for line in lines
        if "head" in line
    ]
    return {
        "realm": header["realm"],
        "public_key": bytes.fromhex(header["public_key"]),
        "entries": entries,
        "heads": heads,
    }


def report(chain: dict[str, Any], expected: str | None) -> dict[str, Any]:
    """Verify a chain; `verified` is false as soon as one thing is wrong."""
    entries, head, findings = verify_entries(
        genesis(chain["realm"]), chain["entries"], chain["heads"], chain["public_key"], expected
    )
    epochs = [epoch for entry in chain["entries"] if (epoch := epoch_of(entry))]
    return {
        "verified": not findings,
        "entries": entries,
        "head": f"{entries}:{head.hex()}",
        "epoch": 1 + len(epochs),
        "epochs": [_epoch(epoch) for epoch in epochs],
        "signed_heads": len(chain["heads"]),
        "findings": [_finding(finding) for finding in findings[:100]],
    }


def _epoch(epoch: Epoch) -> dict[str, Any]:
    return {"first": epoch.first, **epoch.opened.model_dump(mode="json")}


def _finding(finding: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {"number": finding.number, "code": finding.code}
    if finding.code == "lost_in_restore":
        found |= {"epoch": finding.epoch, "advice": _LOST.format(finding=finding)}
    return found


_LOST = (
    "Đầu chuỗi số {finding.number} thuộc đoạn sổ đã mất trong lần phục hồi mở kỳ {finding.epoch}; "
    "mục đầu của kỳ đó ghi nhận việc này."
)


def _write(lines: Iterator[bytes], file: Path | None) -> None:
    """Write JSON lines to a file or stdout."""
    data = b"".join(line + b"\n" for line in lines)
    if file is None:
        sys.stdout.buffer.write(data)
    else:
        file.write_bytes(data)
