"""Opening a suggestion box: two people, minutes, a count that the letters registered from it may not exceed."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from services.intake.domain.people import check_opening, may_register
from services.intake.store import Q
from shared.contracts.denial import Denied
from shared.contracts.intake import BoxMinutes, BoxOpened, OpenBox
from shared.contracts.vocabulary import ErrorCode
from shared.directory import Directory
from shared.effects import Draft
from shared.messaging.commands.router import Context

_NAMESPACE = UUID("0c5b6c1e-52f8-5a3b-9a55-6d1c7f0a9e42")


@dataclass(frozen=True, slots=True)
class Boxes:
    """Minutes of boxes."""

    directory: Directory

    def authorise(self, context: Context, command: OpenBox) -> None:
        """The desk of the authority whose box it is."""
        may_register(self.directory, context.person.officer_id, command.authority_id, context.today)

    async def open(self, context: Context, command: OpenBox) -> BoxMinutes:
        """Record the minutes of an opening."""
        officer_id = context.person.officer_id
        check_opening(self.directory, command, officer_id, context.today)
        box_id = uuid5(_NAMESPACE, str(context.cause.id))
        opened_by = [officer_id, command.second_person_id]
        added = await context.tx.fetchval(
            Q["add_box"], box_id, command.authority_id, command.opened_on, command.letters, command.minutes_number,
            command.opened_on.year, opened_by,
        )  # fmt: skip
        if not added:
            raise Denied(ErrorCode.DOCUMENT_NUMBER_TAKEN, field="minutes_number")
        opened = BoxOpened(
            authority_id=command.authority_id,
            opened_on=command.opened_on,
            letters=command.letters,
            minutes_number=command.minutes_number,
            opened_by=opened_by,
        )
        context.emit(box_id, [Draft(opened, legal_at=command.opened_on)], after=0)
        return BoxMinutes(box_id=box_id)
