"""How a service keeps the states that its decisions are about."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from shared.effects import Versioned
from shared.postgres.pool import Connection

S = TypeVar("S", bound=Versioned)

Load = Callable[[Connection, Sequence[UUID]], Awaitable[Mapping[UUID, S]]]
"""Load and lock the states of these cases (`for update`, ordered by id)."""
Save = Callable[[Connection, Sequence[S]], Awaitable[None]]
"""Write whole states, set-based."""
