"""Addresses of PostgreSQL and NATS: lists of servers, and what may be reached without TLS. Pure."""

from urllib.parse import parse_qs, urlsplit

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Plaintext(Exception):
    """Production reaches others by TLS only: NATS_URL=tls://…, DATABASE_URL=…?sslmode=verify-full&sslrootcert=…."""

    code = "plaintext_refused"


def servers(url: str) -> list[str]:
    """The servers of a comma-separated NATS_URL."""
    return [part.strip() for part in url.split(",") if part.strip()]


def refuse_plaintext(url: str) -> None:
    """Let a URL pass that is no address of PostgreSQL or NATS, encrypts and verifies names, or stays on this machine.

    Raises:
        Plaintext: what is said there could be read or changed on its way.
    """
    if url.startswith(("postgresql://", "postgres://")):
        parts = urlsplit(url)
        encrypted = parse_qs(parts.query).get("sslmode") == ["verify-full"]
        hosts = parts.netloc.rsplit("@", 1)[-1].split(",")
    elif "nats://" in url or "tls://" in url:
        encrypted = all(server.startswith("tls://") for server in servers(url))
        hosts = [urlsplit(server).netloc for server in servers(url)]
    else:
        return
    if not encrypted and not all(urlsplit(f"//{host}").hostname in _LOOPBACK for host in hosts):
        raise Plaintext
