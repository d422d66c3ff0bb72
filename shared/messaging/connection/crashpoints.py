"""Named places where a test may kill the process; they do nothing unless a test realm armed one.

Points: `reader.after_decide`, `reader.before_commit`, `reader.after_commit`, `relay.after_publish`,
`command.before_commit`, `command.after_commit`, `ticker.before_commit`, `mail.after_send`, `webhook.after_send`.
"""

import os
import signal

_armed: dict[str, int] = {}


def arm(plan: str) -> None:
    """Arm `point:n`: the n-th time the point is reached the process kills itself."""
    point, _, count = plan.partition(":")
    _armed[point] = int(count or 1)


def reach(point: str) -> None:
    """Pass a named point."""
    if point in _armed:
        _armed[point] -= 1
        if _armed[point] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
