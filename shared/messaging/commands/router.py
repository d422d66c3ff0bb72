"""Commands and queries as services see them: what a handler works with, and which commands a service answers."""

import contextvars
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid5

from shared.contracts import house
from shared.contracts.base import Command, Reply
from shared.contracts.bus.envelope import Envelope
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.effects import Cause, Draft
from shared.law.day import legal_day
from shared.messaging.commands.sealed import Opened
from shared.messaging.outbox.emitter import Emitter
from shared.postgres.pool import Connection
from shared.security.actor import Actor

KEY_HEADER = "Idempotency-Key"
ACTOR_HEADER = "Actor-Assertion"

C = TypeVar("C", bound=Command)
P = TypeVar("P")


@dataclass(slots=True)
class Context:
    """What a handler works with: one transaction, one named person, one instant."""

    tx: Connection
    actor: Actor | None
    now: datetime
    cause: Cause
    emitter: Emitter
    command: str
    emitted: list[Envelope] = field(default_factory=list)
    stage: contextvars.Context = field(default_factory=contextvars.copy_context)
    """Whose step in the trace it is, when commands of several persons are handled together."""
    opened: Opened = field(default_factory=dict, repr=False)

    @property
    def today(self) -> date:
        """The legal day (Asia/Ho_Chi_Minh)."""
        return legal_day(self.now)

    @property
    def person(self) -> Actor:
        """The named person.

        Raises:
            Denied: nobody is signed in.
        """
        if self.actor is None:
            raise Denied(ErrorCode.NOT_SIGNED_IN)
        return self.actor

    def deny(self, case_id: UUID, denied: Denied) -> None:
        """Chain the denial of one item of a command whose other items go on."""
        event = house.of(self.emitter.service, house.CommandRefused)(
            command=self.command, code=denied.error.code, refused_to=self.cause.actor_id
        )
        drafts = [Draft(event, natural_key=denied.code)]
        self.emit(case_id, drafts, after=0, aggregate_id=uuid5(self.cause.id, str(case_id)))

    def emit(self, case_id: UUID, drafts: Iterable[Draft], *, after: int, aggregate_id: UUID | None = None) -> None:
        """Stamp drafts; they reach the outbox in the command's transaction."""
        stamped = self.emitter.stamp(self.cause, case_id, drafts, after=after, aggregate_id=aggregate_id)
        self.emitted.extend(self.stage.run(list, stamped))


Handler = Callable[[Context, C], Awaitable[Reply]]
Authorise = Callable[[Context, C], None]
Recall = Callable[[Context, dict[str, Any]], Reply]


@dataclass(frozen=True, slots=True)
class Together(Generic[C, P]):
    """How commands that wait at the same time are committed together, each with its own effects and answer."""

    prepare: Callable[[Context, C], P | None]
    """Pure checks; None, or a refusal, sends a command its own way, alone."""
    keep: Callable[[Connection, Sequence[tuple[Context, P]]], Awaitable[Sequence[Reply]]]
    """Write all of them, set-based, and answer in the same order; an error sends each its own way."""


@dataclass(frozen=True, slots=True)
class Route(Generic[C]):
    """How one command is answered."""

    command: type[C]
    handle: Handler[C]
    authorise: Authorise[C]
    public: bool
    recall: Recall | None
    """Rebuilds an answer whose protected part is not stored."""
    not_stored: frozenset[str]
    together: Together[C, Any] | None


class CommandRouter:
    """The commands and queries of one service."""

    def __init__(self) -> None:
        self.routes: dict[str, Route[Any]] = {}

    def add(
        self,
        command: type[C],
        handle: Handler[C],
        authorise: Authorise[C],
        *,
        public: bool = False,
        recall: Recall | None = None,
        not_stored: frozenset[str] = frozenset(),
        together: Together[C, Any] | None = None,
    ) -> None:
        """Answer `command`. `authorise` is pure policy and runs for repeats too; `public` needs no named person."""
        self.routes[command.subject()] = Route(command, handle, authorise, public, recall, not_stored, together)
