"""Commands and queries on the asking side (portal, operator): sign, send, wait, raise the typed refusal."""

import asyncio
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID, uuid4

import nats.errors
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.contracts.base import Command, Error, Reply
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode
from shared.messaging.commands.router import ACTOR_HEADER, KEY_HEADER
from shared.messaging.connection.line import LineCut, unless_cut
from shared.security.actor import Actor, ActorSigner
from shared.telemetry.tracing import SpanKind, span

R = TypeVar("R", bound=Reply)

TIMEOUT_SECONDS = 10.0
NOBODY_SECONDS = 2.0
"""So long a service that nobody hears of is looked for: it may be on its way back to NATS, or be started again."""
_LOOK_AGAIN_SECONDS = 0.1


class CommandClient:
    """Sends commands in the name of signed-in persons."""

    def __init__(self, connection: Client, signer: ActorSigner | None = None) -> None:
        self._connection = connection
        self._signer = signer

    async def send(
        self,
        command: Command,
        answer: type[R],
        *,
        actor: Actor | None = None,
        key: UUID | None = None,
        traceparent: str | None = None,
        timeout: float = TIMEOUT_SECONDS,  # noqa: ASYNC109 - the server's answer, not our own work, is waited for
    ) -> R:
        """Send and wait. The same `key` may be sent again after a timeout and gets the same answer.

        So it is sent again here too, when the line was cut before the answer came. The step of the answer hangs on
        `traceparent`, or on the span under way here.

        Raises:
            Denied: the service's typed refusal, or `unavailable` when nobody answered in time.
        """
        key = key or uuid4()
        body = command.model_dump_json().encode()
        headers = {KEY_HEADER: str(key)}
        if actor is not None and self._signer is not None:
            headers[ACTOR_HEADER] = self._signer.sign(
                actor,
                audience=command.service,
                command=command.subject(),
                command_id=str(key),
                payload=body,
                now=datetime.now(UTC),
            )
        try:
            with span("command.send", traceparent, SpanKind.CLIENT, command=command.subject()) as step:
                headers["traceparent"] = step.traceparent
                async with asyncio.timeout(timeout):
                    message = await self._answered(command.subject(), body, headers, timeout)
        except (nats.errors.Error, OSError, TimeoutError):
            raise Denied(ErrorCode.UNAVAILABLE) from None
        reply = orjson.loads(message.data)
        if "error" in reply:
            error = Error.model_validate(reply["error"])
            raise Denied.of(error)
        return answer.model_validate(reply["ok"])

    async def _answered(self, subject: str, body: bytes, headers: dict[str, str], seconds: float) -> Msg:
        clock = asyncio.get_running_loop().time
        looked_for_until = clock() + NOBODY_SECONDS
        while True:
            request = self._connection.request(subject, body, timeout=seconds, headers=headers)
            try:
                return await unless_cut(self._connection, request)
            except LineCut:
                continue
            except nats.errors.NoRespondersError:
                if clock() > looked_for_until:
                    raise
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
