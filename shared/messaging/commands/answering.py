"""Commands and queries on the answering side: who asks, was it asked before, may he, then decide, commit, reply.

A command is idempotent by (actor, command, key): a repeat is authorised again and gets the same answer; the same key
with another payload is refused. A refused command is chained as an event; invalid input is only answered.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import orjson
from faststream import AckPolicy
from faststream.nats import NatsBroker, NatsMessage
from pydantic import ValidationError

from shared.contracts import house
from shared.contracts.base import Error, Reply
from shared.contracts.bus.subjects import inbox_prefix
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.effects import Cause, Draft
from shared.messaging import outbox
from shared.messaging.commands.asked import Asked
from shared.messaging.commands.command_log import CommandLog
from shared.messaging.commands.grouping import Group
from shared.messaging.commands.router import ACTOR_HEADER, KEY_HEADER, C, CommandRouter, Route
from shared.messaging.connection import crashpoints
from shared.messaging.connection.failures import code_of
from shared.messaging.outbox.emitter import Emitter
from shared.postgres.casetime import CaseClock
from shared.security.actor import Actor, ActorVerifier
from shared.security.errors import SecurityError
from shared.telemetry.logs import get_logger
from shared.telemetry.tracing import child_traceparent, new_traceparent

WORKERS = 64
INBOXES = inbox_prefix("")
_NAMESPACE = UUID("9a54b0a3-1f0d-5b9e-8a3f-2f5b5c1d7e60")
_SILENT = frozenset({ErrorCode.INVALID, ErrorCode.UNAVAILABLE, ErrorCode.STORAGE_FULL, ErrorCode.NOT_SIGNED_IN})
"""Refusals that say nothing about a person's will and are therefore not chained."""

log = get_logger()


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
        self._fingerprint_key = hashlib.sha256(b"fingerprint" + private_key).digest()
        self._log = CommandLog(private_key, self._fingerprint_key)
        self._committed = committed

    def register(self, broker: NatsBroker, router: CommandRouter) -> None:
        """Subscribe every route; replicas share the work through a queue group."""
        for subject, route in router.routes.items():
            subscriber = broker.subscriber(
                subject,
                queue=self._emitter.service,
                max_workers=WORKERS,
                decoder=whole_message,
                title=subject,
                ack_policy=AckPolicy.MANUAL,
            )
            subscriber(self._endpoint(route))

    def _endpoint(self, route: Route[Any]) -> Callable[[NatsMessage], Awaitable[bytes]]:
        group = Group(self._pool, self._log, route.together, self._alone) if route.together else None
        decide = group.decide if group else self._alone

        async def answer(message: NatsMessage) -> bytes:
            return await self._answer(route, decide, bytes(message.body), dict(message.headers or {}))

        return answer

    async def _answer(
        self, route: Route[Any], decide: Callable[[Asked], Awaitable[Reply]], body: bytes, headers: dict[str, str]
    ) -> bytes:
        """Answer one request; always a reply, never an exception's text."""
        try:
            asked = self._asked(route, body, headers)
            try:
                reply = await decide(asked)
            except Denied as denied:
                await self._chain_refusal(asked, denied, body)
                raise
        except Denied as denied:
            return _failed(denied.error)
        except Exception as error:
            log.error("command.failed", error_code=code_of(error), command=route.command.subject())
            full = isinstance(error, asyncpg.DiskFullError)
            return _failed(Error(code=ErrorCode.STORAGE_FULL if full else ErrorCode.UNAVAILABLE))
        crashpoints.reach("command.after_commit")
        if asked.emitted:
            self._committed()
        return orjson.dumps({"ok": orjson.Fragment(reply.model_dump_json())})

    def _asked(self, route: Route[Any], body: bytes, headers: dict[str, str]) -> Asked:
        key, command = _key(headers), _parse(route.command, body)
        actor = self._actor(route, key, body, headers)
        actor_id = actor.officer_id if actor else ""
        cause_id = uuid5(_NAMESPACE, f"{actor_id}|{route.command.subject()}|{key}")
        traceparent = child_traceparent(headers.get("traceparent") or new_traceparent())
        now = self._clock.now()
        cause = Cause(cause_id, cause_id, traceparent, now, actor_id)
        return Asked(route, key, command, actor, cause, now, self._emitter)

    async def _alone(self, asked: Asked) -> Reply:
        """Decide in a transaction of the command's own."""
        async with self._pool.acquire() as connection, connection.transaction():
            context = asked.context(connection)
            asked.route.authorise(context, asked.command)
            reply = await self._log.once(asked, context)
            await outbox.put(connection, context.emitted)
            crashpoints.reach("command.before_commit")
        return reply

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
            raise Denied(ErrorCode.NOT_SIGNED_IN) from None

    async def _chain_refusal(self, asked: Asked, denied: Denied, body: bytes) -> None:
        """Law 11. A denied that cannot be chained is not told: the person is asked to try again.

        The payload is part of the event's identity: whoever tries many cases under one key is chained for each.
        """
        if not asked.cause.actor_id or denied.error.code in _SILENT:
            return
        event = house.of(self._emitter.service, house.CommandRefused)(
            command=asked.command.subject(), code=denied.error.code, refused_to=asked.cause.actor_id
        )
        digest = hmac.digest(self._fingerprint_key, body, "sha256").hex()
        attempt = uuid5(asked.cause.id, f"{denied.error.code}|{digest}")
        house_case = uuid5(_NAMESPACE, self._emitter.service)
        drafts = [Draft(event, natural_key=str(attempt))]
        async with self._pool.acquire() as connection, connection.transaction():
            stamped = self._emitter.stamp(asked.cause, house_case, drafts, after=0, aggregate_id=attempt)
            await outbox.put(connection, stamped)
        self._committed()


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
        raise Denied(ErrorCode.INVALID, field="idempotency_key") from None


def _parse(command: type[C], body: bytes) -> C:
    try:
        return command.model_validate_json(body)
    except ValidationError as error:
        location = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
        name = next((part for part in location if isinstance(part, str)), None)
        raise Denied(ErrorCode.INVALID, field=name if name in command.model_fields else None) from None


def _failed(error: Error) -> bytes:
    return orjson.dumps({"error": error.model_dump(mode="json")})
