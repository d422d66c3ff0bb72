"""Slips for sealed hand-over: a desk that may not know what a letter says hands one out and forwards the envelope shut.

Only the issuing authority is ever named: nothing in the house tells which desk handed a slip out, or whether it did.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from services.intake.domain.people import may_issue_slips
from services.intake.store import Q
from shared.contracts.intake import IssuedSlips, IssueSlips, SlipSheet, SlipsIssued
from shared.directory import Directory
from shared.effects import Draft
from shared.messaging.commands.router import Context
from shared.messaging.commands.sealed import seal_model
from shared.security.codes import code_hash, derive_code

_NAMESPACE = UUID("5f7de3a1-9a0e-5c55-8f6a-2f4b7e8d1c30")


@dataclass(frozen=True, slots=True)
class Slips:
    """Fresh slips of a superior's registry."""

    directory: Directory
    code_key: bytes
    portal_key: bytes

    def authorise(self, context: Context, command: IssueSlips) -> None:
        """The registry of a superior."""
        may_issue_slips(self.directory, context.person.officer_id, command.authority_id, context.today)

    async def issue(self, context: Context, command: IssueSlips) -> IssuedSlips:
        """Issue slips; their numbers follow from the command, so a repeat prints the same sheet."""
        numbers = self._numbers(context, command.count)
        hashes = [code_hash(self.code_key, number) for number in numbers]
        await context.tx.execute(Q["add_slips"], hashes, command.authority_id)
        issued = SlipsIssued(
            authority_id=command.authority_id, count=command.count, issued_by=context.person.officer_id
        )
        context.emit(uuid5(_NAMESPACE, str(context.cause.id)), [Draft(issued)], after=0)
        return self._sheet(numbers)

    def recall(self, context: Context, stored: dict[str, Any]) -> IssuedSlips:
        """The answer to a repeat: the same numbers."""
        return self._sheet(self._numbers(context, stored["count"]))

    def _numbers(self, context: Context, count: int) -> list[str]:
        causes = (uuid5(_NAMESPACE, f"{context.cause.id}|{place}") for place in range(count))
        return [derive_code(self.code_key, cause_id) for cause_id in causes]

    def _sheet(self, numbers: list[str]) -> IssuedSlips:
        return IssuedSlips(count=len(numbers), slips=seal_model(SlipSheet(numbers=numbers), self.portal_key))
