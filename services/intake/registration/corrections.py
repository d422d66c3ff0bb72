"""Correcting a received day: the reason goes into the vault, the house is told of the days and the paper."""

from dataclasses import dataclass
from uuid import UUID

from services.intake import store
from services.intake.domain.correction import check_reason, correct
from services.intake.domain.people import holds_a_post
from services.intake.registration.desk import unsealed
from services.intake.vault.capsules import Capsule, Vault
from shared.contracts.base import Done
from shared.contracts.intake import CorrectReceipt, Reason
from shared.directory import Directory
from shared.effects import Draft
from shared.messaging.commands.router import Context


@dataclass(frozen=True, slots=True)
class Corrections:
    """The desk's second look at what it entered."""

    directory: Directory
    vault: Vault
    private_key: bytes

    def authorise(self, context: Context, command: CorrectReceipt) -> None:
        """Somebody in a post; whether the receipt is his to correct is asked of the letter."""
        holds_a_post(self.directory, context.person.officer_id, context.today)

    async def correct(self, context: Context, command: CorrectReceipt) -> Done:
        """Correct the day; the reason is sealed before anything is written."""
        entered = await store.lock_receipt(context.tx, command.case_id)
        event = correct(self.directory, entered, command, context.person.officer_id, context.today)
        reason = check_reason(unsealed(context, command.reason, self.private_key, Reason, "reason").text)
        assert entered is not None
        version = entered.version + 1
        sealed = await self._sealed(command.case_id, version, reason)
        await store.save_correction(context.tx, command.case_id, version, event, sealed)
        context.emit(command.case_id, [Draft(event)], after=entered.version)
        return Done(case_id=command.case_id, version=version)

    async def _sealed(self, case_id: UUID, version: int, reason: str) -> Capsule:
        [sealed] = await self.vault.seal({case_id: {f"correction-{version}": reason.encode()}})
        return sealed
