"""Commands and queries on the answering side: who asks, was it asked before, may he, then decide, commit, reply.

A command is idempotent by (actor, command, key): a repeat is authorised again and gets the same answer; the same key
with another payload is refused. A refused command is chained as an event; invalid input is only answered.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid5

import asyncpg
import orjson
from faststream.nats import NatsBroker, NatsMessage
from pydantic import ValidationError

from shared.contracts import house
from shared.contracts.base import Command, Error, Query, Reply, Sealed
from shared.contracts.envelope import Envelope
from shared.contracts.refusal import Refused
from shared.contracts.subjects import inbox_prefix
from shared.contracts.vocabulary import ErrorCode
from shared.messaging import crashpoints, outbox
from shared.messaging.drafts import LEGAL_ZONE, Cause, Draft, Emitter
from shared.messaging.failures import code_of
from shared.postgres.casetime import CaseClock
from shared.postgres.pool import Connection
from shared.security.actor import Actor, ActorVerifier
from shared.security.errors import SecurityError
from shared.security.sealing import SealBroken, open_sealed
from shared.telemetry.logs import get_logger
from shared.telemetry.tracing import child_traceparent, new_traceparent

KEY_HEADER = "Idempotency-Key"
ACTOR_HEADER = "Actor-Assertion"
WORKERS = 64
INBOXES = inbox_prefix("")
_NAMESPACE = UUID("9a54b0a3-1f0d-5b9e-8a3f-2f5b5c1d7e60")
_SILENT = frozenset({ErrorCode.INVALID, ErrorCode.UNAVAILABLE, ErrorCode.STORAGE_FULL, ErrorCode.NOT_SIGNED_IN})
"""Refusals that say nothing about a person's will and are therefore not chained."""

C = TypeVar("C", bound=Command)

log = get_logger()


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

    @property
    def today(self) -> date:
        """The legal day (Asia/Ho_Chi_Minh)."""
        return self.now.astimezone(LEGAL_ZONE).date()

    @property
    def person(self) -> Actor:
        """The named person.

        Raises:
            Refused: nobody is signed in.
        """
        if self.actor is None:
            raise Refused(ErrorCode.NOT_SIGNED_IN)
        return self.actor

    def refuse(self, case_id: UUID, refusal: Refused) -> None:
        """Chain the refusal of one item of a command whose other items go on."""
        event = house.of(self.emitter.service, house.CommandRefused)(
            command=self.command, code=refusal.error.code, refused_to=self.cause.actor_id
        )
        drafts = [Draft(event, natural_key=refusal.code)]
        self.emit(case_id, drafts, after=0, aggregate_id=uuid5(self.cause.id, str(case_id)))

    def emit(self, case_id: UUID, drafts: Iterable[Draft], *, after: int, aggregate_id: UUID | None = None) -> None:
        """Stamp drafts; they reach the outbox in the command's transaction."""
        self.emitted.extend(self.emitter.stamp(self.cause, case_id, drafts, after=after, aggregate_id=aggregate_id))


Handler = Callable[[Context, C], Awaitable[Reply]]
Authorise = Callable[[Context, C], None]
Recall = Callable[[Context, dict[str, Any]], Reply]


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
    ) -> None:
        """Answer `command`. `authorise` is pure policy and runs for repeats too; `public` needs no named person."""
        self.routes[command.subject()] = Route(command, handle, authorise, public, recall, not_stored)


