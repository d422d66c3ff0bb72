"""Measure the peers and print one JSON object; see the package for what is compared."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import benchmarks.peers
from benchmarks.peers import dbos_chain, procrastinate_chain
from benchmarks.peers.trial import PeerMissing
from operations.embedded.postgres import EmbeddedPostgres

Measure = Callable[..., Awaitable[dict[str, Any]]]

_TUNING_LETTERS = 500
_PEERS: dict[str, Measure] = {"dbos": dbos_chain.measure, "procrastinate": procrastinate_chain.measure}


@asynccontextmanager
async def _server(database_url: str | None) -> AsyncIterator[str]:
    if database_url:
        yield database_url
        return
    with tempfile.TemporaryDirectory(prefix="donthu-peers-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = EmbeddedPostgres(folder / "postgres", log=folder / "postgres.log")
        try:
            yield await postgres.start()
        finally:
            await postgres.stop()


async def _measure(given: argparse.Namespace) -> dict[str, object]:
    tuning = {
        name: value
        for name in ("processes", "concurrency", "durable", "delete_jobs")
        if (value := getattr(given, name)) is not None
    }
    found: dict[str, object] = {"cores": os.cpu_count()}
    async with _server(given.database_url) as database_url:
        for name in given.peer or _PEERS:
            measure: Measure = partial(_PEERS[name], database_url, **tuning)
            if given.tune:
                measure = await _tuned(measure)
            found[name] = await measure(given.letters)
    return found


async def _tuned(measure: Measure) -> Measure:
    """Find the best number of processes, then of letters at a time in each; says on stderr what it tried."""
    for name, values in (("processes", (1, 2, 3)), ("concurrency", (8, 16, 32, 64))):
        rates = {}
        for value in values:
            tried = await measure(_TUNING_LETTERS, **{name: value})
            rates[value] = tried["letters_per_second"]
            print(json.dumps({name: value, "load": os.getloadavg()[0], **tried}), file=sys.stderr)
        measure = partial(measure, **{name: max(rates, key=rates.__getitem__)})
    return measure


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=benchmarks.peers.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", action="append", choices=sorted(_PEERS))
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--database-url", help="a superuser's URL; without it a PostgreSQL is started and removed")
    parser.add_argument("--processes", type=int)
    parser.add_argument("--concurrency", type=int)
    parser.add_argument("--durable", choices=["step", "transaction"], help="dbos only")
    parser.add_argument("--delete-jobs", choices=["never", "successful"], help="procrastinate only")
    parser.add_argument("--tune", action="store_true", help="first try 1-3 processes, then 8-64 letters at a time")
    given = parser.parse_args()
    try:
        print(json.dumps(asyncio.run(_measure(given))))
    except PeerMissing as missing:
        parser.exit(2, f"{missing}\n")


if __name__ == "__main__":
    main()
