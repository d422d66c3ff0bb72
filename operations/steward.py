"""The operator on NATS."""

import asyncio
from pathlib import Path

import nats
from nats.aio.client import Client

from shared.contracts.bus.subjects import inbox_prefix
from shared.messaging.connection.bus import PING_SECONDS, PINGS_UNANSWERED, bus_tls
from shared.messaging.connection.outages import said_once
from shared.security.secrets import STEWARD, ServiceSecrets
from shared.settings.addresses import servers

CONNECT_SECONDS = 10.0
"""So long a verb waits for a server."""


async def connect_steward(nats_url: str, secrets_dir: Path, within: float | None = None) -> Client:
    """NATS connection of the operator.

    Raises:
        TimeoutError: no server took it within so many seconds; without a bound one is waited for.
    """
    async with asyncio.timeout(within):
        return await _connected(nats_url, secrets_dir)


async def _connected(nats_url: str, secrets_dir: Path) -> Client:
    return await nats.connect(
        servers(nats_url),
        tls=bus_tls(nats_url, secrets_dir),
        name=STEWARD,
        nkeys_seed_str=ServiceSecrets.load(secrets_dir, STEWARD).nats_seed,
        inbox_prefix=inbox_prefix(STEWARD),
        connect_timeout=5,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        ping_interval=PING_SECONDS,
        max_outstanding_pings=PINGS_UNANSWERED,
        **said_once(),
    )
