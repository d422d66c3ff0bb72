"""Commands and queries to the other services, in the name of a signed-in person; protected fields sealed on the way."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from services.portal.policy import Viewer
from shared.contracts.audit import AuditCounters
from shared.contracts.base import Command, Counters, Done, Query, Sealed
from shared.contracts.casework import CaseworkCounters
from shared.contracts.denial import Denied
from shared.contracts.escalation import EscalationCounters
from shared.contracts.house import ClockMoved, JumpClock
from shared.contracts.intake import (
    LETTER_LIMIT,
    REASON_LIMIT,
    BoxMinutes,
    DocumentText,
    IntakeCounters,
    IssuedSlips,
    IssueSlips,
    Letter,
    Noted,
    OpenBox,
    OpenDocument,
    Opened,
    Part,
    Pin,
    Preview,
    Previewed,
    Reason,
    Receipt,
    Register,
    Registered,
    Separated,
    Slip,
    SlipSheet,
    Split,
    Track,
    Tracked,
    TrackingClaim,
    WorkingCopy,
)
from shared.contracts.notify import Acknowledge, NotifyCounters
from shared.contracts.routing import Confirm, Confirmed, ConfirmItem, ItemResult, RoutingCounters
from shared.contracts.vocabulary import Channel, DocumentKind, ErrorCode, Purpose
from shared.messaging.commands.client import CommandClient
from shared.messaging.commands.sealed import SealedTooLarge, open_model, seal_model
from shared.security.actor import Actor
from shared.security.sealing import SealBroken
from shared.security.secrets import ServiceSecrets

T = TypeVar("T", bound=BaseModel)

COUNTERS: Mapping[str, type[Query]] = {
    "intake": IntakeCounters,
    "routing": RoutingCounters,
    "casework": CaseworkCounters,
    "escalation": EscalationCounters,
    "notify": NotifyCounters,
    "audit": AuditCounters,
}
COUNTERS_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Signature:
    """Who acts in which session, and under which idempotency key."""

    viewer: Viewer
    session_id: UUID
    key: UUID
    traceparent: str | None = None
    """Where the case stands in its trace; None: the act begins with the request."""

    @property
    def actor(self) -> Actor:
        """The person as other services see him."""
        return Actor(self.viewer.officer_id, self.viewer.authority_id, str(self.session_id))


@dataclass(frozen=True, slots=True)
class Receipted:
    """A registered petition and the code for its sender; the code is shown once and never kept here."""

    case_id: UUID
    version: int
    code: str

    def __repr__(self) -> str:
        return f"Receipted({self.case_id}, …)"


class Gateway:
    """The other services, as portal asks them. Every method raises `Denied` with the service's reason."""

    def __init__(self, client: CommandClient, secrets: ServiceSecrets) -> None:
        self._client = client
        self._private = secrets.sealed_private
        self._vault = secrets.public.sealing["intake"]

    async def register(self, by: Signature, channel: Channel, noted: Noted, letter: Letter, slip: str) -> Receipted:
        """Register a letter at the viewer's own authority."""
        if len(letter.text) > LETTER_LIMIT:
            raise Denied(ErrorCode.TEXT_TOO_LONG, field="text", position=LETTER_LIMIT)
        try:
            sealed = seal_model(letter, self._vault)
        except SealedTooLarge:
            raise Denied(ErrorCode.TOO_LARGE, field="text") from None
        command = Register(
            channel_of_arrival=channel,
            authority_id=by.viewer.authority_id,
            letter=sealed,
            slip=seal_model(Slip(number=slip), self._vault) if slip else None,
            **{name: getattr(noted, name) for name in Noted.model_fields},
        )
        return self._receipted(await self._client.send(command, Registered, actor=by.actor, key=by.key))

    async def preview(self, by: Signature, received_on: date, letter: Letter) -> WorkingCopy:
        """What would be masked of a letter; nothing is kept."""
        try:
            sealed = seal_model(letter, self._vault)
        except SealedTooLarge:
            raise Denied(ErrorCode.TOO_LARGE, field="text") from None
        query = Preview(authority_id=by.viewer.authority_id, received_on=received_on, letter=sealed)
        reply = await self._client.send(query, Previewed, actor=by.actor, key=by.key)
        return self._opened(reply.working_copy, WorkingCopy)

    async def split(self, by: Signature, case_id: UUID, parts: list[Part], pin: str) -> list[Receipted]:
        """Separate the contents of a letter; one receipt for each, in the order given."""
        command = Split(case_id=case_id, parts=parts, pin=seal_model(Pin(pin=pin), self._vault))
        reply = await self._client.send(command, Separated, actor=by.actor, key=by.key, traceparent=by.traceparent)
        return [self._receipted(part) for part in reply.parts]

    async def issue_slips(self, by: Signature, count: int) -> list[str]:
        """Numbers of fresh slips of the viewer's registry; shown once and never kept here."""
        command = IssueSlips(authority_id=by.viewer.authority_id, count=count)
        reply = await self._client.send(command, IssuedSlips, actor=by.actor, key=by.key)
        return self._opened(reply.slips, SlipSheet).numbers

    async def open_box(self, by: Signature, command: OpenBox) -> UUID:
        """Note that a box was opened by two; the box that letters can be registered from."""
        return (await self._client.send(command, BoxMinutes, actor=by.actor, key=by.key)).box_id

    async def confirm(self, by: Signature, items: list[ConfirmItem]) -> list[ItemResult]:
        """Confirm or correct proposals, each on its own; one result per item."""
        command = Confirm(items=items)
        reply = await self._client.send(command, Confirmed, actor=by.actor, key=by.key, traceparent=by.traceparent)
        return reply.results

    async def act(self, by: Signature, command: Command) -> int:
        """Ask for an act on one case; the new version of its aggregate."""
        reply = await self._client.send(command, Done, actor=by.actor, key=by.key, traceparent=by.traceparent)
        return reply.version

    def sealed_reason(self, text: str) -> Sealed[Reason]:
        """A reason as it travels; intake looks at it.

        Raises:
            Denied: more than would fit.
        """
        if len(text) > REASON_LIMIT:
            raise Denied(ErrorCode.REASON_TOO_LONG, field="reason", position=REASON_LIMIT)
        return seal_model(Reason(text=text), self._vault)

    async def acknowledge(self, by: Signature, alert_id: UUID) -> None:
        """Acknowledge an alert."""
        await self._client.send(Acknowledge(alert_id=alert_id), Done, actor=by.actor, key=by.key)

    async def working_text(self, by: Signature, case_id: UUID, purpose: Purpose) -> str:
        """Open the working text; the reading is recorded before it is answered."""
        query = OpenDocument(case_id=case_id, document=DocumentKind.WORKING_TEXT, purpose=purpose)
        reply = await self._client.send(query, Opened, actor=by.actor, key=by.key, traceparent=by.traceparent)
        return self._opened(reply.document, DocumentText).text

    async def track(self, code: str, pin: str) -> UUID:
        """The case of a receipt."""
        claim = seal_model(TrackingClaim(code=code, pin=pin), self._vault)
        return (await self._client.send(Track(claim=claim), Tracked)).case_id

    async def counters(self) -> dict[str, Counters | None]:
        """Law counters of the other services, asked in parallel; None for one that does not answer in time."""
        answers = await asyncio.gather(*(self._counters(query()) for query in COUNTERS.values()))
        return dict(zip(COUNTERS, answers, strict=True))

    async def jump(self, to: datetime) -> datetime:
        """Move the virtual clock; answered by the supervisor of a demo or test realm."""
        return (await self._client.send(JumpClock(to=to), ClockMoved, timeout=60.0)).case_now

    def _receipted(self, reply: Registered) -> Receipted:
        return Receipted(reply.case_id, reply.version, self._opened(reply.receipt, Receipt).code)

    def _opened(self, sealed: Sealed[T], model: type[T]) -> T:
        try:
            return open_model(sealed, self._private, model)
        except (SealBroken, ValidationError):
            raise Denied(ErrorCode.UNAVAILABLE) from None

    async def _counters(self, query: Query) -> Counters | None:
        try:
            return await self._client.send(query, Counters, timeout=COUNTERS_SECONDS)
        except Denied:
            return None
