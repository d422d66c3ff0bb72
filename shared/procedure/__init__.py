"""The procedure: by kind and state the task, its result, the acts, who does them, what is owed, how it ends. Pure data.

casework decides by it, portal offers by it, the demo lives by it; nobody keeps a copy.
"""

from shared.procedure.acts import WHO, Act, By
from shared.procedure.choices import GROUNDS, OUTCOMES
from shared.procedure.life import LIFE, OWES, PUBLISHED, Step, offered, owed_on, step_of
from shared.procedure.moves import MOVING, Move, first_in_force, grounds, moves
from shared.procedure.stages import AT_WORK, ENDED, ENDED_AT_THE_DESK, LEADS_TO, OF_LETTERS, ON_THE_WAY, UNCONFIRMED

__all__ = [
    "AT_WORK",
    "ENDED",
    "ENDED_AT_THE_DESK",
    "GROUNDS",
    "LEADS_TO",
    "LIFE",
    "MOVING",
    "OF_LETTERS",
    "ON_THE_WAY",
    "OUTCOMES",
    "OWES",
    "PUBLISHED",
    "UNCONFIRMED",
    "WHO",
    "Act",
    "By",
    "Move",
    "Step",
    "first_in_force",
    "grounds",
    "moves",
    "offered",
    "owed_on",
    "step_of",
]
