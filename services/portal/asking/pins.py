"""PINs for senders who are not at the desk: put on the paper that is sent to them, never stored. Pure."""

import hashlib
import hmac
from itertools import count
from uuid import UUID

from shared.security.codes import normalise_pin
from shared.security.errors import SecurityError

_RANGE = 1_000_000


def drawn_pin(secret: bytes, key: UUID) -> str:
    """Six digits that follow from the form's key, so that a form sent twice names one PIN; never an easy one."""
    for attempt in count():
        digest = hmac.new(secret, b"pin" + key.bytes + attempt.to_bytes(2, "big"), hashlib.sha256).digest()
        try:
            return normalise_pin(f"{int.from_bytes(digest[:8], 'big') % _RANGE:06d}")
        except SecurityError:
            continue
    raise AssertionError("unreachable")
