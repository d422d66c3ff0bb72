"""What the tests of the embedded run share; run as a module it is a supervising process to be killed.

`python -m tests.integration.embedded DIR` starts everything on DIR, prints the process ids as JSON, and waits.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import asyncpg

from operations.embedded.datadir import DataDir
from operations.embedded.keeper import Backoff
from operations.embedded.nats import EmbeddedNats
from operations.embedded.postgres import EmbeddedPostgres
from operations.embedded.supervisor import ServiceSpec, Supervisor, stop_requested

PROJECT = Path(__file__).parents[2]
SOON = Backoff(first=0.02, longest=0.1)
AUTHORIZATION = 'authorization { users: [{ user: "desk", password: "desk" }] }'
SERVICE = "import signal, time; print('READY {name}', flush=True); signal.pause()"


@contextmanager
def folder(mode: int = 0o711) -> Iterator[Path]:
    """Give a temporary folder that other users may pass through, unless `mode` says otherwise."""
    path = Path(tempfile.mkdtemp()).resolve()
    path.chmod(mode)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def service(name: str, program: str = SERVICE, **env: str) -> ServiceSpec:
    return ServiceSpec(name, [sys.executable, "-c", program.format(name=name)], env)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


async def main(requested: Path) -> None:
    async with AsyncExitStack() as stack:
        data = stack.enter_context(DataDir.open(requested, state_root=requested.parent / "state"))
        stop = stack.enter_context(stop_requested())
        postgres = EmbeddedPostgres(data.postgres, log=data.log("postgres"))
        url = await postgres.start()
        stack.push_async_callback(postgres.stop)
        nats = EmbeddedNats(data.nats, authorization=AUTHORIZATION, log=data.log("nats"))
        await nats.start()
        stack.push_async_callback(nats.stop)
        supervisor = Supervisor([service("first"), service("second")], data.logs)
        stack.push_async_callback(supervisor.stop)
        await supervisor.start()
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
        await connection.execute("INSERT INTO starts DEFAULT VALUES")
        statuses = [postgres.status(), nats.status(), *supervisor.statuses().values()]
        backends = await connection.fetch("SELECT pid FROM pg_stat_activity")
        pids = [status.pid for status in statuses] + [row["pid"] for row in backends]
        starts = await connection.fetchval("SELECT count(*) FROM starts")
        await connection.close()
        print(json.dumps({"pids": pids, "starts": starts}), flush=True)  # noqa: T201 - the test reads it
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
