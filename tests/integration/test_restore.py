"""The fire: an older dump becomes a house elsewhere, nothing is given twice, and what is lost is known exactly."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from operations.backup.manifest import HOUSE_DUMP, MANIFEST
from operations.backup.restore import Source, Target, restore
from operations.backup.take import Place, backup, keep_journal
from operations.errors import OperationError
from operations.stream.replay import replay
from shared.settings import Realm
from tests.builders.restoring import any_key_is_there, confirm, correct_receipt, signed_head, track, verified
from tests.console import Person, a_letter
from tests.house import RunningHouse, running_house
from tests.restored import Elsewhere, elsewhere, projection, unbalanced
from tests.world import until

pytestmark = pytest.mark.timeout(180)

OPERATOR = "thach-an-07"
NUMBERS = "select register_number from intake.petition where register_number is not null"
ERASED = """
select key_id from intake.capsule where case_id = $1 and capsule = 'identity'
union all select key_id from intake.correction where case_id = $1
"""


@dataclass
class Lived:
    """A house with a life before and after its backup."""

    house: RunningHouse
    place: Place
    folder: Path
    kept: list[dict[str, Any]] = field(default_factory=list)
    """Answers of the door: case id and receipt code."""
    lost: list[dict[str, Any]] = field(default_factory=list)
    at_the_dump: dict[str, str] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    """Every register number ever drawn."""
    erased: list[UUID] = field(default_factory=list)
    head_at_the_dump: str = ""
    later_head: str = ""

    def source(self, **more: Any) -> Source:
        return Source(self.folder / "dump", **more)

    def ids(self, which: str) -> set[UUID]:
        return {UUID(each["case_id"]) for each in getattr(self, which)}


@pytest.fixture(scope="module")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lived]:
    """Letters, a backup, more letters (one numbered), a number for an older letter, erased keys; then the fire."""
    async with running_house() as house:
        place = Place(house.stack.database_url, house.stack.nats_url, house.stack.data.secrets)
        lived = Lived(house, place, tmp_path_factory.mktemp("backups"))
        desk = await house.person("le-lai-03")
        lived.kept = [await desk.register(a_letter()) for _ in range(4)]
        for each in lived.kept[:2]:
            await confirm(house, desk, each["case_id"])
        await correct_receipt(house, desk, lived.kept[3]["case_id"])
        await house.quiet()
        lived.head_at_the_dump = await signed_head(house, 0)
        await house.quiet()
        lived.at_the_dump = await projection(place.database_url)
        await backup(place, lived.folder / "dump")
        (lived.folder / "journal").mkdir()
        await keep_journal(place, lived.folder / "journal")

        lived.lost = [await desk.register(a_letter()) for _ in range(3)]
        await confirm(house, desk, lived.lost[0]["case_id"])
        await confirm(house, desk, lived.kept[2]["case_id"])
        await erase_keys(lived)
        await house.quiet()
        await a_copy_in_full_swing(lived, [desk, await house.person("le-lai-03")])
        await house.quiet()
        await house.rows("update audit.signed_head set signed_at = signed_at - interval '2 hours'")
        lived.later_head = await signed_head(house, int(lived.head_at_the_dump.split(":")[0]))
        lived.numbers = {row["register_number"] for row in await house.rows(NUMBERS)}
        await keep_journal(place, lived.folder / "journal")
        assert house.stack.supervisor is not None
        await house.stack.supervisor.stop()
        yield lived


async def a_copy_in_full_swing(lived: Lived, desks: list[Person]) -> None:
    """A second backup, while letters come in."""
    enough = asyncio.Event()

    async def send(desk: Person) -> None:
        while not enough.is_set():
            lived.lost.append(await desk.register(a_letter()))

    async with asyncio.TaskGroup() as senders:
        for desk in desks:
            senders.create_task(send(desk))
        before = len(lived.lost)
        await until(lambda: some_more(lived, before))
        await backup(lived.place, lived.folder / "in-full-swing")
        enough.set()


async def some_more(lived: Lived, than: int) -> bool:
    return len(lived.lost) > than + 3


async def erase_keys(lived: Lived) -> None:
    """What an erasure does to the key store."""
    rows = await lived.house.rows(ERASED, UUID(lived.kept[3]["case_id"]))
    lived.erased = [row["key_id"] for row in rows]
    keys = await asyncpg.connect(lived.place.keys_url)
    try:
        assert await keys.execute("delete from wrapped_key where key_id = any($1)", lived.erased) == "DELETE 2"
    finally:
        await keys.close()


@pytest.fixture
async def target(lived: Lived) -> AsyncIterator[Elsewhere]:
    async with elsewhere(lived.place.secrets_dir) as found:
        yield found


def into(target: Elsewhere, **more: Any) -> Target:
    return Target(target.place, Realm.TEST, OPERATOR, **more)


async def test_an_older_dump_becomes_the_house_again(
    lived: Lived, target: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = lived.source(survivor=lived.place.nats_url, keys_survivor=lived.place.keys_url)
    said = await restore(source, into(target))

    assert {each["case_id"] for each in said["lost_receipts"]} == lived.ids("lost")
    assert [each["case_id"] for each in said["lost_numbers"]] == [UUID(lived.kept[2]["case_id"])]
    numbers = {each["register_number"] for each in said["lost_receipts"] + said["lost_numbers"]} - {None}
    assert numbers == {"KN-2025-00003", "KN-2025-00004"}
    assert said["skipped_numbers"] == {"le-lai/KN/2025": 2}
    assert said["lost_heads"] == [lived.later_head]
    assert said["projection"]["differing"] == dict.fromkeys(lived.at_the_dump, 0)
    assert await projection(target.place.database_url) == lived.at_the_dump
    assert await any_key_is_there(target.place, lived.erased) is False
    assert said["epoch"]["keys_shredded_again"] == 2

    async with target.house(monkeypatch) as house:
        await house.quiet()
        assert await projection(target.place.database_url) == lived.at_the_dump
        assert await track(house, lived.kept[0]["receipt_code"]) == 200
        assert await track(house, lived.lost[0]["receipt_code"]) == 403
        desk = await house.person("le-lai-03")
        again = await desk.register(a_letter())
        fresh = [await confirm(house, desk, each["case_id"]) for each in (lived.kept[2], lived.kept[3], again)]
        assert min(fresh) > max(lived.numbers)
        await house.quiet()
        assert await unbalanced(target.place) == {}
        counters = (await house.counters()).counters
        assert {name for name, value in counters.items() if value} == set()
        assert counters["intake.series_gaps"] == 0

        now = await verified(target.place)
        assert (now["verified"], now["epoch"], now["findings"]) == (True, 2, [])
        opened = now["epochs"][0]
        assert f"{opened['later_number']}:{opened['later_head']}" == lived.later_head
        assert (opened["opened_by"], opened["entries_lost"]) == (OPERATOR, said["epoch"]["entries_lost"])
        assert (await verified(target.place, lived.head_at_the_dump))["verified"] is True
        lost = (await verified(target.place, lived.later_head))["findings"]
        assert [(each["code"], each["epoch"]) for each in lost] == [("lost_in_restore", 2)]

        before = await projection(target.place.database_url)
        done = await replay(
            target.place.database_url, target.place.nats_url, target.place.secrets_dir, into(target).reading
        )
        assert (done.differing, done.events > 20) == (dict.fromkeys(before, 0), True)


async def test_a_journal_tells_the_same_when_the_stream_is_gone_too(lived: Lived, target: Elsewhere) -> None:
    said = await restore(lived.source(journal=lived.folder / "journal", skip=10), into(target))
    assert {each["case_id"] for each in said["lost_receipts"]} == lived.ids("lost")
    assert said["lost_heads"] == [lived.later_head]
    assert said["skipped_numbers"]["le-lai/KN/2025"] == 12
    assert said["skipped_numbers"]["le-lai/TC/2025"] == 10
    assert await any_key_is_there(target.place, lived.erased) is False
    assert await projection(target.place.database_url) == lived.at_the_dump
    assert (await verified(target.place))["verified"] is True


async def test_what_does_not_fit_is_refused_before_anything_is_changed(
    lived: Lived, target: Elsewhere, tmp_path: Path
) -> None:
    dump, keys = tmp_path / "dump", tmp_path / "dump.keys"
    shutil.copytree(lived.folder / "dump", dump)
    shutil.copytree(lived.folder / "dump.keys", keys)
    whole = (dump / HOUSE_DUMP).read_bytes()
    (dump / HOUSE_DUMP).write_bytes(whole[:-100] + bytes(100))
    assert await refusal(Source(dump), into(target)) == "backup_changed"
    (dump / HOUSE_DUMP).write_bytes(whole)
    said = orjson.loads((dump / MANIFEST).read_bytes())
    said["manifest"]["petitions"] = 0
    (dump / MANIFEST).write_bytes(orjson.dumps(said))
    assert await refusal(Source(dump), into(target)) == "backup_changed"
    (dump / MANIFEST).unlink()
    assert await refusal(Source(dump), into(target)) == "backup_incomplete"

    assert await refusal(lived.source(survivor="nats://127.0.0.1:1"), into(target)) == "survivor_silent"
    assert await refusal(lived.source(), replace(into(target), realm=Realm.DEMO)) == "foreign_realm"
    journal = next((lived.folder / "journal").glob("*.journal"))
    lines = journal.read_bytes().splitlines(keepends=True)
    (tmp_path / "cut.journal").write_bytes(b"".join(lines[:3] + lines[4:]))
    assert await refusal(lived.source(journal=tmp_path / "cut.journal"), into(target)) == "journal_changed"
    assert await refusal(lived.source(), into(Elsewhere(tmp_path, lived.place))) == "target_not_empty"
    admin = await asyncpg.connect(target.place.database_url)
    try:
        assert await admin.fetchval("select count(*) from pg_tables where schemaname = 'intake'") == 0
    finally:
        await admin.close()


async def refusal(source: Source, target: Target) -> str:
    with pytest.raises(OperationError) as refused:
        await restore(source, target)
    assert refused.value.advice
    return refused.value.code


async def test_a_copy_taken_in_full_swing_becomes_a_house_that_balances(
    lived: Lived, target: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events published and not yet marked, read and not yet chained: everything finds its place."""
    source = Source(lived.folder / "in-full-swing", survivor=lived.place.nats_url)
    said = await restore(source, into(target))
    lost = {each["case_id"] for each in said["lost_receipts"]}
    async with target.house(monkeypatch) as house:
        await house.quiet()
        assert await house.ids("select case_id from intake.petition") == (lived.ids("kept") | lived.ids("lost")) - lost
        assert await unbalanced(target.place) == {}
        assert (await verified(target.place))["verified"] is True
        place = target.place
        done = await replay(place.database_url, place.nats_url, place.secrets_dir, into(target).reading)
        assert set(done.differing.values()) == {0}
