"""Which stages have ended, wait for a confirmation, or are at work; and what a desk may do with a letter."""

from collections.abc import Mapping

from shared.contracts.vocabulary import Stage
from shared.procedure.acts import Act

ENDED = (Stage.CLOSED, Stage.GUIDED, Stage.FILED, Stage.SPLIT, Stage.DISPATCHED)
"""Nobody is waited for any more. In the order of the read model's partial indexes."""

UNCONFIRMED = frozenset({Stage.PROPOSED, Stage.TRANSFERRED, Stage.RECEIVED, Stage.RETURNED})
"""A letter is treated as a denunciation, whatever it looks like."""

ON_THE_WAY = frozenset({Stage.TRANSFERRED, Stage.RECEIVED, Stage.RETURNED})
ENDED_AT_THE_DESK = frozenset({Stage.GUIDED, Stage.FILED, Stage.DISPATCHED})
AT_WORK = frozenset({Stage.OPEN, Stage.TAKEN, Stage.ACCEPTED, Stage.REFUSED, Stage.DECIDED})
"""A case that casework has."""

OF_LETTERS: Mapping[Stage, tuple[Act, ...]] = {
    Stage.PROPOSED: (Act.TRANSFER, Act.GUIDE, Act.FILE),
    Stage.TRANSFERRED: (Act.RECEIVE, Act.RETURN),
}
"""What the desk that confirms may do beside confirming."""
