"""`donthu doctor` on a running house: well as it is, and each planted fault found on the real servers."""

import asyncio
import json
import os
import shutil
import signal
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import nats
import pytest
from nats.js.api import AckPolicy, ConsumerConfig

from operations.doctor import machine
from operations.doctor.examine import Patient, examine, judge
from operations.doctor.finding import Finding
from operations.embedded.ports import LOOPBACK
from operations.house.certificates import SERVER_LASTS, bring
from shared.contracts.bus.subjects import STREAM, consumer_name, inbox_prefix
from shared.security.secrets import ServiceSecrets
from tests.builders.command_line import donthu
from tests.console import a_letter
from tests.house import RunningHouse, running_house
from tests.world import until

Clock = Callable[[], datetime]
GIB = 1024**3


def machine_time() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[RunningHouse]:
    """One house for the file; each test takes back what it planted."""
    async with running_house() as found:
        yield found


async def findings(
    house: RunningHouse, *, clock: Clock = machine_time, free: machine.Free = shutil.disk_usage, realm: str = "test"
) -> dict[str, Finding]:
    """What is not well, by check."""
    data = house.stack.data
    patient = Patient(data.secrets, house.stack.database_url, house.stack.nats_url, data.root, realm)
    found = judge(await examine(patient, clock, free))
    return {finding.check: finding for finding in found if finding.state == "wrong"}


@asynccontextmanager
async def planted(house: RunningHouse, plant: str, take_back: str) -> AsyncIterator[None]:
    await house.rows(plant)
    try:
        yield
    finally:
        await house.rows(take_back)


async def finds(house: RunningHouse, check: str, **how: Any) -> Finding:
    """Exactly this, once a service that the fault before made start anew is back."""
    found: dict[str, Finding] = {}

    async def alone() -> bool:
        nonlocal found
        found = await findings(house, **how)
        return set(found) == {check}

    with suppress(AssertionError):
        await until(alone, seconds=40, every=0.5)
    assert set(found) == {check}, found
    assert found[check].advice
    return found[check]


async def test_a_running_house_is_well_and_says_so_as_json(house: RunningHouse) -> None:
    assert house.stack.supervisor is not None
    await house.stack.supervisor.ready()
    await house.quiet()
    status, out = await donthu("doctor", "--data-dir", str(house.stack.data.requested), "--json")
    said = json.loads(out)
    assert (status, said["well"]) == (0, True)
    assert {finding["state"] for finding in said["findings"]} == {"ok", "warning"}
    assert {finding["check"] for finding in said["findings"] if finding["state"] == "warning"} == {
        "backup",
        "journal",
        "drill",
    }


async def test_a_full_disk(house: RunningHouse) -> None:
    await finds(house, "disk", free=lambda _: (100 * GIB, 99 * GIB, GIB))


