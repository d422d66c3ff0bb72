"""The `donthu` command. `--json` prints one JSON object on stdout; logs go to stderr."""

import logging
import sys

from cyclopts import App

app = App(name="donthu", help="Đơn Thư: nhận, chuyển, giải quyết và trả lời mọi đơn thư của người dân.")
for verb in (
    "run:up",
    "run:demo",
    "run:service",
    "house:provision",
    "house:nats_config",
    "house:migrate",
    "house:reconcile",
    "house:asyncapi",
    "backup:backup",
    "backup:restore",
    "backup:replay",
    "balance:ledger",
    "accounts:accounts",
    "audit:audit",
    "bench:bench",
    "held:held",
    "doctor:doctor",
    "doctor:drilled",
    "law:law",
):
    app.command(f"operations.commands.{verb}")  # by name: a verb imports what it needs only when it is called


def main() -> None:
    """Entry point."""
    # nats-py's change to TLS makes asyncio warn each time such a connection ends.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    if not sys.argv[1:] or sys.argv[1].startswith("-"):
        app.resolved_commands()  # the list of all verbs says of each what it does
    from operations.commands.errors import EXPECTED, sentence  # what only a failure needs is imported late

    try:
        app()
    except EXPECTED as error:
        sys.stderr.write(f"{sentence(error)}\n")
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
