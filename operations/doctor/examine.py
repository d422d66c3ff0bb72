"""Looks everywhere; what cannot be reached is a sign too."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
import nats.errors

from operations.doctor import bus, database, machine
from operations.doctor.finding import Finding
from operations.doctor.foundation import foundation
from operations.doctor.signs import Bus, Database, Signs
from operations.doctor.work import work
from operations.steward import CONNECT_SECONDS, connect_steward
from shared.messaging.connection.failures import code_of
from shared.security.errors import SecurityError

_UNREACHED = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, nats.errors.Error, SecurityError)


@dataclass(frozen=True, slots=True)
class Patient:
    """Where to look; without addresses there is only what lies on this machine."""

    secrets_dir: Path
    database_url: str = ""
    nats_url: str = ""
    data: Path | None = None
    """Folder of an embedded run."""
    realm: str | None = None


def judge(signs: Signs) -> list[Finding]:
    """All findings, in the order an operator would look."""
    return [*foundation(signs), *work(signs)]


async def examine(patient: Patient, now: Callable[[], datetime], free: machine.Free = shutil.disk_usage) -> Signs:
    """Look at machine, database and bus at once."""
    here = machine.look(
        now(), secrets_dir=patient.secrets_dir, data=patient.data, database_url=patient.database_url,
        nats_url=patient.nats_url, realm=patient.realm, free=free,
    )  # fmt: skip
    if not patient.database_url:
        return Signs(await here, running=False)
    seen, found, spoken = await asyncio.gather(here, _database(patient, now), _bus(patient, now))
    answers = {"database": found, "bus": spoken}
    errors = {name: answer for name, answer in answers.items() if isinstance(answer, str)}
    return Signs(
        seen,
        found if isinstance(found, Database) else None,
        spoken if isinstance(spoken, Bus) else None,
        errors=errors,
    )


async def _database(patient: Patient, clock: Callable[[], datetime]) -> Database | str:
    try:
        admin = await asyncpg.connect(patient.database_url, timeout=CONNECT_SECONDS, command_timeout=CONNECT_SECONDS)
        try:
            return await database.look(admin, clock)
        finally:
            await admin.close()
    except _UNREACHED as error:
        return code_of(error)


async def _bus(patient: Patient, clock: Callable[[], datetime]) -> Bus | str:
    try:
        steward = await connect_steward(patient.nats_url, patient.secrets_dir, within=CONNECT_SECONDS)
        try:
            return await bus.look(steward, patient.nats_url, patient.secrets_dir, clock)
        finally:
            await steward.close()
    except _UNREACHED as error:
        return code_of(error)
