"""Events in: who may open a petition now, and its register number once a named person confirmed its kind."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import asyncpg

from services.intake import store
from services.intake.access import Access
from services.intake.domain import REGISTERS
from services.intake.registration import Registration
from shared.contracts.base import Counters
from shared.contracts.envelope import Envelope
from shared.contracts.intake import IntakeCounters, OpenDocument, PetitionNumbered, Register, Track
from shared.contracts.routing import ClassificationConfirmed, ClassificationProposed
from shared.contracts.vocabulary import Purpose
from shared.directory import Directory, Role
from shared.messaging.batch import Apply, Batch
from shared.messaging.commands import CommandRouter, Context
from shared.messaging.drafts import LEGAL_ZONE, Cause, Draft
from shared.postgres.pool import Connection


def applying(directory: Directory) -> Apply:
    """Reaction to routing's events."""

    async def apply(tx: Connection, batch: Batch) -> None:
        petitions = await store.lock_petitions(tx, sorted({event.case_id for event in batch.events}))
        numbers = await _numbers(tx, batch, petitions)
        changes: dict[object, store.Change] = {}
        for envelope in batch.events:
            row = petitions[envelope.case_id]
            before = changes.get(envelope.case_id) or store.Change(envelope.case_id, row["version"], (), "classify")
            changes[envelope.case_id] = _change(directory, batch, envelope, before, numbers.get(envelope.id))
        await store.save_changes(tx, list(changes.values()))

    return apply


def _change(
    directory: Directory, batch: Batch, envelope: Envelope, before: store.Change, number: str | None
) -> store.Change:
    match envelope.event:
        case ClassificationProposed() as proposed:
            return replace(before, readers=(proposed.confirmer_id,), purpose=Purpose.CLASSIFY)
        case ClassificationConfirmed() as confirmed:
            on = envelope.recorded_at.astimezone(LEGAL_ZONE).date()
            heads = directory.holders_of(confirmed.competent_authority_id, Role.HEAD, on)
            readers = {confirmed.holder_id, *heads} - set(confirmed.excluded)
            after = replace(before, readers=tuple(sorted(readers)), purpose=Purpose.RESOLVE)
            if number is None:
                return after
            numbered = PetitionNumbered(
                number=number, kind=confirmed.kind, authority_id=confirmed.receiving_authority_id
            )
            batch.emit(Cause.of(envelope), envelope.case_id, [Draft(numbered)], after=before.version)
            return replace(after, version=before.version + 1, kind=confirmed.kind, number=number)
        case _:
            return before


async def _numbers(tx: Connection, batch: Batch, petitions: Mapping[UUID, asyncpg.Record]) -> dict[object, str]:
    """Draw numbers for confirmed petitions that have none, one statement per register."""
    wanted: dict[tuple[str, str, int], list[Envelope]] = defaultdict(list)
    for envelope in batch.events:
        event = envelope.event
        if isinstance(event, ClassificationConfirmed) and petitions[envelope.case_id]["register_number"] is None:
            year = envelope.recorded_at.astimezone(LEGAL_ZONE).year
            wanted[event.receiving_authority_id, REGISTERS[event.kind], year].append(envelope)
    result: dict[object, str] = {}
    for (authority_id, register, year), envelopes in sorted(wanted.items()):
        drawn = await store.draw_numbers(tx, authority_id, register, year, len(envelopes))
        for envelope, number in zip(envelopes, drawn, strict=True):
            result[envelope.id] = f"{register}-{year}-{number:05d}"
    return result


def routes(registration: Registration, access: Access) -> CommandRouter:
    """Commands and queries that intake answers."""

    async def counters(context: Context, _: IntakeCounters) -> Counters:
        laws, petitions = await store.counters(context.tx)
        return Counters(counters=laws, gauges={"petitions": petitions}, case_now=context.now)

    def signed_in(context: Context, query: OpenDocument) -> None:
        assert context.person

    router = CommandRouter()
    router.add(
        Register, registration.register, registration.authorise,
        recall=registration.recall, not_stored=frozenset({"receipt"}),
    )  # fmt: skip
    router.add(Track, access.track, lambda context, query: None, public=True)
    router.add(OpenDocument, access.open, signed_in)
    router.add(IntakeCounters, counters, lambda context, query: None, public=True)
    return router
