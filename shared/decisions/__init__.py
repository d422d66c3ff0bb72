"""What every decision is made of: its cause, a new state and the events that follow, the day of a legal act. Pure."""

from shared.decisions.cause import Cause, event_id
from shared.decisions.dates import dated
from shared.decisions.decision import Decision, Draft, Versioned, numbered

__all__ = ["Cause", "Decision", "Draft", "Versioned", "dated", "event_id", "numbered"]
