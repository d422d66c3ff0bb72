"""The `donthu` command. `--json` prints one JSON object on stdout; logs go to stderr."""

import asyncio
import logging
import sys
from datetime import date
from getpass import getpass
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from cyclopts import App, Parameter

from deploy.commands.bench import bench
from deploy.commands.operator import DEFAULT_DATA, Reach, say
from deploy.local.errors import LocalRunError
from shared.settings import Realm

app = App(name="donthu", help="Đơn Thư: nhận, chuyển, giải quyết và trả lời mọi đơn thư của người dân.")
accounts = App(name="accounts", help="Tài khoản đăng nhập.")
audit = App(name="audit", help="Sổ kiểm toán nối chuỗi băm.")
held = App(name="held", help="Sự kiện chưa xử lý được.")
law = App(name="law", help="Quy định và thời hạn.")
for group in (accounts, audit, bench, held, law):
    app.command(group)

ServiceName = Literal["intake", "routing", "casework", "escalation", "notify", "audit", "portal"]
Json = Annotated[bool, Parameter(name="--json", negative="", help="one JSON object on stdout")]


@app.command
def up(*, data_dir: Path = DEFAULT_DATA, port: int | None = None, virtual_clock: bool = True) -> None:
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
    from deploy.up import up as run

    try:
        asyncio.run(run(data_dir.resolve(), port=port, virtual_clock=virtual_clock))
    except LocalRunError as error:
        sys.stderr.write(f"{error.advice}\n")
        raise SystemExit(1) from None


@app.command
def demo(*, days: int = 60, petitions: int | None = None, json: Json = False) -> None:
    """Play the district headless on the virtual clock from 2025-01-06; exit 1 if a law counter is not 0.

    Parameters
    ----------
    days
        Days of case time.
    petitions
        How many letters; all by default.
    """
    from deploy.demo.report import passed
    from deploy.demo.run import demo as run

    result = asyncio.run(run(days, petitions))
    say(result, as_json=json)
    raise SystemExit(0 if passed(result) else 1)


@app.command
def service(name: ServiceName) -> None:
    """Run one service with the settings of the environment."""
    import uvloop

    from deploy.service import run_service

    raise SystemExit(uvloop.run(run_service(name)))


@app.command
def migrate(
    reach: Reach,
    *,
    realm: Annotated[Realm, Parameter(env_var="REALM")],
    keystore_url: Annotated[str | None, Parameter(env_var="KEYSTORE_URL")] = None,
    stream_bytes: int | None = None,
    stream_replicas: Literal[1, 3, 5] | None = None,
) -> None:
    """Create or update roles, schemas, key store and stream; what a stream has is raised, never lowered.

    Parameters
    ----------
    stream_bytes
        Bound of the event stream; for a new one by default 70 % of the space free here.
    stream_replicas
        NATS servers that keep a copy of every event; more than one needs a cluster.
    """
    from deploy.migrate import migrate as run

    tag = asyncio.run(
        run(
            database_url=reach.database_url, nats_url=reach.nats_url, secrets_dir=reach.secrets_dir, realm=realm,
            keystore=keystore_url, stream_bytes=stream_bytes, stream_replicas=stream_replicas,
            tell=lambda line: print(line, file=sys.stderr),
        )
    )  # fmt: skip
    say({"realm": tag}, as_json=False)


@app.command
def provision(secrets_dir: Annotated[Path, Parameter(env_var="SECRETS_DIR")]) -> None:
    """Create the secrets that are missing; never changes one that is there."""
    from shared.contracts.house import SERVICES
    from shared.security.secrets import provision as run

    run(secrets_dir, SERVICES)


@app.command
def reconcile(reach: Reach, *, json: Json = False) -> None:
    """Publish again what the stream lacks. Stop the services first."""
    from deploy.reconcile import reconcile as run

    done = asyncio.run(run(database_url=reach.database_url, nats_url=reach.nats_url, secrets_dir=reach.secrets_dir))
    say({"in_stream": done.in_stream, "published_again": done.published_again, "moved": done.moved}, as_json=json)


