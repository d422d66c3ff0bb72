"""The sweep of due clocks: what it costs when a hundred times as many are open, and after downtime.

usage: python -m benchmarks.clocks [--small 10000] [--large 1000000] [--due 10000] [--missed 100000] [--runs 5]
Measured is escalation's own ticker until nothing is due: claims, decisions, rungs, outbox rows, commits; no relay.
"""

import argparse
import asyncio
import json
import os
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from uuid import UUID, uuid4

import asyncpg

from benchmarks.installation import (
    administrator,
    cpu_seconds,
    durability,
    forget_peak,
    installed,
    multiply,
    peak_mib,
    settle,
)
from deploy.stack import Stack
from services.escalation.handlers import applying
from services.escalation.ticker import Ticker
from shared.contracts.envelope import Envelope
from shared.contracts.routing import ClassificationProposed
from shared.contracts.vocabulary import Kind
from shared.directory import Directory, Role
from shared.directory import load as load_directory
from shared.law.calendar import is_working_day
from shared.messaging import outbox
from shared.messaging.batch import Batch
from shared.messaging.drafts import LEGAL_ZONE, Cause, Draft, Emitter
from shared.messaging.runtime import House, open_house
from shared.postgres.casetime import set_virtual_clock
from shared.settings import Realm, ServiceSettings
from shared.telemetry.tracing import new_traceparent

TABLES = ("watched_case", "clock", "firing", "rung", "outbox")
RECEIVED = date(2025, 3, 3)
"""Day of receipt of the letters whose warning is due in a sweep; the others that are open were received later."""
LATER_DAYS = 8
RECORDED = time_of_day(9)
DOWN_SINCE = date(2025, 9, 8)
DOWN_DAYS = 10
"""Working days of receipt of the letters whose rungs come due while the ticker is away."""
DOWN_UNTIL = datetime(2025, 10, 3, 2, tzinfo=UTC)
_COPIES = """
create temp table if not exists copies (template uuid, case_id uuid, clock_id uuid, event_id uuid);
truncate copies;
"""
_DRAW = """
insert into copies
select ($1::uuid[])[1 + n % cardinality($1::uuid[])], gen_random_uuid(), gen_random_uuid(), gen_random_uuid()
from generate_series(1, $2::int) as n
"""
_QUEUE = """
insert into firing (next_fire_at, clock_id)
select next_fire_at, clock_id from clock join copies using (clock_id) where live
"""
_FORGET = """
delete from rung using clock join copies using (case_id) where rung.clock_id = clock.clock_id;
delete from firing using clock join copies using (case_id)
where firing.clock_id = clock.clock_id and firing.next_fire_at = clock.next_fire_at;
delete from clock using copies where clock.case_id = copies.case_id;
delete from watched_case using copies where watched_case.case_id = copies.case_id;
delete from outbox using copies where outbox.case_id = copies.case_id;
"""
_OUT_OF_ORDER = """
select count(*) filter (where at < before) as within_case, count(*) filter (where at < previous) as of_all
from (
    select at, lag(at) over (partition by case_id order by number) as before, lag(at) over (order by number) as previous
    from (
        select number, case_id, substring(headers from '"ce-time":"([^"]+)"')::timestamptz as at
        from outbox where number > $1
    ) as sent
) as ordered
"""


