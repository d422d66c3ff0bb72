"""Registering a letter: check, seal, read, receipt; all in the command's one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID, uuid5

from pydantic import BaseModel, ValidationError

from services.intake import store
from services.intake.domain.entry import Entry
from services.intake.domain.letter import check_registration, is_named
from services.intake.domain.people import may_register
from services.intake.masking.mask import own_data, working_text
from services.intake.masking.places import Bodies
from services.intake.registration.keeping import VERSION, Fresh, Keeper, working_letter
from services.intake.vault.capsules import contents_of
from shared.contracts.base import Sealed
from shared.contracts.denial import Denied
from shared.contracts.intake import Letter, Preview, Previewed, Register, Registered, Slip, WorkingCopy
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Directory
from shared.messaging.commands.router import Context
from shared.messaging.commands.sealed import open_model, seal_model
from shared.postgres.pool import Connection
from shared.security.codes import CodeRefused, code_hash
from shared.security.sealing import SealBroken

_NAMESPACE = UUID("3e0f9d0c-7a43-5d0c-b1a5-4f8e2c6d9b17")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Registration:
    """The desk's side of intake."""

    directory: Directory
    keeper: Keeper
    private_key: bytes

    def authorise(self, context: Context, command: Register) -> None:
        """Only the desk of the authority that received the letter."""
        may_register(self.directory, context.person.officer_id, command.authority_id, context.today)

    async def register(self, context: Context, command: Register) -> Registered:
        """Register a letter. The receipt's code is derived from the command, so a repeat gets the same receipt."""
        fresh = self._fresh(context, command)
        entry = fresh.entry
        if command.box_id is not None:
            await store.take_from_box(context.tx, command.box_id, command.authority_id, command.received_on)
        await store.add_petitions(context.tx, [entry], VERSION)
        if command.slip is not None:
            await store.use_slip(context.tx, self._slip(context, command.slip), command.authority_id, entry.case_id)
        [registered] = await self.keeper.keep(context.tx, [(context, fresh)])
        return registered

    def prepare(self, context: Context, command: Register) -> Fresh | None:
        """A letter that nothing in the database can refuse; None for others, which go alone."""
        if command.box_id is not None or command.slip is not None:
            return None
        return self._fresh(context, command)

    async def register_together(self, tx: Connection, letters: Sequence[tuple[Context, Fresh]]) -> Sequence[Registered]:
        """Register letters that were prepared, in one go."""
        await store.add_petitions(tx, [fresh.entry for _, fresh in letters], VERSION)
        return await self.keeper.keep(tx, letters)

    def _fresh(self, context: Context, command: Register) -> Fresh:
        letter = unsealed(context, command.letter, self.private_key, Letter, "letter")
        checked = check_registration(self.directory, command, letter, context.today)
        spans = own_data(checked.letter, bodies_of(self.directory, command.received_on))
        working = working_text(checked.letter, spans)
        entry = _entry(command, context)
        return Fresh(
            entry=entry,
            cause_id=context.cause.id,
            letter=working_letter(
                entry,
                text=checked.letter.text,
                kind_ticked=command.kind_ticked,
                against=checked.against,
                named=is_named(checked.letter.sender_name),
            ),
            contents=contents_of(checked.letter, working),
            pin=checked.letter.pin,
            under_slip=command.slip is not None,
        )

    def may_preview(self, context: Context, query: Preview) -> None:
        """Who may register the letter may see what would be masked of it."""
        may_register(self.directory, context.person.officer_id, query.authority_id, context.today)

    async def preview(self, context: Context, query: Preview) -> Previewed:
        """The working copy of a letter that is being typed."""
        letter = unsealed(context, query.letter, self.private_key, Letter, "letter")
        spans = own_data(letter, bodies_of(self.directory, query.received_on))
        shown = working_text(letter, [each for each in spans if each.sure])
        unsure = [(each.start, each.end) for each in spans if not each.sure]
        sealed = seal_model(WorkingCopy(text=shown, unsure=unsure), self.keeper.portal_key)
        return Previewed(working_copy=sealed)

    def recall(self, context: Context, stored: dict[str, Any]) -> Registered:
        """The answer to a repeat: the same petition, the same code."""
        return self.keeper.answer(UUID(stored["case_id"]), context.cause.id)

    def _slip(self, context: Context, sealed: Sealed[Slip]) -> bytes:
        slip = unsealed(context, sealed, self.private_key, Slip, "slip")
        try:
            return code_hash(self.keeper.code_key, slip.number)
        except CodeRefused as error:
            raise Denied(ErrorCode(error.code), field="slip") from None


@lru_cache(maxsize=64)
def bodies_of(directory: Directory, on: date) -> Bodies:
    """Names that are never the sender's own."""
    return Bodies.of(each.name for each in directory.authorities(on))


def unsealed(context: Context, sealed: Sealed[M], private_key: bytes, model: type[M], field: str) -> M:
    """Open a sealed field of the command.

    Raises:
        Denied: not sealed to us, or not of this shape.
    """
    try:
        return open_model(sealed, private_key, model, context.opened)
    except (SealBroken, ValidationError):
        raise Denied(ErrorCode.INVALID, field=field) from None


def _entry(command: Register, context: Context) -> Entry:
    return Entry(
        **dict(command),
        case_id=uuid5(_NAMESPACE, str(context.cause.id)),
        channel=command.channel_of_arrival,
        registered_by=context.person.officer_id,
        at_since=command.received_on,
        recorded_on=context.today,
        desk_id=command.authority_id,
    )
