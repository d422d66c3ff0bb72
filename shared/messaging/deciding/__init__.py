"""What makes handlers of pure decisions: `folding` for events, `acting` for commands on a case."""

from shared.messaging.deciding.acting import acting
from shared.messaging.deciding.folding import folding

__all__ = ["acting", "folding"]
