"""`donthu backup`, `donthu restore` and `donthu replay`."""

import asyncio
import re
import sys
from collections.abc import Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from deploy.backup.errors import BackupError
from deploy.backup.restore import Source, Target, restore
from deploy.backup.take import Place, backup, keep_journal
from deploy.commands.operator import Reach, say
from deploy.replay import Reading, ReplayStopped, replay
from shared.settings import Realm

T = TypeVar("T")
_OFFICER = re.compile(r"[a-z][a-z0-9-]{1,40}")


def run_backup(
    reach: Reach, *, to: Path | None, keys_to: Path | None, journal: Path | None, keystore_url: str | None,
    pg_bin: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Copy, journal, or both: the copy first, so that the journal reaches beyond it."""
    house = _place(reach, keystore_url)

    async def run() -> dict[str, Any]:
        if to is None and journal is None:
            raise BackupError("nothing_asked")
        done: dict[str, Any] = {}
        if to is not None:
            done |= await backup(house, to.resolve(), keys_to.resolve() if keys_to else None, pg_bin)
        if journal is not None:
            done["journal"] = await keep_journal(house, journal.resolve())
        return done

    say(_done(run()), as_json=as_json)


def run_restore(
    reach: Reach, *, source: Path, keys_from: Path | None, survivor: str | None, keys_survivor: str | None,
    journal: Path | None, skip: int, realm: Realm, operator: str, directory: str, law_profile: str | None,
    keystore_url: str | None, pg_bin: Path | None, stream_bytes: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Restore and print the report."""
    if not _OFFICER.fullmatch(operator):
        sys.stderr.write("--operator cần mã cán bộ, ví dụ thach-an-07.\n")
        raise SystemExit(2)
    what = Source(
        source.resolve(), keys_from.resolve() if keys_from else None, survivor, keys_survivor,
        journal.resolve() if journal else None, skip,
    )  # fmt: skip
    where = Target(_place(reach, keystore_url), realm, operator, Reading(directory, law_profile), pg_bin, stream_bytes)
    say(_done(restore(what, where)), as_json=as_json)


def run_replay(reach: Reach, *, check: bool, directory: str, law_profile: str | None, as_json: bool) -> None:
    """Replay and print what was read, how fast, and what differed."""
    reading = Reading(directory, law_profile)
    done = _done(replay(reach.database_url, reach.nats_url, reach.secrets_dir, reading, only_compare=check))
    say(asdict(done), as_json=as_json)
    raise SystemExit(1 if check and any(done.differing.values()) else 0)


def _place(reach: Reach, keystore: str | None) -> Place:
    return Place(reach.database_url, reach.nats_url, reach.secrets_dir, keystore)


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except BackupError as error:
        named = f" ({error.event_id}, {error.error})" if isinstance(error, ReplayStopped) else ""
        sys.stderr.write(f"{error.code}: {error.advice}{named}\n")
        raise SystemExit(1) from None
