"""From where a request comes, behind proxies that are ours; for limits only. Pure."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
_OF_ONE_HOME = 64
"""Bits of an IPv6 address that stay the same in one home; the rest anybody there chooses freely."""


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas or blanks between them. `ValueError` for anything else."""
    return tuple(ip_network(part) for part in text.replace(",", " ").split())


def source_of(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The nearest address that is no proxy of ours; the peer when that cannot be said.

    `forwarded` are the X-Forwarded-For lines as they came. They are read from the right, where our own proxies write,
    and only as far as those who wrote are trusted: what stands further left anybody may have put there.
    """
    here = _address(peer)
    if here is None:
        return peer or "-"
    named = [part.strip() for part in ",".join(forwarded).split(",")] if forwarded else []
    while named and any(here in network for network in trusted):
        before = _address(named.pop())
        if before is None:
            return _told(_address(peer) or here)
        here = before
    return _told(here)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _told(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, _OF_ONE_HOME), strict=False))
