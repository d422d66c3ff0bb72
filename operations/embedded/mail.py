"""A mail sink, on the loopback unless told otherwise: every mail becomes a file, nothing is sent on.

`python -m operations.embedded.mail --port P --store DIR [--host H]`
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import uuid
from collections.abc import Sequence
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from operations.embedded.ports import LOOPBACK
from operations.embedded.private_files import write_private
from operations.embedded.supervisor import stop_requested


class _Sink:
    """The handler aiosmtpd calls; file names tell the order of arrival and nothing else."""

    def __init__(self, store: Path) -> None:
        self._store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        arrived = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%f")
        name = f"{arrived}-{uuid.uuid4().hex}"
        part = self._store / f"{name}.part"
        content = envelope.content
        write_private(part, content if isinstance(content, bytes) else (content or "").encode())
        part.rename(self._store / f"{name}.eml")
        return "250 OK"


async def serve(port: int, store: Path, host: str = LOOPBACK) -> None:
    """Take mail until SIGTERM or Ctrl-C; prints `READY mail`."""
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    sink = _Sink(store)
    with stop_requested() as stop:
        server = await loop.create_server(
            lambda: SMTP(sink, hostname="localhost", enable_SMTPUTF8=True, loop=loop), host, port
        )
        async with server:
            print("READY mail", flush=True)
            await stop.wait()


def main(argv: Sequence[str] | None = None) -> None:
    """Run the sink from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True)
    arguments = parser.parse_args(argv)
    asyncio.run(serve(arguments.port, arguments.store, arguments.host))


if __name__ == "__main__":
    main()
