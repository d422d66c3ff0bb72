"""Requests that change something must come from our own pages. Pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def same_origin(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a browser says that the request comes from our own origin; programs without a browser say nothing."""
    if method in SAFE:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or (origin != "null" and urlsplit(origin).netloc == headers.get("host", ""))
