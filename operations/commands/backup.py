"""`donthu backup`, `donthu restore` and `donthu replay`."""

import asyncio
import re
import sys
from collections.abc import Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from cyclopts import Parameter

from operations.backup.restore import Source, Target
from operations.backup.restore import restore as restore_house
from operations.backup.take import Place, keep_journal
from operations.backup.take import backup as copy_house
from operations.commands.operator import HERE, DirectoryName, House, Json, Reach, say
from operations.errors import OperationError
from operations.stream.replay import Reading, ReplayStopped
from operations.stream.replay import replay as replay_stream
from shared.settings import Realm

T = TypeVar("T")
KeystoreUrl = Annotated[str | None, Parameter(env_var="KEYSTORE_URL")]
LawProfile = Annotated[str | None, Parameter(env_var="LAW_PROFILE")]
_OFFICER = re.compile(r"[a-z][a-z0-9-]{1,40}")


def backup(
    house: House = HERE,
    *,
    to: Path | None = None,
    keys_to: Path | None = None,
    journal: Path | None = None,
    keystore_url: KeystoreUrl = None,
    pg_bin: Path | None = None,
    json: Json = False,
) -> None:
    """Copy the running house, or append to the journal of what happens; without secrets.

    Parameters
    ----------
    to
        A new folder for the database and the manifest.
    keys_to
        A new folder for the key store, better on another medium; by default beside the other, `<to>.keys`.
    journal
        File, or folder with a file for each stream: one line of ids for each event since the last run.
    pg_bin
        Folder of pg_dump and pg_restore; by default of the embedded wheel, else on the PATH.
    """
    place = _place(house.reach(), keystore_url)

    async def run() -> dict[str, Any]:
        if to is None and journal is None:
            raise OperationError("nothing_asked")
        done: dict[str, Any] = {}
        if to is not None:  # first, so that the journal reaches beyond the copy
            done |= await copy_house(place, to.resolve(), keys_to.resolve() if keys_to else None, pg_bin)
        if journal is not None:
            done["journal"] = await keep_journal(place, journal.resolve())
        return done

    say(_done(run()), as_json=json)


def restore(
    reach: Reach,
    *,
    source: Annotated[Path, Parameter(name="--from")],
    realm: Annotated[Realm, Parameter(env_var="REALM")],
    operator: str,
    keys_from: Path | None = None,
    survivor: str | None = None,
    keys_survivor: str | None = None,
    journal: Path | None = None,
    skip: int = 100,
    directory: DirectoryName = "thach_an",
    law_profile: LawProfile = None,
    keystore_url: KeystoreUrl = None,
    pg_bin: Path | None = None,
    stream_bytes: int | None = None,
    json: Json = False,
) -> None:
    """Make a house of a backup in an empty database and an empty NATS store; say what is lost; open a new epoch.

    Parameters
    ----------
    source
        Folder of the backup.
    operator
        Who restores: id of the directory's form, named in the ledger.
    survivor
        Address of the old NATS, if it can still be reached: what happened after the backup is then known exactly.
    keys_survivor
        Address of the old key store's database: what was erased there after the backup is erased again.
    journal
        Journal kept by `backup --journal`, when there is no survivor.
    skip
        Numbers skipped in every register when there is no survivor.
    """
    if not _OFFICER.fullmatch(operator):
        sys.stderr.write("--operator cần mã cán bộ, ví dụ thach-an-07.\n")
        raise SystemExit(2)
    what = Source(
        source.resolve(),
        keys_from.resolve() if keys_from else None,
        survivor,
        keys_survivor,
        journal.resolve() if journal else None,
        skip,
    )
    where = Target(_place(reach, keystore_url), realm, operator, Reading(directory, law_profile), pg_bin, stream_bytes)
    say(_done(restore_house(what, where)), as_json=json)


def replay(
    name: Literal["portal"],
    house: House = HERE,
    *,
    check: bool = False,
    directory: DirectoryName = "thach_an",
    law_profile: LawProfile = None,
    json: Json = False,
) -> None:
    """Build the read model anew from the stream, with portal running or not.

    Parameters
    ----------
    check
        Only compare; exit 1 when a row differs.
    """
    reading, reach = Reading(directory, law_profile), house.reach()
    done = _done(replay_stream(reach.database_url, reach.nats_url, reach.secrets_dir, reading, only_compare=check))
    say(asdict(done), as_json=json)
    raise SystemExit(1 if check and any(done.differing.values()) else 0)


def _place(reach: Reach, keystore: str | None) -> Place:
    return Place(reach.database_url, reach.nats_url, reach.secrets_dir, keystore)


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except OperationError as error:
        named = f" ({error.event_id}, {error.error})" if isinstance(error, ReplayStopped) else ""
        sys.stderr.write(f"{error.code}: {error.advice}{named}\n")
        raise SystemExit(1) from None
