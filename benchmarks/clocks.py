"""The sweep of due clocks: what it costs when a hundred times as many are open, and after downtime.

usage: python -m benchmarks.clocks [--small 10000] [--large 1000000] [--due 10000] [--missed 100000] [--runs 5]
Measured is escalation's own ticker until nothing is due: claims, decisions, rungs, outbox rows, commits; no relay.
"""

import argparse
import asyncio
import json
import os
import statistics
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from benchmarks.escalation import TABLES, Room, open_room
from benchmarks.installation import durability, forget_peak, installed, peak_mib
from shared.law.calendar import is_working_day

RECEIVED = date(2025, 3, 3)
"""Day of receipt of the letters whose warning is due in a sweep; the others that are open were received later."""
LATER_DAYS = 8
DOWN_SINCE = date(2025, 9, 8)
DOWN_DAYS = 10
"""Working days of receipt of the letters whose rungs come due while the ticker is away."""
DOWN_UNTIL = datetime(2025, 10, 3, 2, tzinfo=UTC)


async def measure(
    small: int = 10_000, large: int = 1_000_000, due: int = 10_000, missed: int = 100_000, runs: int = 5
) -> dict[str, object]:
    """Sweep `due` of `small` and of `large` open clocks, and `missed` clocks after weeks of downtime."""
    async with installed() as one, open_room(one) as few_open, installed() as other, open_room(other) as many_open:
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
            "durability": await durability(few_open.host.pool),
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
    await room.admin.execute(f"truncate {', '.join(TABLES)}")
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
