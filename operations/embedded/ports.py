"""Free loopback ports, held for as long as a server may come back to them."""

from __future__ import annotations

import socket
import sys

from operations.embedded.errors import LocalRunError

LOOPBACK = "127.0.0.1"


class HeldPort:
    """A loopback port kept for one server across its restarts.

    The socket is bound and never listens. On Linux a server that sets SO_REUSEADDR binds beside it, while the kernel
    gives the number to nobody else: otherwise, with the server down, a client that retries could be given that very
    number as its own source port and connect to itself. Elsewhere the port is only chosen, not held.
    """

    def __init__(self, number: int | None = None) -> None:
        """Hold `number`, or any free port; raises LocalRunError `port_in_use`."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((LOOPBACK, number or 0))
        except OSError as error:
            self._socket.close()
            raise LocalRunError(
                "port_in_use",
                f"Cổng {number} đang có chương trình khác dùng; hãy chọn cổng khác. "
                f"/ Port {number} is used by another program; choose another.",
            ) from error
        self.number: int = self._socket.getsockname()[1]
        if sys.platform != "linux":
            self._socket.close()

    def release(self) -> None:
        """Give the port back."""
        self._socket.close()


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    held = HeldPort()
    held.release()
    return held.number