@dataclass(frozen=True, slots=True)
class Room:
    """escalation on real servers, without its reader and relay."""

    house: House
    directory: Directory
    ticker: Ticker
    admin: asyncpg.Connection

    async def letters(self, days: Sequence[date]) -> list[UUID]:
        """One letter at every authority for each day of receipt, through the real handler."""
        events = [
            _proposed(self.directory, self.house.emitter.realm, authority.id, day)
            for day in days
            for authority in self.directory.authorities(day)
        ]
        batch = Batch(events, self.house.emitter)
        async with self.house.pool.acquire() as connection, connection.transaction():
            await applying(self.directory, lambda _: None)(connection, batch)
            await outbox.put(connection, batch.emitted)
        await self.admin.execute("update outbox set stream_sequence = number where stream_sequence is null")
        return [event.case_id for event in events]

    async def open(self, days: Sequence[date], count: int) -> None:
        """So many more open clocks of letters received on these days: case, clock and the event that told of it."""
        templates = await self.letters(days)
        await self.admin.execute(_COPIES)
        await self.admin.execute(_DRAW, templates, count - len(templates))
        own = {name: f"copy.{name}" for name in ("case_id", "clock_id", "event_id")}
        told = {
            "headers": _renamed("row.headers", "case_id", "event_id"),
            "body": "replace(row.body, row.body::json ->> 'clock_id', copy.clock_id::text)",
        }
        for table, changes in (("watched_case", own), ("clock", own), ("outbox", own | told)):
            await multiply(self.admin, table, "copies", "row.case_id = copy.template", changes)
        await self.admin.execute(_QUEUE, timeout=900)
        await self.admin.execute("insert into copies (case_id) select unnest($1::uuid[])", templates)
        await settle(self.admin, TABLES)

    async def forget(self) -> None:
        """Remove what was opened last."""
        await self.admin.execute(_FORGET, timeout=900)

    async def jump(self, to: datetime) -> None:
        """Case time stands still at `to`."""
        await set_virtual_clock(self.admin, running=False, case_at=to)
        await self.house.clock.reload()

    async def sweep(self) -> tuple[float, float, int]:
        """Fire until nothing is due: seconds, seconds of processor time here and in PostgreSQL, rungs."""
        backend = await self.house.pool.fetchval("select pg_backend_pid()")
        used = time.process_time() + cpu_seconds(backend)
        begun = time.perf_counter()
        fired = await self.ticker.fire_due()
        took = time.perf_counter() - begun
        return took, time.process_time() + cpu_seconds(backend) - used, fired

    async def live(self) -> int:
        """Clocks that are open."""
        count: int = await self.admin.fetchval("select count(*) from clock where live")
        return count

    async def out_of_order(self, after: int) -> dict[str, int]:
        """Events after that number of the outbox which are older than the one before them."""
        [row] = await self.admin.fetch(_OUT_OF_ORDER, after)
        return {"within_case": row["within_case"], "of_all": row["of_all"]}


@asynccontextmanager
async def _room(stack: Stack) -> AsyncIterator[Room]:
    settings = ServiceSettings(
        realm=Realm.TEST, database_url=stack.database_url, nats_url=stack.nats_url, secrets_dir=stack.data.secrets,
        log_level="error",
    )  # fmt: skip
    house = await open_house("escalation", settings)
    directory = load_directory(settings.directory)
    try:
        async with administrator(stack, "escalation") as admin:
            yield Room(house, directory, Ticker(house, directory), admin)
    finally:
        await house.pool.close()


async def measure(
    small: int = 10_000, large: int = 1_000_000, due: int = 10_000, missed: int = 100_000, runs: int = 5
) -> dict[str, object]:
    """Sweep `due` of `small` and of `large` open clocks, and `missed` clocks after weeks of downtime."""
    async with installed() as one, _room(one) as few_open, installed() as other, _room(other) as many_open:
        await many_open.open(_working_days(RECEIVED + timedelta(days=1), LATER_DAYS), large - due)
        if small > due:
            await few_open.open(_working_days(RECEIVED + timedelta(days=1), LATER_DAYS), small - due)
        few, many = Sweeps(), Sweeps()
        for _ in range(runs):  # by turns, so that whatever else the machine does falls on both alike
            await _sweep(few_open, due, few)
            await _sweep(many_open, due, many)
        downtime = await _downtime(few_open, missed)
        small_ms, large_ms = (round(statistics.median(each.seconds) * 1000, 1) for each in (few, many))
        return {
            "small_ms": small_ms,
            "large_ms": large_ms,
            "ratio": round(large_ms / small_ms, 2),
            "open_small": few.live,
            "open_large": many.live,
            "due": due,
            "cpu_small_ms": (small_cpu := round(statistics.median(few.cpu) * 1000)),
            "cpu_large_ms": (large_cpu := round(statistics.median(many.cpu) * 1000)),
            "cpu_ratio": round(large_cpu / small_cpu, 2) if small_cpu else None,
            "rung_small_us": round(small_ms * 1000 / due, 1),
            "rung_large_us": round(large_ms * 1000 / due, 1),
            "small_runs_ms": few.runs_ms,
            "large_runs_ms": many.runs_ms,
            "small_peak_mib": few.peak_mib,
            "large_peak_mib": many.peak_mib,
            "downtime": downtime,
            "cores": os.cpu_count(),
            "durability": await durability(few_open.house.pool),
        }


