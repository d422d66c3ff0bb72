"""`donthu up`, `donthu demo`, `donthu service`: what runs the house here, whole or one part of it."""

import asyncio
import sys
from pathlib import Path

import uvloop

from operations.commands.operator import Json, ServiceName, say
from operations.embedded.errors import LocalRunError
from operations.house.service import run_service


def up(*, data_dir: Path = Path(".data"), port: int | None = None, virtual_clock: bool = True) -> None:
    """Start everything embedded: servers, services, demo district, board.

    Parameters
    ----------
    data_dir
        Folder of the data; they survive a restart.
    port
        Port of the console; a free one by default.
    virtual_clock
        Case time of its own, movable on the demo console; without it case time is machine time.
    """
    from operations.up.up import up as run  # needs requirements/local.txt, which an image has not

    try:
        asyncio.run(run(data_dir.resolve(), port=port, virtual_clock=virtual_clock))
    except LocalRunError as error:
        sys.stderr.write(f"{error.advice}\n")
        raise SystemExit(1) from None


def demo(*, days: int = 60, petitions: int | None = None, json: Json = False) -> None:
    """Play the district headless on the virtual clock from 2025-01-06; exit 1 if a law counter is not 0.

    Parameters
    ----------
    days
        Days of case time.
    petitions
        How many letters; all by default.
    """
    from operations.demo.report import passed
    from operations.demo.run import demo as run

    result = asyncio.run(run(days, petitions))
    say(result, as_json=json)
    raise SystemExit(0 if passed(result) else 1)


def service(name: ServiceName) -> None:
    """Run one service with the settings of the environment."""
    raise SystemExit(uvloop.run(run_service(name)))