@app.command
def backup(
    reach: Reach,
    *,
    to: Path | None = None,
    keys_to: Path | None = None,
    journal: Path | None = None,
    keystore_url: Annotated[str | None, Parameter(env_var="KEYSTORE_URL")] = None,
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
    from deploy.commands.backup import run_backup

    run_backup(reach, to=to, keys_to=keys_to, journal=journal, keystore_url=keystore_url, pg_bin=pg_bin, as_json=json)


@app.command
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
    directory: Annotated[str, Parameter(env_var="DIRECTORY")] = "thach_an",
    law_profile: Annotated[str | None, Parameter(env_var="LAW_PROFILE")] = None,
    keystore_url: Annotated[str | None, Parameter(env_var="KEYSTORE_URL")] = None,
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
    from deploy.commands.backup import run_restore

    run_restore(
        reach, source=source, keys_from=keys_from, survivor=survivor, keys_survivor=keys_survivor, journal=journal,
        skip=skip, realm=realm, operator=operator, directory=directory, law_profile=law_profile,
        keystore_url=keystore_url, pg_bin=pg_bin, stream_bytes=stream_bytes, as_json=json,
    )  # fmt: skip


@app.command
def replay(
    name: Literal["portal"],
    reach: Reach,
    *,
    check: bool = False,
    directory: Annotated[str, Parameter(env_var="DIRECTORY")] = "thach_an",
    law_profile: Annotated[str | None, Parameter(env_var="LAW_PROFILE")] = None,
    json: Json = False,
) -> None:
    """Build the read model anew from the stream, with portal running or not.

    Parameters
    ----------
    check
        Only compare; exit 1 when a row differs.
    """
    from deploy.commands.backup import run_replay

    run_replay(reach, check=check, directory=directory, law_profile=law_profile, as_json=json)


@app.command
def ledger(reach: Reach, *, mails: Path | None = None, sent: Path | None = None, json: Json = False) -> None:
    """Balance "nothing lost, nothing doubled" over every store; exit 1 when a line is not 0.

    Parameters
    ----------
    mails
        Folder of the local mail server, when there is one.
    sent
        The sender's own list: one case id per line.
    """
    from deploy.commands.balance import run

    lines = asyncio.run(run(reach, mails=mails, sent=sent))
    say(lines, as_json=json)
    raise SystemExit(1 if any(lines.values()) else 0)


@app.command
def nats_config(secrets_dir: Annotated[Path, Parameter(env_var="SECRETS_DIR")]) -> None:
    """Print the `authorization` block of nats-server's configuration."""
    from shared.contracts.permissions import authorization
    from shared.security.secrets import PublicKeys

    sys.stdout.write(authorization(PublicKeys.load(secrets_dir).nats_users))


@app.command
def asyncapi() -> None:
    """Print the AsyncAPI document of all events, commands and queries."""
    from shared.contracts.asyncapi import document

    say(document(), as_json=True)


@audit.command
def verify(
    reach: Reach | None = None, *, export: Path | None = None, head: str | None = None, json: Json = False
) -> None:
    """Verify the chain, online or from an export; exit 1 when anything is wrong.

    Parameters
    ----------
    export
        A file made by `audit export`: verified without database.
    head
        A head noted elsewhere, `number:hash`: shows deletion even at the end.
    """
    from deploy.commands.ledger import read_chain, read_export, report

    if export is None and reach is None:
        sys.stderr.write("Cần --database-url (hoặc DATABASE_URL), hoặc --export FILE.\n")
        raise SystemExit(2)
    chain = read_export(export) if export else asyncio.run(read_chain(_given(reach)))
    result = report(chain, head)
    say(result, as_json=json)
    raise SystemExit(0 if result["verified"] else 1)


@audit.command(name="export")
def export_chain(reach: Reach, *, to: Path | None = None) -> None:
    """Write the whole chain as JSON lines."""
    from deploy.commands.ledger import export, read_chain, write

    write(export(asyncio.run(read_chain(reach))), to)


@held.command(name="list")
def list_held(reach: Reach, *, json: Json = False) -> None:
    """List events that wait."""
    from deploy.commands.held_events import listing

    rows = asyncio.run(listing(reach))
    say({"held": rows} if json else rows, as_json=json)


@held.command
def retry(service: ServiceName, reach: Reach, *, event: UUID | None = None) -> None:
    """Make held events of a service due now."""
    from deploy.commands.held_events import retry as run

    say({"due_now": asyncio.run(run(reach, service, event))}, as_json=False)


@held.command
def discard(service: ServiceName, event: UUID, reach: Reach) -> None:
    """Give up one held event; the act is chained in the ledger."""
    from deploy.commands.held_events import discard as run

    say({"discarded": asyncio.run(run(reach, service, event))}, as_json=False)


@accounts.command
def add(*officers: str, reach: Reach) -> None:
    """Give officers of the directory accounts named by their ids; asks for one first password for all of them."""
    from deploy.commands.people import add as run

    asyncio.run(run(reach, officers, getpass("Mật khẩu đầu tiên: ")))


@law.command
def rules(*, json: Json = False) -> None:
    """List every rule with number, unit, citation, validity."""
    from deploy.commands.law import list_rules

    rows = list_rules()
    say({"rules": rows} if json else rows, as_json=json)


@law.command
def due(
    rule: str = "",
    *,
    start: Annotated[date | None, Parameter(name="--from")] = None,
    complicated: bool = False,
    remote: bool = False,
    profile: str | None = None,
    batch: bool = False,
    json: Json = False,
) -> None:
    """Compute a due date, or answer JSON lines of stdin with `--batch`."""
    from deploy.commands.law import batch as answer_lines
    from deploy.commands.law import due_date, print_lines

    if batch:
        print_lines(answer_lines(sys.stdin))
        return
    if not rule or start is None:
        sys.stderr.write("Cần mã quy định và --from NGÀY, ví dụ: donthu law due KN-12 --from 2025-01-06\n")
        raise SystemExit(2)
    result = due_date(rule, start, complicated=complicated, remote=remote, profile=profile)
    say(result, as_json=json)
    raise SystemExit(1 if "error" in result else 0)


def _given(reach: Reach | None) -> Reach:
    assert reach is not None
    return reach


def main() -> None:
    """Entry point."""
    # nats-py's change to TLS makes asyncio warn each time such a connection ends.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    app()


if __name__ == "__main__":
    main()
