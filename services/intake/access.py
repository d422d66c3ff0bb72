"""Asking intake: a sender's tracking, and an official's protected read, which is recorded before it is answered."""

from dataclasses import dataclass

import asyncpg
from pydantic import ValidationError

from services.intake import store
from services.intake.store import Q
from services.intake.vault.capsules import WORKING_TEXT, Vault
from shared.contracts.denial import Denied
from shared.contracts.intake import (
    DocumentOpened,
    DocumentText,
    OpenDocument,
    Opened,
    Track,
    Tracked,
    TrackingClaim,
)
from shared.contracts.vocabulary import ErrorCode
from shared.effects import Draft
from shared.messaging.commands.router import Context
from shared.messaging.commands.sealed import open_model, seal_model
from shared.security.codes import CodeRefused, check_pin, code_hash, parse_code
from shared.security.sealing import SealBroken
from shared.telemetry.metrics import count


@dataclass(frozen=True, slots=True)
class Access:
    """Reads of what intake keeps."""

    tries: asyncpg.Pool
    """Counts wrong PINs beside the query, on connections of its own, so that counting never waits for the asking."""
    vault: Vault
    private_key: bytes
    code_key: bytes
    portal_key: bytes

    async def track(self, context: Context, query: Track) -> Tracked:
        """The case of a receipt. Wrong code and wrong PIN are the same to the asker; tries are limited."""
        claim = self._claim(query)
        try:
            hashed = code_hash(self.code_key, parse_code(claim.code))
        except CodeRefused as error:
            raise Denied(ErrorCode(error.code), field="code") from None
        row = await context.tx.fetchrow(Q["receipt_of"], hashed)
        if row is None:
            raise Denied(ErrorCode.NOT_FOUND)
        if row["locked"]:
            raise Denied(ErrorCode.TOO_MANY_TRIES)
        if not check_pin(self.code_key, row["case_id"], claim.pin, row["pin_hash"]):
            # On a connection of its own: the refusal rolls the query's transaction back, the try must stay counted.
            await self.tries.execute(Q["count_failed_try"], hashed)
            raise Denied(ErrorCode.NOT_FOUND)
        await context.tx.execute(Q["forget_failed_tries"], hashed)
        return Tracked(case_id=row["case_id"])

    async def open(self, context: Context, query: OpenDocument) -> Opened:
        """Open the working text for somebody who has the case; the record commits before the answer leaves."""
        officer_id = context.person.officer_id
        row = await store.openable(context.tx, query.case_id, officer_id, query.purpose)
        capsules = await store.capsules_of(context.tx, query.case_id)
        text = (await self.vault.open(capsules[WORKING_TEXT])).decode()
        opened = DocumentOpened(document=query.document, purpose=query.purpose, opened_by=officer_id)
        context.emit(query.case_id, [Draft(opened)], after=row["version"])
        await context.tx.execute(Q["bump_version"], query.case_id, row["version"] + 1)
        count("vault.opened")
        return Opened(document=seal_model(DocumentText(text=text), self.portal_key))

    def _claim(self, query: Track) -> TrackingClaim:
        try:
            return open_model(query.claim, self.private_key, TrackingClaim)
        except (SealBroken, ValidationError):
            raise Denied(ErrorCode.INVALID, field="claim") from None
