"""How NATS is trusted: `tls://` servers by the house's own certificate authority, which lies beside the keys."""

import ssl
from pathlib import Path

from shared.settings.addresses import servers

DIAL_SECONDS = 0.25
"""Between two tries to reach a NATS that is away."""
PING_SECONDS, PINGS_UNANSWERED = 4, 2
"""A server from which nothing comes is given up after 12 s; nats-py's own figures make that six minutes."""
CA = "ca.pem"
"""File below the secrets folder: the authorities that sign the servers; without it, those this machine trusts."""


def bus_tls(nats_url: str, secrets_dir: Path) -> ssl.SSLContext | None:
    """What verifies the servers' certificates and names; None for plain text."""
    if not all(server.startswith("tls://") for server in servers(nats_url)):
        return None
    authorities = secrets_dir / CA
    context = ssl.create_default_context(cafile=str(authorities) if authorities.exists() else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context
