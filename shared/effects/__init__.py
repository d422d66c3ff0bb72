"""What every decision is made of: its cause, a new state and the events that follow, the day of a legal act. Pure."""

from shared.effects.cause import Cause, event_id
from shared.effects.dates import dated
from shared.effects.effect import Draft, Effect, Versioned, numbered

__all__ = ["Cause", "Draft", "Effect", "Versioned", "dated", "event_id", "numbered"]
