"""Where the processor time goes: seconds of every process below this one, by service and server (Linux only)."""

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import asyncpg

_TICK = os.sysconf("SC_CLK_TCK")
_SERVICE = re.compile(r"\0service\0([a-z]+)\0")


async def seconds_by_name(admin: asyncpg.Connection) -> dict[str, float]:
    """Processor seconds so far. A backend of PostgreSQL counts for the service it works for."""
    rows = await admin.fetch("select pid, application_name from pg_stat_activity where application_name <> ''")
    backends = {row["pid"]: f"postgres for {row['application_name']}" for row in rows}
    used: dict[str, float] = defaultdict(float)
    for pid in _family(os.getpid()):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            command = Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            continue
        name = backends.get(pid) or ("the officers" if pid == os.getpid() else _name(command))
        used[name] += (int(fields[11]) + int(fields[12])) / _TICK
    return dict(used)


def per_letter(before: Mapping[str, float], after: Mapping[str, float], letters: int) -> dict[str, float]:
    """Milliseconds of processor time per letter, the greatest first."""
    spent = {name: round((after[name] - before.get(name, 0.0)) * 1000 / letters, 2) for name in after}
    return {name: cost for name, cost in sorted(spent.items(), key=lambda each: -each[1]) if cost}


def _name(command: str) -> str:
    if service := _SERVICE.search(command):
        return service[1]
    if "nats-server" in command:
        return "nats-server"
    return "postgres" if "postgres" in command else "other"


def _family(root: int) -> Iterator[int]:
    parents: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int((entry / "stat").read_text().rpartition(")")[2].split()[1])].append(int(entry.name))
            except OSError:
                continue
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting.extend(parents[pid])
