"""`donthu doctor`: what is wrong with a house and what to do. `donthu drilled`: a drill of the restore went well."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import asyncpg
from cyclopts import Parameter

from operations.commands.operator import HERE, House, Json, Reach, say
from operations.doctor.examine import Patient, examine, judge
from operations.doctor.finding import Finding
from operations.embedded.account import data_place, server_account
from operations.embedded.errors import LocalRunError
from operations.embedded.running import find
from operations.house.upkeep import note
from shared.settings import Realm

_MARKS = {"ok": "✓", "warning": "!", "wrong": "✗", "unknown": "?"}


def doctor(
    house: House = HERE,
    *,
    realm: Annotated[Realm | None, Parameter(env_var="REALM")] = None,
    json: Json = False,
) -> None:
    """Look at servers, clocks, disks, keys, permissions, readers, held events, mails, calendar and backups.

    Exit 1 when something is wrong; a warning alone is none. Numbers, names and codes only, of nobody's letter.
    """
    findings = judge(asyncio.run(examine(_patient(house, realm), lambda: datetime.now(UTC))))
    wrong = any(finding.state == "wrong" for finding in findings)
    if json:
        say({"well": not wrong, "findings": [asdict(finding) for finding in findings]}, as_json=True)
    else:
        _show(findings)
    raise SystemExit(1 if wrong else 0)


def drilled(house: House = HERE, *, on: date | None = None) -> None:
    """Note in the live house that a drill of the restore went well, today or on a day."""
    asyncio.run(_drilled(house.reach(), on))


async def _drilled(reach: Reach, on: date | None) -> None:
    admin = await asyncpg.connect(reach.database_url)
    try:
        await note(admin, "drill", on)
    finally:
        await admin.close()


def _patient(house: House, realm: Realm | None) -> Patient:
    named = realm.value if realm else None
    if house.database_url:
        return Patient(house.secrets_dir, house.database_url, house.nats_url, realm=named)
    data = data_place(house.data_dir, server_account())
    try:
        running = find(house.data_dir)
    except LocalRunError as error:
        if error.code != "no_house" or not (data / "secrets").is_dir():
            sys.stderr.write(f"{error.advice}\n")
            raise SystemExit(2) from None
        return Patient(data / "secrets", data=data, realm=named)
    return Patient(Path(running.secrets), running.database_url, running.nats_url, data, named)


def _show(findings: Sequence[Finding]) -> None:
    width = max(len(finding.check) for finding in findings)
    for finding in findings:
        sys.stdout.write(f"{_MARKS[finding.state]} {finding.check:<{width}}  {finding.found}\n")
        if finding.advice:
            sys.stdout.write(f"  {'':<{width}}  → {finding.advice}\n")
