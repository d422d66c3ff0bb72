"""A signed POST after the Standard Webhooks convention (standardwebhooks.com). A 2xx is the proof that it was taken."""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import socket
from contextlib import closing, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

import orjson

from services.notify.channels.channel import ChannelDown, MessageRefused
from services.notify.domain import Notice
from shared.contracts.vocabulary import Medium

TIMEOUT_SECONDS = 10.0
SHORTEST_KEY = 24
"""Bytes."""
BASE64_MARK = "whsec_"
_PASSING = frozenset({408, 429})
"""Client errors that waiting may mend: timeout, too many requests."""


class WebhookChannel:
    """One receiver: https, or http on this machine. Follows no redirect and asks no proxy.

    Raises:
        ValueError: the address or the secret is not acceptable; neither is repeated.
    """

    medium = Medium.WEBHOOK

    def __init__(self, url: str, secret: str) -> None:
        parts = _receiver(url)
        self._connection = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host = str(parts.hostname)
        self._port = parts.port
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._key = key_of(secret)

    async def send(self, notice: Notice, now: datetime) -> int:
        """Post one notice on a connection of its own."""
        content = body_of(notice)
        headers = {"content-type": "application/json"} | signed(self._key, str(notice.alert_id), now, content)
        connection = self._connection(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                status = await asyncio.to_thread(_post, connection, self._target, content, headers)
        except (HTTPException, OSError):
            raise ChannelDown from None
        finally:
            _hang_up(connection)
        return taken(status)


def body_of(notice: Notice) -> bytes:
    """What the receiver learns: that an alert waits, and until when."""
    told = {
        "type": "alert.raised",
        "alert_id": str(notice.alert_id),
        "due_on": notice.due_on,
        "acknowledge_by": notice.acknowledge_by.astimezone(UTC),
    }
    return orjson.dumps(told, option=orjson.OPT_UTC_Z)


def signed(key: bytes, message_id: str, now: datetime, content: bytes) -> dict[str, str]:
    """The three headers of the convention: HMAC-SHA256 over `id.timestamp.body`."""
    timestamp = str(int(now.timestamp()))
    mac = hmac.digest(key, b".".join((message_id.encode(), timestamp.encode(), content)), hashlib.sha256)
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}


def key_of(secret: str) -> bytes:
    """The signing key: base64 after `whsec_`, else the text itself.

    Raises:
        ValueError: not base64, or shorter than 24 bytes.
    """
    marked = secret.startswith(BASE64_MARK)
    try:
        key = base64.b64decode(secret.removeprefix(BASE64_MARK), validate=True) if marked else secret.encode()
    except ValueError:
        raise ValueError("WEBHOOK_SECRET must be base64 after whsec_") from None
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"WEBHOOK_SECRET must have at least {SHORTEST_KEY} bytes")
    return key


def taken(status: int) -> int:
    """The status of a delivery.

    Raises:
        MessageRefused: a client error; the same request would meet it again.
        ChannelDown: anything else that is no 2xx, a redirect too.
    """
    if 200 <= status < 300:
        return status
    if 400 <= status < 500 and status not in _PASSING:
        raise MessageRefused
    raise ChannelDown


def _receiver(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0 and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        raise ValueError("WEBHOOK_URL is no address") from None
    if not usable or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise ValueError("WEBHOOK_URL must be an address without user, password and fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and _on_this_machine(parts.hostname)):
        raise ValueError("WEBHOOK_URL must be https, or http to the loopback")
    return parts


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _post(connection: HTTPConnection, target: str, content: bytes, headers: dict[str, str]) -> int:
    with closing(connection):
        connection.request("POST", target, content, headers)
        with connection.getresponse() as response:
            return response.status


def _hang_up(connection: HTTPConnection) -> None:
    """End a request that outlived its time: its thread wakes and closes."""
    line: socket.socket | None = connection.sock
    if line is not None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
