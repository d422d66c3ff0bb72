"""The procedure: by kind and state the task, its result, the acts, who does them, what is owed, how it ends. Pure data.

casework decides by it, portal offers by it, the demo lives by it; nobody keeps a copy.
"""

from shared.procedure.acts import WHO, Act, By
from shared.procedure.choices import GROUNDS, OUTCOMES
from shared.procedure.life import LIFE, OWES, Step, offered, step_of

__all__ = ["GROUNDS", "LIFE", "OUTCOMES", "OWES", "WHO", "Act", "By", "Step", "offered", "step_of"]
