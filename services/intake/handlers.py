"""Events in: who may open a petition now, and its register number once a named person confirmed its kind."""

from collections import defaultdict
from dataclasses import replace

from services.intake import store
from services.intake.access import Access
from services.intake.domain.petition import REGISTERS, acted, after
from services.intake.registration.boxes import Boxes
from services.intake.registration.corrections import Corrections
from services.intake.registration.desk import Registration
from services.intake.registration.separation import Separation
from services.intake.registration.slips import Slips
from shared.contracts.base import Counters
from shared.contracts.bus.envelope import Envelope
from shared.contracts.intake import (
    CorrectReceipt,
    IntakeCounters,
    IssueSlips,
    OpenBox,
    OpenDocument,
    PetitionNumbered,
    Preview,
    Register,
    Split,
    Track,
)
from shared.contracts.routing import ClassificationConfirmed
from shared.contracts.vocabulary import Kind
from shared.directory import Directory
from shared.effects import Cause, Draft
from shared.law.day import legal_day
from shared.messaging.commands.router import CommandRouter, Context, Together
from shared.messaging.events.batch import Apply, Batch
from shared.postgres.pool import Connection

Wanted = dict[store.Series, list[tuple[Envelope, Kind]]]
"""Confirmations that want a number of a registry's series, with their kind."""


def applying(directory: Directory) -> Apply:
    """Reaction to the other rooms' events."""

    async def apply(tx: Connection, batch: Batch) -> None:
        petitions = await store.lock_petitions(tx, sorted({event.case_id for event in batch.events}))
        wanted: Wanted = defaultdict(list)
        for envelope in batch.events:
            before, on = petitions[envelope.case_id], legal_day(envelope.recorded_at)
            petition = after(directory, before, envelope.event, on)
            petition = acted(petition, envelope.event, envelope.legal_at)
            if isinstance(envelope.event, ClassificationConfirmed) and petition.kind is None:
                kind = envelope.event.kind
                petition = replace(petition, kind=kind)
                wanted[petition.registry_id, REGISTERS[kind], on.year].append((envelope, kind))
            petitions[envelope.case_id] = petition
        drawn = await store.draw_numbers(tx, {series: len(wanted[series]) for series in sorted(wanted)})
        for series, numbers in drawn.items():
            registry_id, register, year = series
            for (envelope, kind), drawn_number in zip(wanted[series], numbers, strict=True):
                before, number = petitions[envelope.case_id], f"{register}-{year}-{drawn_number:05d}"
                numbered = PetitionNumbered(number=number, kind=kind, authority_id=registry_id)
                batch.emit(Cause.of(envelope), envelope.case_id, [Draft(numbered)], after=before.version)
                petitions[envelope.case_id] = replace(before, version=before.version + 1, register_number=number)
        await store.save_petitions(tx, list(petitions.values()))

    return apply


def routes(
    registration: Registration,
    separation: Separation,
    corrections: Corrections,
    boxes: Boxes,
    slips: Slips,
    access: Access,
) -> CommandRouter:
    """Commands and queries that intake answers."""

    async def counters(context: Context, _: IntakeCounters) -> Counters:
        laws, gauges = await store.counters(context.tx)
        return Counters(counters=laws, gauges=gauges, case_now=context.now)

    def signed_in(context: Context, query: OpenDocument) -> None:
        assert context.person

    def anybody(context: Context, query: object) -> None:
        return None

    router = CommandRouter()
    router.add(
        Register,
        registration.register,
        registration.authorise,
        recall=registration.recall,
        not_stored=frozenset({"receipt"}),
        together=Together(registration.prepare, registration.register_together),
    )
    router.add(
        Split, separation.separate, separation.authorise, recall=separation.recall, not_stored=frozenset({"parts"})
    )
    router.add(CorrectReceipt, corrections.correct, corrections.authorise)
    router.add(IssueSlips, slips.issue, slips.authorise, recall=slips.recall, not_stored=frozenset({"slips"}))
    router.add(OpenBox, boxes.open, boxes.authorise)
    router.add(Preview, registration.preview, registration.may_preview)
    router.add(Track, access.track, anybody, public=True)
    router.add(OpenDocument, access.open, signed_in)
    router.add(IntakeCounters, counters, anybody, public=True)
    return router
