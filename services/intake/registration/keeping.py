"""Keeping a letter: sealed, read, receipted, told; the same for a letter at the desk and for a part of a mixed one."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.intake import store
from services.intake.domain.entry import Entry
from services.intake.reading.lexicon import Lexicon
from services.intake.reading.read import WorkingLetter, read
from services.intake.vault.capsules import Vault
from shared.contracts.intake import PetitionRead, PetitionRegistered, Receipt, Registered
from shared.contracts.vocabulary import Kind
from shared.effects import Draft
from shared.messaging.commands.router import Context
from shared.messaging.commands.sealed import seal_model
from shared.postgres.pool import Connection
from shared.security.codes import code_hash, derive_code, pin_hash
from shared.telemetry.metrics import count

LONG_TEXT = 20_000
"""Texts longer than this are read in a thread, so that other desks do not wait."""
VERSION = 2
"""Of a fresh petition: registered and read."""


@dataclass(frozen=True, slots=True, repr=False)
class Fresh:
    """A letter that is about to be kept."""

    entry: Entry
    cause_id: UUID
    """The receipt's code follows from it."""
    letter: WorkingLetter
    """As typed: what is read. Only the capsules keep its text."""
    contents: Mapping[str, bytes]
    pin: str
    under_slip: bool = False
    split_from: UUID | None = None


@dataclass(frozen=True, slots=True)
class Keeper:
    """Puts letters into the vault and tells the house."""

    vault: Vault
    lexicon: Lexicon
    code_key: bytes
    portal_key: bytes

    async def keep(self, tx: Connection, letters: Sequence[tuple[Context, Fresh]]) -> list[Registered]:
        """Keep letters whose petitions are entered; each emits in the name of its own context."""
        read_letters = [await self._read(fresh.letter) for _, fresh in letters]
        await store.add_capsules(
            tx, await self.vault.seal({fresh.entry.case_id: fresh.contents for _, fresh in letters})
        )
        codes = [derive_code(self.code_key, fresh.cause_id) for _, fresh in letters]
        receipts = [self._receipt(fresh, code) for (_, fresh), code in zip(letters, codes, strict=True)]
        await store.add_receipts(tx, receipts)
        for (context, fresh), signals in zip(letters, read_letters, strict=True):
            registered = _registered(fresh)
            drafts = [Draft(registered, legal_at=fresh.entry.received_on), Draft(signals, legal_at=signals.received_on)]
            context.emit(fresh.entry.case_id, drafts, after=0)
        count("letters.registered", len(letters))
        return [self._answer(fresh.entry.case_id, code) for (_, fresh), code in zip(letters, codes, strict=True)]

    def _receipt(self, fresh: Fresh, code: str) -> tuple[bytes, UUID, bytes]:
        case_id = fresh.entry.case_id
        return code_hash(self.code_key, code), case_id, pin_hash(self.code_key, case_id, fresh.pin)

    def answer(self, case_id: UUID, cause_id: UUID) -> Registered:
        """The answer that a repeat gets too."""
        return self._answer(case_id, derive_code(self.code_key, cause_id))

    def _answer(self, case_id: UUID, code: str) -> Registered:
        receipt = seal_model(Receipt(code=code), self.portal_key)
        return Registered(case_id=case_id, version=VERSION, receipt=receipt)

    async def _read(self, letter: WorkingLetter) -> PetitionRead:
        if len(letter.text) < LONG_TEXT:
            return read(letter, self.lexicon)
        return await asyncio.to_thread(read, letter, self.lexicon)


def working_letter(
    entry: Entry, *, text: str, kind_ticked: Kind | None, against: tuple[str, ...], named: bool
) -> WorkingLetter:
    """What is read of a petition that is being entered."""
    return WorkingLetter(
        text=text,
        authority_id=entry.authority_id,
        channel=entry.channel,
        received_on=entry.at_since,
        kind_ticked=kind_ticked,
        against=against,
        signed=entry.signed,
        named=named,
        transferred=entry.transferred,
    )


def _registered(fresh: Fresh) -> PetitionRegistered:
    return PetitionRegistered(**dict(fresh.entry), under_slip=fresh.under_slip, split_from=fresh.split_from)
