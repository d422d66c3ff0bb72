"""`donthu bench …`: the measurements of benchmarks/, each as one JSON object. They need the source checkout."""

import asyncio
import importlib
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from cyclopts import App

from operations.commands.operator import Json, say

bench = App(name="bench", help="Đo tốc độ trên chính máy này; dữ liệu đo tự xóa.")


@bench.command
def pipeline(*, letters: int = 10_000, in_flight: int = 64, peers: bool = False, json: Json = False) -> None:
    """Letters per second from the desk to a case with holder and running clock, beside the floor of the same servers.

    Parameters
    ----------
    letters
        How many, as fast as the house takes them.
    in_flight
        How many registrations wait for their answer at the same time.
    peers
        Also the same five steps as DBOS workflows and as Procrastinate jobs (needs requirements/peers.txt).
    """
    _report("pipeline", json, letters=letters, in_flight=in_flight, peers=peers)


@bench.command
def clocks(*, json: Json = False) -> None:
    """The sweep of 10,000 due clocks among 10,000 and among 1,000,000 open ones; 100,000 due at once after downtime."""
    _report("clocks", json)


@bench.command
def pages(*, cases: int = 1_000_000, json: Json = False) -> None:
    """How long the console's pages take over a read model of that many cases."""
    _report("pages", json, cases=cases)


def _report(name: str, as_json: bool, **options: Any) -> None:
    try:
        measure: Callable[..., Coroutine[Any, Any, dict[str, object]]] = importlib.import_module(
            f"benchmarks.{name}"
        ).measure
    except ModuleNotFoundError as error:
        if error.name not in ("benchmarks", f"benchmarks.{name}"):
            raise
        sys.stderr.write("Lệnh này cần mã nguồn: chạy trong thư mục dự án, sau `make setup`.\n")
        raise SystemExit(2) from None
    say(asyncio.run(measure(**options)), as_json=as_json)