class CommandServer:
    """Answers a router's commands on NATS."""

    def __init__(
        self,
        *,
        pool: asyncpg.Pool,
        emitter: Emitter,
        clock: CaseClock,
        verifier: ActorVerifier,
        private_key: bytes,
        committed: Callable[[], None],
    ) -> None:
        self._pool = pool
        self._emitter = emitter
        self._clock = clock
        self._verifier = verifier
        self._private_key = private_key
        self._fingerprint_key = hashlib.sha256(b"fingerprint" + private_key).digest()
        self._committed = committed

    def register(self, broker: NatsBroker, router: CommandRouter) -> None:
        """Subscribe every route; replicas share the work through a queue group."""
        for subject, route in router.routes.items():
            subscriber = broker.subscriber(
                subject, queue=self._emitter.service, max_workers=WORKERS, decoder=whole_message, title=subject
            )
            subscriber(self._endpoint(route))

    def _endpoint(self, route: Route[Any]) -> Callable[[NatsMessage], Awaitable[bytes]]:
        async def answer(message: NatsMessage) -> bytes:
            return await self.answer(route, bytes(message.body), dict(message.headers or {}))

        return answer

    async def answer(self, route: Route[Any], body: bytes, headers: dict[str, str]) -> bytes:
        """Answer one request; always a reply, never an exception's text."""
        try:
            reply = await self._decide(route, body, headers)
        except Refused as refusal:
            return _failed(refusal.error)
        except Exception as error:
            log.error("command.failed", error_code=code_of(error), command=route.command.subject())
            full = isinstance(error, asyncpg.DiskFullError)
            return _failed(Error(code=ErrorCode.STORAGE_FULL if full else ErrorCode.UNAVAILABLE))
        return orjson.dumps({"ok": orjson.Fragment(reply.model_dump_json())})

    async def _decide(self, route: Route[Any], body: bytes, headers: dict[str, str]) -> Reply:
        key, command = _key(headers), _parse(route.command, body)
        actor = self._actor(route, key, body, headers)
        cause_id = uuid5(_NAMESPACE, f"{actor.officer_id if actor else ''}|{route.command.subject()}|{key}")
        traceparent = child_traceparent(headers.get("traceparent") or new_traceparent())
        now = self._clock.now()
        cause = Cause(cause_id, cause_id, traceparent, now, actor.officer_id if actor else "")
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                context = Context(connection, actor, now, cause, self._emitter, route.command.subject())
                route.authorise(context, command)
                reply = await self._once(route, context, key, command)
                await outbox.put(connection, context.emitted)
                crashpoints.reach("command.before_commit")
        except Refused as refusal:
            await self._chain_refusal(route, cause, refusal, body)
            raise
        crashpoints.reach("command.after_commit")
        if context.emitted:
            self._committed()
        return reply

    async def _once(self, route: Route[Any], context: Context, key: UUID, command: Command) -> Reply:
        if isinstance(command, Query):
            return await route.handle(context, command)
        scope = (context.cause.actor_id, command.subject(), key)
        fingerprint = self._fingerprint(command)
        if not await context.tx.fetchval(_CLAIM, *scope, fingerprint):
            return await self._repeat(route, context, scope, fingerprint)
        reply = await route.handle(context, command)
        await context.tx.execute(_ANSWERED, *scope, reply.model_dump_json(exclude=set(route.not_stored)))
        return reply

    async def _repeat(
        self, route: Route[Any], context: Context, scope: tuple[str, str, UUID], fingerprint: bytes
    ) -> Reply:
        row = await context.tx.fetchrow(_ANSWER, *scope)
        if row is None or not hmac.compare_digest(row["fingerprint"], fingerprint):
            raise Refused(ErrorCode.IDEMPOTENCY_CONFLICT)
        stored: dict[str, Any] = orjson.loads(row["reply"])
        return route.recall(context, stored) if route.recall else route.command.reply.model_validate(stored)

    def _fingerprint(self, command: Command) -> bytes:
        """Keyed hash of the payload as meant: a sealed field counts by its content, since sealing is never the same."""
        parts: dict[str, Any] = command.model_dump(mode="json")
        for name in type(command).model_fields:
            value = getattr(command, name)
            if isinstance(value, Sealed):
                try:
                    parts[name] = open_sealed(self._private_key, value.ciphertext).decode()
                except (SealBroken, UnicodeDecodeError):
                    raise Refused(ErrorCode.INVALID, field=name) from None
        return hmac.digest(self._fingerprint_key, orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), "sha256")

    def _actor(self, route: Route[Any], key: UUID, body: bytes, headers: dict[str, str]) -> Actor | None:
        token = headers.get(ACTOR_HEADER, "")
        if not token and route.public:
            return None
        try:
            return self._verifier.verify(
                token,
                audience=self._emitter.service,
                command=route.command.subject(),
                command_id=str(key),
                payload=body,
                now=datetime.now(UTC),
            )
        except SecurityError as error:
            log.warning("command.assertion_refused", error_code=code_of(error), command=route.command.subject())
            raise Refused(ErrorCode.NOT_SIGNED_IN) from None

    async def _chain_refusal(self, route: Route[Any], cause: Cause, refusal: Refused, body: bytes) -> None:
        """Law 11. A refusal that cannot be chained is not told: the person is asked to try again.

        The payload is part of the event's identity: whoever tries many cases under one key is chained for each.
        """
        if not cause.actor_id or refusal.error.code in _SILENT:
            return
        event = house.of(self._emitter.service, house.CommandRefused)(
            command=route.command.subject(), code=refusal.error.code, refused_to=cause.actor_id
        )
        attempt = uuid5(cause.id, f"{refusal.error.code}|{hmac.digest(self._fingerprint_key, body, 'sha256').hex()}")
        house_case = uuid5(_NAMESPACE, self._emitter.service)
        drafts = [Draft(event, natural_key=str(attempt))]
        async with self._pool.acquire() as connection, connection.transaction():
            stamped = self._emitter.stamp(cause, house_case, drafts, after=0, aggregate_id=attempt)
            await outbox.put(connection, stamped)
        self._committed()


_CLAIM = """
insert into command_log (actor_id, command, key, fingerprint) values ($1, $2, $3, $4)
on conflict do nothing returning true
"""
_ANSWERED = "update command_log set reply = $4 where actor_id = $1 and command = $2 and key = $3"
_ANSWER = "select fingerprint, reply from command_log where actor_id = $1 and command = $2 and key = $3"


async def whole_message(message: NatsMessage) -> NatsMessage:
    """FastStream decoder that leaves the message to the handler: contracts are parsed by us, with typed errors.

    NATS lets a service answer to whatever subject the asker named; only an inbox gets an answer, so that nobody speaks
    to the stream or to another service in our name.
    """
    if not message.reply_to.startswith(INBOXES):
        message.reply_to = ""
    return message


def _key(headers: dict[str, str]) -> UUID:
    try:
        return UUID(headers.get(KEY_HEADER, ""))
    except ValueError:
        raise Refused(ErrorCode.INVALID, field="idempotency_key") from None


def _parse(command: type[C], body: bytes) -> C:
    try:
        return command.model_validate_json(body)
    except ValidationError as error:
        location = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
        name = next((part for part in location if isinstance(part, str)), None)
        raise Refused(ErrorCode.INVALID, field=name if name in command.model_fields else None) from None


def _failed(error: Error) -> bytes:
    return orjson.dumps({"error": error.model_dump(mode="json")})
