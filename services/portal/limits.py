"""Sliding windows of failed tries, per process. Only failures count, so nobody is locked out by working."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_KEYS = 10_000


class Window:
    """At most `most` failures per key within `seconds` of machine time."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Whether another try is allowed now."""
        failures = self._failures.get(key)
        if failures is None:
            return True
        while failures and failures[0] <= self._clock() - self._seconds:
            failures.popleft()
        return len(failures) < self._most

    def failed(self, key: str) -> None:
        """Count a failure. The key untouched for longest is forgotten when there are too many."""
        self._failures.setdefault(key, deque(maxlen=self._most)).append(self._clock())
        self._failures.move_to_end(key)
        if len(self._failures) > MOST_KEYS:
            self._failures.popitem(last=False)
