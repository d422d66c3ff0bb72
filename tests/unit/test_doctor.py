"""The doctor's judgements: a well house, and one sign after another that is not well, each with what to do."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from operations.doctor.examine import judge
from operations.doctor.finding import Finding
from operations.doctor.signs import Bus, Certificate, Database, Disk, Machine, Queue, Reading, Signs
from shared.contracts.bus.flows import CONSUMES
from shared.contracts.house import SERVICES
from shared.law import calendar

NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)
GIB = 1024**3
READS = Reading(pending=(0, 0), delivered=(9, 9), asking=True)
WELL = Signs(
    Machine(
        now=NOW, realm="production", disks=(Disk("/data", 60 * GIB, 100 * GIB),),
        certificates=(Certificate("nats:4222", NOW + timedelta(days=400)),), data_made_by=18, programs_are=18,
        bus_syncs=True,
    ),
    Database(
        version="18.1", major=18, now=NOW, case_now=NOW, ahead=timedelta(milliseconds=3),
        settings={"fsync": "on", "synchronous_commit": "remote_apply", "full_page_writes": "on"},
        tag="production-1a2b", tags=dict.fromkeys(SERVICES, "production-1a2b"),
        upkeep={kind: NOW - timedelta(hours=1) for kind in ("backup", "journal", "drill")},
    ),
    Bus(
        version="2.15.1", ahead=timedelta(milliseconds=-2), tag="production-1a2b", used=GIB, limit=60 * GIB,
        readers={name: READS for name in SERVICES if CONSUMES[name]}, counters={"intake.lost": 0},
        permissions=dict.fromkeys(SERVICES, True),
    ),
)  # fmt: skip


def machine(**changed: Any) -> Signs:
    return replace(WELL, machine=replace(WELL.machine, **changed))


def database(**changed: Any) -> Signs:
    assert WELL.database
    return replace(WELL, database=replace(WELL.database, **changed))


def bus(**changed: Any) -> Signs:
    assert WELL.bus
    return replace(WELL, bus=replace(WELL.bus, **changed))


def reader(**changed: Any) -> Signs:
    assert WELL.bus
    return bus(readers=WELL.bus.readers | {"casework": replace(READS, **changed)})


def not_well(signs: Signs) -> list[Finding]:
    return [finding for finding in judge(signs) if finding.state != "ok"]


def test_a_well_house_has_nothing_to_do_and_every_check_was_made() -> None:
    assert not_well(WELL) == []
    assert {finding.check for finding in judge(WELL)} == {
        "servers", "versions", "migrations", "realm", "durability", "clocks", "disk", "secrets", "permissions",
        "certificates", "services", "readers", "outbox", "held", "mail", "laws", "calendar", "backup", "journal",
        "drill",
    }  # fmt: skip


AFTER_THE_CALENDAR = datetime.combine(calendar.verified_until + timedelta(days=2), datetime.min.time(), UTC)
SOON = datetime.combine(calendar.verified_until - timedelta(days=60), datetime.min.time(), UTC)
FAULTS: dict[str, tuple[Signs, str, str, str, str]] = {
    # what: signs, check, state, what is said, what to do
    "full disk": (machine(disks=(Disk("/data", 2 * GIB, 100 * GIB),)), "disk", "wrong", "/data", "thêm đĩa"),
    "few bytes left": (machine(disks=(Disk("/data", GIB // 2, 3 * GIB),)), "disk", "wrong", "512 MiB", "thêm đĩa"),
    "disk filling": (machine(disks=(Disk("/data", 12 * GIB, 100 * GIB),)), "disk", "warning", "12%", "thêm đĩa"),
    "stream full": (bus(used=58 * GIB), "disk", "wrong", "58.0 GiB", "--stream-bytes"),
    "clock ten minutes behind": (database(ahead=timedelta(minutes=10)), "clocks", "wrong", "10 phút", "chrony"),
    "clock ten minutes ahead": (bus(ahead=timedelta(minutes=-10)), "clocks", "wrong", "NATS", "chrony"),
    "clock drifting": (bus(ahead=timedelta(seconds=1)), "clocks", "warning", "1.0 giây", "chrony"),
    "expired certificate": (
        machine(certificates=(Certificate("nats:4222", NOW - timedelta(days=1)),)),
        "certificates", "wrong", "04/01/2026", "secrets",
    ),
    "certificate ends soon": (
        machine(certificates=(Certificate("ca.pem", NOW + timedelta(days=9)),)),
        "certificates", "warning", "14/01/2026", "secrets",
    ),
    "no certificate shown": (
        machine(certificates=(Certificate("nats:4222", None),)), "certificates", "unknown", "nats:4222", "secrets"
    ),
    "foreign stream": (bus(tag="demo-77"), "realm", "wrong", "NATS", "NATS_URL"),
    "foreign schema": (database(tags={"intake": "test-1"}), "realm", "wrong", "intake", "DATABASE_URL"),
    "REALM of another": (machine(realm="demo"), "realm", "wrong", "REALM=demo", "REALM"),
    "stream lost": (bus(tag=None, readers={}), "realm", "wrong", "luồng", "donthu reconcile"),
    "fsync off": (
        database(settings={"fsync": "off", "synchronous_commit": "on", "full_page_writes": "on"}),
        "durability", "wrong", "fsync = off", "alter system",
    ),
    "asynchronous commits": (
        database(settings={"fsync": "on", "synchronous_commit": "local", "full_page_writes": "on"}),
        "durability", "wrong", "synchronous_commit = local", "alter system",
    ),
    "nats-server does not sync": (machine(bus_syncs=False), "durability", "wrong", "sync_interval", "mất"),
    "missing permission": (
        database(lacking=frozenset({("intake", "intake.petition", "insert")})),
        "permissions", "wrong", "grant insert on intake.petition to donthu_intake", "bằng tay",
    ),
    "one permission too many": (
        database(exceeding=frozenset({("portal", "intake.petition", "select")})),
        "permissions", "wrong", "revoke select on intake.petition from donthu_portal", "bằng tay",
    ),
    "a role of the superuser's kind": (
        database(strong_roles=("donthu_portal",)), "permissions", "wrong", "donthu_portal", "nosuperuser"
    ),
    "NATS with yesterday's permissions": (
        bus(permissions={"notify": None, "intake": True}), "permissions", "wrong", "notify", "nats-config"
    ),
    "NATS does not know a key": (
        bus(refused={"audit": "authorization"}), "permissions", "wrong", "audit", "nats-config"
    ),
    "old backup": (
        database(upkeep={"backup": NOW - timedelta(days=9), "journal": NOW, "drill": NOW}),
        "backup", "wrong", "9 ngày", "donthu backup",
    ),
    "old journal": (
        database(upkeep={"backup": NOW, "journal": NOW - timedelta(days=3), "drill": NOW}),
        "journal", "warning", "3 ngày", "--journal",
    ),
    "old drill": (
        database(upkeep={"backup": NOW, "journal": NOW, "drill": NOW - timedelta(days=200)}),
        "drill", "warning", "200 ngày", "donthu drilled",
    ),
    "no reader": (
        bus(readers={name: READS for name in SERVICES if CONSUMES[name] and name != "audit"}),
        "readers", "wrong", "audit", "khởi động lại",
    ),
    "reader of more than its contract": (bus(curious=("notify",)), "readers", "wrong", "notify", "nats.nk"),
    "reader stands still": (reader(pending=(4, 7)), "readers", "wrong", "còn 7", "reader.waiting"),
    "nobody asks": (
        reader(pending=(9, 3), delivered=(1, 7), asking=False), "readers", "wrong", "còn 3", "reader.waiting"
    ),
    "reader far behind": (reader(pending=(9999, 8888), delivered=(1, 1112)), "readers", "warning", "8888", "xem lại"),
    "service silent": (bus(silent=("routing",)), "services", "wrong", "routing", "nhật ký"),
    "events not sent": (
        database(unsent={"intake": Queue(4, 90.0)}), "outbox", "wrong", "4 sự kiện", "relay"
    ),
    "held event": (database(held={"casework": Queue(2, 7200.0)}), "held", "wrong", "2 giờ", "held retry casework"),
    "mail waiting": (database(mails=Queue(3, 4000.0)), "mail", "wrong", "3 thư", "SMTP_URL"),
    "law counter": (bus(counters={"intake.lost": 2}), "laws", "wrong", "intake.lost = 2", "audit verify"),
    "provisional calendar": (
        database(case_now=AFTER_THE_CALENDAR), "calendar", "wrong", f"{calendar.verified_until:%d/%m/%Y}", "nghị định"
    ),
    "calendar ends soon": (database(case_now=SOON), "calendar", "warning", "tạm tính", "nghị định"),
    "another major version": (database(major=17, version="17.4"), "versions", "wrong", "17.4", "Nâng cấp"),
    "data of another major version": (machine(data_made_by=17), "versions", "wrong", "PostgreSQL 17", "pg_dump 17"),
    "migration missing": (
        database(missing_migrations={"portal": ["0009_x"]}), "migrations", "wrong", "portal/0009_x", "donthu migrate"
    ),
    "half restored": (database(half_restored=True), "servers", "wrong", "khôi phục", "donthu restore"),
    "secrets open": (machine(secrets={"intake": "secrets_too_open"}), "secrets", "wrong", "intake", "chmod"),
    "secrets lost": (machine(secrets={"audit": "secrets_missing"}), "secrets", "wrong", "audit", "cất giữ"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found_alone_and_says_what_to_do(fault: str) -> None:
    signs, check, state, said, advice = FAULTS[fault]
    found = not_well(signs)
    assert [(finding.check, finding.state) for finding in found] == [(check, state)]
    assert said in found[0].found
    assert advice in found[0].advice


def test_small_things_are_no_faults() -> None:
    small = replace(database(unsent={"intake": Queue(9, 3.0)}, mails=Queue(2, 30.0)), bus=reader(pending=(5, 3)).bus)
    moving = replace(small, bus=reader(pending=(50, 60), delivered=(9, 80)).bus)
    assert not_well(small) == not_well(moving) == []


@pytest.mark.parametrize("place", ["database", "bus"])
def test_what_cannot_be_reached_is_one_fault_and_the_rest_is_looked_at(place: str) -> None:
    signs = replace(WELL, errors={place: "timeouterror"}, **{place: None})
    assert [(finding.check, finding.state) for finding in not_well(signs)] == [("servers", "wrong")]


def test_a_demo_without_a_backup_is_warned_and_production_is_wrong() -> None:
    tags = dict.fromkeys(SERVICES, "demo-1")
    bare = replace(database(tag="demo-1", tags=tags, upkeep={}), machine=replace(WELL.machine, realm=None), bus=None)
    assert {finding.state for finding in not_well(bare)} == {"warning"}
    assert [finding.state for finding in not_well(database(upkeep={})) if finding.check == "backup"] == ["wrong"]


def test_a_house_that_does_not_run_is_said_and_its_folder_is_looked_at() -> None:
    asleep = Signs(replace(WELL.machine, data_made_by=17, realm=None), running=False)
    assert [(finding.check, finding.state) for finding in not_well(asleep)] == [
        ("servers", "wrong"),
        ("versions", "wrong"),
    ]


def test_the_calendar_of_today_is_known() -> None:
    assert calendar.verified_until >= date(2026, 12, 31)
