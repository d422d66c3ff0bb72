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
    Stage.PROPOSED: (Act.CONFIRM, Act.TRANSFER, Act.GUIDE, Act.FILE, Act.SPLIT),
    Stage.TRANSFERRED: (Act.RECEIVE, Act.RETURN),
}
"""What the desk that confirms may do."""

LEADS_TO: Mapping[tuple[Stage, Act], tuple[Stage, ...]] = {
    (Stage.REGISTERED, Act.GO_ON): (Stage.PROPOSED,),
    (Stage.PROPOSED, Act.CONFIRM): (Stage.CONFIRMED,),
    (Stage.PROPOSED, Act.TRANSFER): (Stage.TRANSFERRED, Stage.DISPATCHED),
    (Stage.PROPOSED, Act.GUIDE): (Stage.GUIDED,),
    (Stage.PROPOSED, Act.FILE): (Stage.FILED,),
    (Stage.PROPOSED, Act.SPLIT): (Stage.SPLIT,),
    (Stage.TRANSFERRED, Act.RECEIVE): (Stage.RECEIVED,),
    (Stage.TRANSFERRED, Act.RETURN): (Stage.RETURNED,),
    (Stage.RECEIVED, Act.GO_ON): (Stage.PROPOSED,),
    (Stage.RETURNED, Act.GO_ON): (Stage.PROPOSED,),
    (Stage.CONFIRMED, Act.GO_ON): (Stage.OPEN,),
    (Stage.OPEN, Act.TAKE_OVER): (Stage.TAKEN, Stage.ACCEPTED, Stage.REFUSED, Stage.DECIDED),
    (Stage.TAKEN, Act.ACCEPT): (Stage.ACCEPTED,),
    (Stage.TAKEN, Act.REFUSE): (Stage.REFUSED,),
    (Stage.TAKEN, Act.DECIDE): (Stage.DECIDED,),
    (Stage.ACCEPTED, Act.DECIDE): (Stage.DECIDED,),
    (Stage.TAKEN, Act.TERMINATE): (Stage.DECIDED,),
    (Stage.ACCEPTED, Act.TERMINATE): (Stage.DECIDED,),
    (Stage.REFUSED, Act.CLOSE): (Stage.CLOSED,),
    (Stage.DECIDED, Act.CLOSE): (Stage.CLOSED,),
    **{(stage, Act.REASSIGN): (Stage.OPEN,) for stage in (Stage.TAKEN, Stage.ACCEPTED, Stage.REFUSED, Stage.DECIDED)},
}
"""Where an act leads. After a reassignment a case goes on where it was."""
