"""Events on their way out: written with the state, stamped, published in order."""

from shared.messaging.outbox.rows import put

__all__ = ["put"]
