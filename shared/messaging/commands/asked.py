"""A command that arrived, was parsed and is asked by somebody known."""

import contextvars
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.base import Command
from shared.contracts.bus.envelope import Envelope
from shared.effects import Cause
from shared.messaging.commands.router import Context, Route
from shared.messaging.commands.sealed import Opened
from shared.messaging.outbox.emitter import Emitter
from shared.postgres.pool import Connection
from shared.security.actor import Actor


@dataclass(slots=True)
class Asked:
    """What is decided, alone or together with others."""

    route: Route[Any]
    key: UUID
    command: Command
    actor: Actor | None
    cause: Cause
    now: datetime
    emitter: Emitter
    stage: contextvars.Context = field(default_factory=contextvars.copy_context)
    """Where its steps in the trace are heard."""
    emitted: list[Envelope] = field(default_factory=list)
    """Events of the transaction that decided it."""
    opened: Opened = field(default_factory=dict, repr=False)

    @property
    def scope(self) -> tuple[str, str, UUID]:
        """What a repeat has in common with the first."""
        return self.cause.actor_id, self.command.subject(), self.key

    def context(self, tx: Connection) -> Context:
        """A handler's view of a first or another try, in a transaction."""
        self.emitted = []
        return Context(
            tx, self.actor, self.now, self.cause, self.emitter, self.command.subject(), self.emitted, self.stage,
            self.opened,
        )  # fmt: skip
