"""Answers already given, by actor, command and idempotency key; kept 30 days, never their protected parts."""

import hmac
from collections.abc import Sequence
from typing import Any

import orjson

from shared.contracts.base import Query, Reply, Sealed
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.messaging.commands.asked import Asked
from shared.messaging.commands.router import Context
from shared.messaging.commands.sealed import content_of
from shared.postgres.pool import Connection
from shared.security.sealing import SealBroken

_CLAIM = """
insert into command_log (actor_id, command, key, fingerprint) values ($1, $2, $3, $4)
on conflict do nothing returning true
"""
_ANSWERED = "update command_log set reply = $4 where actor_id = $1 and command = $2 and key = $3"
_ANSWER = "select fingerprint, reply from command_log where actor_id = $1 and command = $2 and key = $3"
_ALL_ANSWERED = """
insert into command_log (actor_id, command, key, fingerprint, reply)
select * from unnest($1::text[], $2::text[], $3::uuid[], $4::bytea[], $5::text[])
"""


class CommandLog:
    """Lets a command take effect once."""

    def __init__(self, private_key: bytes, fingerprint_key: bytes) -> None:
        self._private_key = private_key
        self._fingerprint_key = fingerprint_key

    async def once(self, asked: Asked, context: Context) -> Reply:
        """Handle a command unless it was handled before; then give the same answer.

        Raises:
            Denied: the key was used for another payload, or the handler refuses.
        """
        handle, command = asked.route.handle, asked.command
        if isinstance(command, Query):
            return await handle(context, command)
        fingerprint = self._fingerprint(asked)
        if not await context.tx.fetchval(_CLAIM, *asked.scope, fingerprint):
            return await self._repeat(asked, context, fingerprint)
        reply = await handle(context, command)
        await context.tx.execute(_ANSWERED, *asked.scope, _stored(asked, reply))
        return reply

    async def answered(self, tx: Connection, all_asked: Sequence[Asked], replies: Sequence[Reply]) -> None:
        """Note the answers to commands that were never asked before.

        Raises:
            UniqueViolationError: one was; nothing of the transaction may stand.
        """
        rows = [
            (*asked.scope, self._fingerprint(asked), _stored(asked, reply))
            for asked, reply in zip(all_asked, replies, strict=True)
        ]
        await tx.execute(_ALL_ANSWERED, *map(list, zip(*rows, strict=True)))

    async def _repeat(self, asked: Asked, context: Context, fingerprint: bytes) -> Reply:
        row = await context.tx.fetchrow(_ANSWER, *asked.scope)
        if row is None or not hmac.compare_digest(row["fingerprint"], fingerprint):
            raise Denied(ErrorCode.IDEMPOTENCY_CONFLICT)
        stored: dict[str, Any] = orjson.loads(row["reply"])
        route = asked.route
        return route.recall(context, stored) if route.recall else route.command.reply.model_validate(stored)

    def _fingerprint(self, asked: Asked) -> bytes:
        """Keyed hash of the payload as meant: a sealed field counts by its content, since sealing is never the same."""
        command = asked.command
        parts: dict[str, Any] = command.model_dump(mode="json")
        for name in type(command).model_fields:
            value = getattr(command, name)
            if isinstance(value, Sealed):
                try:
                    parts[name] = content_of(value, self._private_key, asked.opened).decode()
                except (SealBroken, UnicodeDecodeError):
                    raise Denied(ErrorCode.INVALID, field=name) from None
        return hmac.digest(self._fingerprint_key, orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), "sha256")


def _stored(asked: Asked, reply: Reply) -> str:
    return reply.model_dump_json(exclude=set(asked.route.not_stored))