@dataclass(slots=True)
class Sweeps:
    """Sweeps of one state."""

    live: int = 0
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_mib: float = 0.0

    @property
    def runs_ms(self) -> list[float]:
        """Each run."""
        return [round(each * 1000, 1) for each in self.seconds]


async def _sweep(room: Room, due: int, into: Sweeps) -> None:
    """Sweep fresh `due` clocks beside those that stay open, and remove them again."""
    await room.open([RECEIVED], due)
    into.live = await room.live()
    await room.jump(await room.admin.fetchval("select min(next_fire_at) from firing"))
    forget_peak()
    took, used, fired = await room.sweep()
    if fired != due:
        raise AssertionError(f"{fired} rungs fired, {due} were due")
    into.peak_mib = max(into.peak_mib, peak_mib())
    into.seconds.append(took)
    into.cpu.append(used)
    await room.forget()


async def _downtime(room: Room, missed: int) -> dict[str, object]:
    """Every clock is due, most for several rungs; all fire in the order of their instants."""
    await room.admin.execute("truncate watched_case, clock, firing, rung, outbox")
    await room.open(_working_days(DOWN_SINCE, DOWN_DAYS), missed)
    await room.jump(DOWN_UNTIL)
    due = await room.admin.fetchval("select count(*) from clock where live and next_fire_at <= $1", DOWN_UNTIL)
    last = await room.admin.fetchval("select max(number) from outbox")
    forget_peak()
    took, _, fired = await room.sweep()
    peak = peak_mib()
    disorder = await room.out_of_order(last)
    if any(disorder.values()):
        raise AssertionError(f"rungs out of order: {disorder}")
    events = await room.admin.fetchval("select count(*) from outbox where number > $1", last)
    return {
        "due": due,
        "rungs": fired,
        "events": events,
        "seconds": round(took, 2),
        "rungs_per_second": round(fired / took),
        "peak_mib": peak,
        "out_of_order": disorder,
    }


def _proposed(directory: Directory, realm: str, authority_id: str, day: date) -> Envelope:
    handler = directory.resolve(authority_id, Role.HANDLER, day)
    holder = directory.resolve(authority_id, Role.HEAD, day)
    event = ClassificationProposed(
        kind=Kind.COMPLAINT, level=1, competent_authority_id=authority_id, holder_id=holder.officer_id,
        rules=["KN-01"], reasons=[], alternatives=[], confidence=0.9, abstained=False,
        receiving_authority_id=authority_id, confirmer_authority_id=authority_id, confirmer_id=handler.officer_id,
        excluded=[], received_on=day,
    )  # fmt: skip
    recorded_at = datetime.combine(day, RECORDED, LEGAL_ZONE).astimezone(UTC)
    cause = Cause(uuid4(), uuid4(), new_traceparent(), recorded_at)
    [envelope] = Emitter("routing", realm).stamp(cause, uuid4(), [Draft(event)], after=0)
    return envelope


def _renamed(text: str, *names: str) -> str:
    for name in names:
        text = f"replace({text}, row.{name}::text, copy.{name}::text)"
    return text


def _working_days(start: date, count: int) -> list[date]:
    days = (start + timedelta(days=ahead) for ahead in range(3 * count + 7))
    return [day for day in days if is_working_day(day)][:count]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--missed", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    print(json.dumps(asyncio.run(measure(**vars(given)))))


if __name__ == "__main__":
    main()
