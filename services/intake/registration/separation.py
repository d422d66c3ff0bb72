"""Separating a mixed letter: each content becomes a letter with capsules, a receipt and a fate of its own."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import orjson

from services.intake import store
from services.intake.domain.entry import Entry
from services.intake.domain.letter import check_against, check_pin, is_named
from services.intake.domain.people import holds_a_post
from services.intake.domain.separation import check_separation, cut
from services.intake.registration.desk import unsealed
from services.intake.registration.keeping import VERSION, Fresh, Keeper, working_letter
from services.intake.store import Q
from services.intake.vault.capsules import CONTACT, IDENTITY, WORKING_TEXT
from shared.contracts.denial import Denied
from shared.contracts.intake import DocumentOpened, Part, PetitionSplit, Pin, Registered, Separated, Split
from shared.contracts.vocabulary import DocumentKind, ErrorCode, Purpose
from shared.directory import Directory
from shared.effects import Draft
from shared.messaging.commands.router import Context

_NAMESPACE = UUID("c4a2a0b8-1d4f-5b7a-a9b1-7e3f5d2c8e64")


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A mixed letter, opened to be cut. Masking keeps every place, so one offset fits both texts."""

    text: str
    identity: dict[str, str]
    contact: bytes

    def contents(self, part: Part) -> tuple[str, dict[str, bytes]]:
        """The text of a part as typed, and its capsules: nothing in them is of another part."""
        working = cut(self.text, part.stretches)
        typed = cut(self.identity["text"], part.stretches)
        identity = {**self.identity, "text": typed}
        return typed, {IDENTITY: orjson.dumps(identity), CONTACT: self.contact, WORKING_TEXT: working.encode()}


@dataclass(frozen=True, slots=True)
class Separation:
    """The classifier's side of intake."""

    directory: Directory
    keeper: Keeper
    private_key: bytes

    def authorise(self, context: Context, command: Split) -> None:
        """Whoever holds a post; the letter itself must be his to classify."""
        holds_a_post(self.directory, context.person.officer_id, context.today)

    async def separate(self, context: Context, command: Split) -> Separated:
        """Cut the letter. Ids and receipts follow from the command, so a repeat gets the same answer."""
        officer_id = context.person.officer_id
        pin = check_pin(unsealed(context, command.pin, self.private_key, Pin, "pin").pin)
        parent = await store.openable(context.tx, command.case_id, officer_id, Purpose.CLASSIFY)
        if parent["at_authority_id"] is None:
            raise Denied(ErrorCode.WRONG_STATE)
        against = [check_against(self.directory, part.against, parent["at_since"]) for part in command.parts]
        opened = await self._open(context, command.case_id)
        check_separation(opened.text, [part.stretches for part in command.parts])
        letters = []
        for place, part in enumerate(command.parts):
            cause_id = _cause(context, place)
            entry = _entry(parent, uuid5(cause_id, "case"), officer_id)
            typed, contents = opened.contents(part)
            fresh = Fresh(
                entry=entry,
                cause_id=cause_id,
                letter=working_letter(
                    entry,
                    text=typed,
                    kind_ticked=part.kind,
                    against=against[place],
                    named=is_named(opened.identity["name"]),
                ),
                contents=contents,
                pin=pin,
                split_from=command.case_id,
            )
            letters.append((context, fresh))
        await store.add_petitions(context.tx, [fresh.entry for _, fresh in letters], VERSION)
        registered = await self.keeper.keep(context.tx, letters)
        await self._shut(context, command, parent)
        return _separated(registered)

    def recall(self, context: Context, stored: dict[str, Any]) -> Separated:
        """The answer to a repeat: the same letters, the same codes."""
        case_ids = [UUID(text) for text in stored["case_ids"]]
        return _separated([self.keeper.answer(each, _cause(context, place)) for place, each in enumerate(case_ids)])

    async def _open(self, context: Context, case_id: UUID) -> Opened:
        vault, capsules = self.keeper.vault, await store.capsules_of(context.tx, case_id)
        return Opened(
            text=(await vault.open(capsules[WORKING_TEXT])).decode(),
            identity=orjson.loads(await vault.open(capsules[IDENTITY])),
            contact=await vault.open(capsules[CONTACT]),
        )

    async def _shut(self, context: Context, command: Split, parent: asyncpg.Record) -> None:
        """The envelope is read once more, to cut it, and by nobody again: the open part never shows the sealed one."""
        officer_id, parts = context.person.officer_id, len(command.parts)
        read = DocumentOpened(document=DocumentKind.WORKING_TEXT, purpose=Purpose.CLASSIFY, opened_by=officer_id)
        split = PetitionSplit(authority_id=parent["at_authority_id"], parts=parts, split_by=officer_id)
        context.emit(command.case_id, [Draft(read), Draft(split)], after=parent["version"])
        await context.tx.execute(Q["shut_envelope"], command.case_id, parent["version"] + 2, parts)


def _cause(context: Context, place: int) -> UUID:
    return uuid5(_NAMESPACE, f"{context.cause.id}|{place}")


def _separated(registered: list[Registered]) -> Separated:
    return Separated(case_ids=[each.case_id for each in registered], parts=registered)


def _entry(parent: asyncpg.Record, case_id: UUID, officer_id: str) -> Entry:
    """A part lies where its envelope lay, with the same dates; the covering paper stays with the envelope."""
    own = {"case_id": case_id, "authority_id": parent["at_authority_id"], "registered_by": officer_id}
    return Entry(**dict(parent) | own | {"forwarding_on": None})
