"""Header lines of NATS messages, as nats-py reads them, with names remembered: every event brings the same sixteen.

nats-py decodes and checks each name of each message anew, a fifth of what a reader spends on an event (docs/adr/0024).
"""

from functools import lru_cache

from nats.aio.client import Client

_CALL = "_parse_header_lines"
"""Where nats-py takes a block of lines apart. Were it renamed, nothing would be quicker and nothing else different."""


def read_quickly(connection: Client) -> None:
    """Let a connection read header lines with :func:`header_lines`."""
    setattr(connection, _CALL, header_lines)


def header_lines(raw: bytes) -> dict[str, str]:
    """Names and values of a block of lines."""
    found: dict[str, str] = {}
    for line in raw.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon and (known := _name(name)) is not None:
            found[known] = value.strip().decode("utf-8", "replace")
    return found


@lru_cache(maxsize=256)
def _name(raw: bytes) -> str | None:
    """A name, or None when its line is left out."""
    try:
        name = raw.strip().decode("ascii")
    except UnicodeDecodeError:
        return None
    return None if any(map(str.isspace, name)) else name