@pytest.mark.parametrize("minutes", [10, -10])
async def test_a_clock_that_is_off_by_ten_minutes(house: RunningHouse, minutes: int) -> None:
    found = await finds(house, "clocks", clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    assert "10 phút" in found.found


async def test_a_foreign_realm(house: RunningHouse) -> None:
    await finds(house, "realm", realm="production")
    own = f"update casework.realm set tag = '{house.stack.tag}'"
    async with planted(house, "update casework.realm set tag = 'test-other'", own):
        await finds(house, "realm")


async def test_fsync_off(house: RunningHouse) -> None:
    async with planted(house, "alter system set fsync = off", "alter system reset fsync"):
        await house.rows("select pg_reload_conf()")
        await until(lambda: _setting(house, "fsync", "off"))
        await finds(house, "durability")
    await house.rows("select pg_reload_conf()")
    await until(lambda: _setting(house, "fsync", "on"))


async def _setting(house: RunningHouse, name: str, value: str) -> bool:
    return bool(await house.rows("select 1 from pg_settings where name = $1 and setting = $2", name, value))


@pytest.mark.parametrize(
    ("plant", "take_back"),
    [
        ("revoke insert on casework.held from donthu_casework", "grant insert on casework.held to donthu_casework"),
        ("grant select on intake.petition to donthu_portal", "revoke select on intake.petition from donthu_portal"),
        (
            "revoke delete on intake.skipped_number from donthu_intake",
            "grant delete on intake.skipped_number to donthu_intake",
        ),
        ("alter role donthu_audit createrole", "alter role donthu_audit nocreaterole"),
        ("grant update on audit.entry to donthu_audit", "revoke update on audit.entry from donthu_audit"),
    ],
)
async def test_a_permission_missing_or_too_many(house: RunningHouse, plant: str, take_back: str) -> None:
    async with planted(house, plant, take_back):
        assert "permissions" in await findings(house)


async def test_an_old_backup(house: RunningHouse) -> None:
    old = "insert into house.upkeep values ('backup', clock_timestamp() - interval '9 days')"
    async with planted(house, old, "delete from house.upkeep"):
        await finds(house, "backup")


async def test_a_reader_behind(house: RunningHouse) -> None:
    assert house.stack.supervisor is not None
    process = house.stack.supervisor.statuses()["audit"].pid
    assert process is not None
    os.kill(process, signal.SIGSTOP)
    try:
        await (await house.person("le-lai-03")).register(a_letter())
        await until(lambda: _readers_found(house), seconds=60)
    finally:
        os.kill(process, signal.SIGCONT)
    await house.quiet()


async def test_a_service_that_lets_itself_be_sent_more_than_it_reads(house: RunningHouse) -> None:
    """Its key may make a consumer of its name with any filter: NATS looks at the name only."""
    secrets = house.stack.data.secrets
    seed = ServiceSecrets.load(secrets, "notify").nats_seed
    notify = await nats.connect(house.stack.nats_url, nkeys_seed_str=seed, inbox_prefix=inbox_prefix("notify"))
    try:
        config = ConsumerConfig(
            name=consumer_name("notify", 3),
            filter_subjects=["evt.*.intake.petition.registered"],
            ack_policy=AckPolicy.NONE,
            mem_storage=True,
        )
        await notify.jetstream().add_consumer(STREAM, config)
        await finds(house, "readers")
        await notify.jetstream().delete_consumer(STREAM, consumer_name("notify", 3))
    finally:
        await notify.close()


async def _readers_found(house: RunningHouse) -> bool:
    found = await findings(house)
    return "readers" in found and "audit" in found["readers"].found


async def test_a_held_event(house: RunningHouse) -> None:
    held = (
        "insert into casework.held (event_id, sequence, partition, case_id, event_type, subject, headers, body, error,"
        f" next_try_at) values ('{uuid4()}', 1, 0, '{uuid4()}', 'x', 'x', '{{}}', '', 'x', 'infinity')"
    )
    async with planted(house, held, "delete from casework.held"):
        await finds(house, "held")


async def test_a_mail_that_waits(house: RunningHouse) -> None:
    alert = uuid4()
    await house.rows(
        "insert into notify.alert (alert_id, case_id, clock_id, rule, rung, recipient_id, due_on, acknowledge_by,"
        " correlation_id, traceparent, version)"
        " values ($1, $1, $1, 'x', 'x', 'le-lai-01', now(), 'infinity', $1, '', 1)",
        alert,
    )
    delivery = (
        "insert into notify.delivery (alert_id, medium, created_at, next_try_at)"
        f" values ('{alert}', 'mail', clock_timestamp() - interval '30 minutes', 'infinity')"
    )
    async with planted(house, delivery, f"delete from notify.delivery where alert_id = '{alert}'"):
        await finds(house, "mail")
    await house.rows("delete from notify.alert where alert_id = $1", alert)


async def test_a_calendar_that_is_provisional(house: RunningHouse) -> None:
    began = house.clock.now().isoformat()
    later = "update house.clock set case_at = '2027-02-01'"
    async with planted(house, later, f"update house.clock set case_at = '{began}'"):
        await finds(house, "calendar")


async def test_data_of_another_major_version_of_postgresql(house: RunningHouse, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    await asyncio.to_thread(shutil.copytree, house.stack.data.secrets, folder / "secrets")
    (folder / "postgres" / "cluster").mkdir(parents=True)
    (folder / "postgres" / "cluster" / "PG_VERSION").write_text("17\n")
    found = judge(await examine(Patient(folder / "secrets", data=folder), machine_time))
    assert [finding.check for finding in found if finding.state == "wrong"] == ["servers", "versions"]
    assert "pg_dump 17" in next(finding.advice for finding in found if finding.check == "versions")


async def test_an_expired_certificate(tmp_path: Path) -> None:
    (tmp_path / "operator").mkdir()
    (tmp_path / "secrets").mkdir()
    past = datetime.now(UTC) - SERVER_LASTS - timedelta(days=1)
    bring(tmp_path / "operator", tmp_path / "secrets", tmp_path / "servers", past)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "servers/nats/tls.crt", tmp_path / "servers/nats/tls.key")

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"tls_required":true}\r\n')
        await writer.start_tls(context)
        writer.close()

    async with await asyncio.start_server(greet, LOOPBACK) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"tls://{LOOPBACK}:{port}"
        seen = await machine.look(
            datetime.now(UTC), secrets_dir=tmp_path / "secrets", data=None, database_url="", nats_url=url, realm=None
        )
    found = {each.place: each.ends for each in seen.certificates}
    assert found[f"{LOOPBACK}:{port}"] == past.replace(microsecond=0) + SERVER_LASTS
    assert found["ca.pem"] is not None


async def test_what_is_said_where_nothing_is(tmp_path: Path) -> None:
    assert (await donthu("doctor", "--data-dir", str(tmp_path / "none")))[0] == 2
