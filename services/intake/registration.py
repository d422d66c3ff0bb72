"""Registering a letter: check, seal, read, receipt; all in the command's one transaction."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from pydantic import ValidationError

from services.intake import store
from services.intake.domain import check_registration, may_register
from services.intake.reading.lexicon import Lexicon
from services.intake.reading.masking import working_text
from services.intake.reading.read import WorkingLetter, read
from services.intake.vault.capsules import Vault
from shared.contracts.intake import Letter, PetitionRead, PetitionRegistered, Receipt, Register, Registered
from shared.contracts.refusal import Refused
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Directory
from shared.messaging.commands import Context
from shared.messaging.drafts import Draft
from shared.messaging.sealed import open_model, seal_model
from shared.security.codes import code_hash, derive_code, pin_hash
from shared.security.sealing import SealBroken

_NAMESPACE = UUID("3e0f9d0c-7a43-5d0c-b1a5-4f8e2c6d9b17")
LONG_TEXT = 20_000
"""Texts longer than this are read in a thread, so that other desks do not wait."""


@dataclass(frozen=True, slots=True)
class Registration:
    """The desk's side of intake."""

    directory: Directory
    vault: Vault
    lexicon: Lexicon
    private_key: bytes
    code_key: bytes
    portal_key: bytes

    def authorise(self, context: Context, command: Register) -> None:
        """Only the desk of the authority that received the letter."""
        may_register(self.directory, context.person.officer_id, command.authority_id, context.today)

    async def register(self, context: Context, command: Register) -> Registered:
        """Register a letter. The receipt's code is derived from the command, so a repeat gets the same receipt."""
        checked = check_registration(self.directory, command, self._open(command), context.today)
        case_id = uuid5(_NAMESPACE, str(context.cause.id))
        working = working_text(checked.letter)
        to_read = WorkingLetter(
            text=working,
            authority_id=command.authority_id,
            received_on=command.received_on,
            kind_ticked=command.kind_ticked,
            against=checked.against,
            signed=command.signed,
            named=bool(checked.letter.sender_name),
        )
        signals = await self._read(to_read)
        drafts = self._drafts(command, context.person.officer_id, signals)
        capsules = await self.vault.seal(case_id, checked.letter, working)
        await store.add_petition(context.tx, case_id, len(drafts), command, context.person.officer_id)
        await store.add_capsules(context.tx, capsules)
        code = derive_code(self.code_key, context.cause.id)
        await store.add_receipt(
            context.tx, code_hash(self.code_key, code), case_id, pin_hash(self.code_key, case_id, checked.letter.pin)
        )
        context.emit(case_id, drafts, after=0)
        return self._registered(case_id, len(drafts), code)

    def recall(self, context: Context, stored: dict[str, Any]) -> Registered:
        """The answer to a repeat: the same petition, the same code."""
        code = derive_code(self.code_key, context.cause.id)
        return self._registered(UUID(stored["case_id"]), stored["version"], code)

    def _registered(self, case_id: UUID, version: int, code: str) -> Registered:
        return Registered(case_id=case_id, version=version, receipt=seal_model(Receipt(code=code), self.portal_key))

    def _open(self, command: Register) -> Letter:
        try:
            return open_model(command.letter, self.private_key, Letter)
        except (SealBroken, ValidationError):
            raise Refused(ErrorCode.INVALID, field="letter") from None

    async def _read(self, letter: WorkingLetter) -> PetitionRead:
        if len(letter.text) < LONG_TEXT:
            return read(letter, self.lexicon)
        return await asyncio.to_thread(read, letter, self.lexicon)

    def _drafts(self, command: Register, officer_id: str, signals: PetitionRead) -> list[Draft]:
        registered = PetitionRegistered(
            channel=command.channel_of_arrival,
            authority_id=command.authority_id,
            received_on=command.received_on,
            letter_on=command.letter_on,
            postmark_on=command.postmark_on,
            signed=command.signed,
            registered_by=officer_id,
        )
        return [Draft(registered, legal_at=command.received_on), Draft(signals, legal_at=command.received_on)]
