"""TLS for the embedded wheel's pg_dump and pg_restore, which are built without: a socket of ours stands in between.

The socket lies in a folder that only we may enter. What the program says there goes on encrypted, to a server that has
proved its name as `sslmode` asks. Each host of an address keeps its place, so `target_session_attrs` still chooses.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""First message of a client that wants TLS (PostgreSQL's documentation, Message Formats); the answer is `S` or `N`."""
_BOUND = b"SCRAM-SHA-256-PLUS\x00"
"""Of the server's first message; a client without TLS takes it for an attempt to talk it out of TLS, and hangs up."""


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4) + body


_AWAY = _message(b"E", b"SFATAL\x00VFATAL\x00C57P03\x00Mno encrypted connection\x00\x00")
"""`cannot_connect_now`: after it, and not after a connection that just ends, libpq asks the next host."""


@asynccontextmanager
async def encrypted(url: str) -> AsyncIterator[str]:
    """The address to give to a program without TLS; the same one when it asks for none.

    A server that does not prove its name is hung up on; the program hears that it cannot connect now.
    """
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    context = _context(asked.pop("sslmode", ""), asked.pop("sslrootcert", None))
    if context is None:
        yield url
        return
    user, _, netloc = parts.netloc.rpartition("@")
    hosts = [urlsplit(f"//{host}") for host in netloc.split(",")]
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="donthu-"))
        for number, host in enumerate(hosts, start=1):
            carry = partial(_carry, host.hostname or "localhost", host.port or 5432, context)
            server = await asyncio.start_unix_server(carry, Path(folder, f".s.PGSQL.{number}"))
            stack.callback(server.close)
        numbers = (str(number) for number, _ in enumerate(hosts, start=1))
        asked |= {"host": ",".join(folder for _ in hosts), "port": ",".join(numbers)}
        yield urlunsplit(parts._replace(netloc=f"{user}@", query=urlencode(asked)))


def _context(mode: str, authority: str | None) -> ssl.SSLContext | None:
    if mode not in ("require", "verify-ca", "verify-full"):
        return None
    context = ssl.create_default_context(cafile=authority)
    context.check_hostname = mode == "verify-full"
    if mode == "require" and authority is None:
        context.verify_mode = ssl.CERT_NONE
    return context


async def _carry(
    host: str, port: int, context: ssl.SSLContext, near: asyncio.StreamReader, back: asyncio.StreamWriter
) -> None:
    try:
        far, on = await _reached(host, port, context)
    except (OSError, EOFError):
        back.write(_AWAY)
    else:
        await asyncio.gather(pass_on(near, on), _answer(far, back), return_exceptions=True)
        on.close()
    back.close()


async def _reached(host: str, port: int, context: ssl.SSLContext) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    far, on = await asyncio.open_connection(host, port)
    try:
        on.write(SSL_REQUEST)
        if await far.read(2) != b"S":  # anything after it would be somebody's plain text, taken for the server's word
            raise ConnectionRefusedError
        await on.start_tls(context, server_hostname=host)
    except BaseException:
        on.close()
        raise
    return far, on


async def _answer(far: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
    """Pass on what the server says, without its offer to bind the password to TLS, which ends here."""
    try:
        kind, length = await far.readexactly(1), int.from_bytes(await far.readexactly(4))
        back.write(_message(kind, (await far.readexactly(length - 4)).replace(_BOUND, b"")))
        await pass_on(far, back)
    finally:
        back.close()


async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Write what is read, until its end, and end the other side then."""
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    finally:
        target.close()
