"""Limits of failed tries, per process. Only failures count, so nobody is locked out by working.

A secret (a code, a name) is guarded by its own window, looked at before it is checked. A source is no person: a whole
commune may come from one address. Its window is wide, and is asked only after a failure, so that whoever is right gets
in whatever others of the same address did.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from secrets import token_bytes

from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode

MOST_KEYS = 10_000


class Window:
    """At most `most` failures per key within `seconds` of machine time. Keys are kept as hashes of this process."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._salt = token_bytes(32)
        self._failures: OrderedDict[bytes, deque[float]] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Whether another try is allowed now."""
        failures = self._failures.get(self._hashed(key))
        if failures is None:
            return True
        while failures and failures[0] <= self._clock() - self._seconds:
            failures.popleft()
        return len(failures) < self._most

    def failed(self, key: str) -> None:
        """Count a failure. The key untouched for longest is forgotten when there are too many."""
        hashed = self._hashed(key)
        self._failures.setdefault(hashed, deque(maxlen=self._most)).append(self._clock())
        self._failures.move_to_end(hashed)
        if len(self._failures) > MOST_KEYS:
            self._failures.popitem(last=False)

    def _hashed(self, key: str) -> bytes:
        return blake2b(key.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Limits:
    """The two windows of one kind of try."""

    of_secret: Window
    of_source: Window

    def check(self, secret: str) -> None:
        """Before a try.

        Raises:
            Denied: `too_many_tries` at this code or name.
        """
        if not self.of_secret.allows(secret):
            raise Denied(ErrorCode.TOO_MANY_TRIES)

    def failed(self, secret: str, source: str) -> None:
        """Count a try that failed.

        Raises:
            Denied: `too_many_tries` from this source; said after the check, to those who failed.
        """
        self.of_secret.failed(secret)
        if not self.of_source.allows(source):
            raise Denied(ErrorCode.TOO_MANY_TRIES)
        self.of_source.failed(source)
