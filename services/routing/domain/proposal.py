"""From signals to a proposal: kind, competence, holder, who confirms."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from services.routing.domain.channels import nearest
from services.routing.domain.competence import Competence, competent
from services.routing.domain.exclusion import (
    anybody_outside,
    barred,
    confirmer_authority,
    excluded,
    excluded_now,
    handler_of,
    suspected,
)
from services.routing.domain.state import Classification
from shared.contracts.bus.envelope import Envelope
from shared.contracts.intake import PetitionRead, PetitionSplit, ReceiptCorrected
from shared.contracts.routing import ClassificationProposed, LetterSplit
from shared.contracts.vocabulary import Flag, Kind, Stage
from shared.directory import Directory, Role
from shared.effects import Draft, Effect
from shared.law.day import legal_day


def react(
    directory: Directory, desks: frozenset[str], state: Classification | None, envelope: Envelope
) -> Effect[Classification] | None:
    """React to what intake tells: a read petition is proposed, a separated one is an envelope from now on.

    `desks`: authorities whose own desk answers whether a letter denounces somebody, where nothing in it looks so.
    """
    on = legal_day(envelope.recorded_at)
    match envelope.event:
        case PetitionRead() as read if state is None:
            return _first(directory, desks, envelope, read, on)
        case PetitionSplit() as split if state is not None and state.stage is Stage.PROPOSED:
            event = LetterSplit(authority_id=split.authority_id, split_on=on, parts=split.parts)
            return Effect(replace(state, stage=Stage.SPLIT), (Draft(event),))
        case ReceiptCorrected() as corrected if state is not None and state.first_received_on == corrected.was_on:
            return Effect(_corrected(state, corrected))
        case _:
            return None


def propose(directory: Directory, state: Classification, confirming: str, on: date) -> tuple[Classification, Draft]:
    """Propose competence and holder of what the letter seems to be, to be confirmed at this authority or above it."""
    hidden = tuple(sorted(excluded_now(directory, state, on)))
    confirmer = handler_of(directory, confirming, state.against, frozenset(hidden), on)
    found = _competence(directory, state, on)
    proposed = replace(
        state,
        stage=Stage.PROPOSED,
        confirmer_authority_id=confirmer.authority_id,
        excluded=hidden,
        competent_authority_id=found.authority_id,
        holder_id=_holder(directory, state, found.authority_id, on),
    )
    event = ClassificationProposed(
        kind=proposed.kind,
        level=proposed.level,
        competent_authority_id=proposed.competent_authority_id,
        holder_id=proposed.holder_id,
        rules=list(found.rules),
        reasons=list(proposed.reasons),
        alternatives=list(proposed.alternatives),
        confidence=proposed.confidence,
        abstained=proposed.abstained,
        receiving_authority_id=proposed.receiving_authority_id,
        confirmer_authority_id=proposed.confirmer_authority_id,
        confirmer_id=confirmer.officer_id,
        excluded=list(hidden),
        received_on=proposed.received_on,
    )
    return proposed, Draft(event, legal_at=proposed.received_on)


def _first(
    directory: Directory, desks: frozenset[str], envelope: Envelope, read: PetitionRead, on: date
) -> Effect[Classification]:
    against = tuple(target for target in read.against if directory.knows(target) or directory.has_authority(target))
    cautious = read.authority_id not in desks and anybody_outside(directory, read.authority_id, against, on)
    possible = cautious or suspected(read)
    ranked = _kinds(read, on)
    kind = None if read.abstained or not ranked else ranked[0]
    fresh = Classification(
        case_id=envelope.case_id,
        stage=Stage.PROPOSED,
        receiving_authority_id=read.authority_id,
        confirmer_authority_id=read.authority_id,
        received_on=read.received_on,
        first_received_on=read.received_on,
        channel=read.channel,
        signed=read.signed,
        named=Flag.ANONYMOUS not in read.flags,
        against=against,
        excluded=(),
        possible=possible,
        kind=kind,
        level=2 if kind is Kind.COMPLAINT and Flag.SECOND_TIME in read.flags else 1,
        competent_authority_id=None,
        holder_id=None,
        reasons=tuple(sorted({item.rule for item in read.evidence})),
        alternatives=tuple(each for each in ranked if each is not kind)[:3],
        confidence=max((score.score for score in read.scores), default=0.0),
        abstained=read.abstained,
        transferred=read.transferred_before,
    )
    confirming = confirmer_authority(directory, read.authority_id, against, possible, on)
    state, draft = propose(directory, fresh, confirming, on)
    return Effect(state, (draft,))


def _corrected(state: Classification, event: ReceiptCorrected) -> Classification:
    """The first receipt; also the one that counts here, while the letter lies or is on its way from there.

    Of a part of a letter that had come by a transfer we hold that receipt only, and it stays.
    """
    if state.transferred and state.from_authority_id is None:
        return state
    if not state.transferred:
        return replace(state, first_received_on=event.received_on, received_on=event.received_on)
    if state.stage is Stage.TRANSFERRED and state.dispatched_on is not None:
        on = min(event.received_on, state.dispatched_on)
        return replace(state, first_received_on=on, received_on=on)
    return replace(state, first_received_on=min(event.received_on, state.received_on))


def _kinds(read: PetitionRead, on: date) -> list[Kind]:
    """Kinds by score; a kind that cannot arrive so is proposed as what it can be."""
    ranked: Iterable[Kind] = (score.kind for score in sorted(read.scores, key=lambda score: -score.score))
    named = Flag.ANONYMOUS not in read.flags
    return list(dict.fromkeys(nearest(kind, read.channel, read.signed, named, on) for kind in ranked))


def _competence(directory: Directory, state: Classification, on: date) -> Competence:
    if state.kind is None:
        return Competence(None, ())
    return competent(directory, state.kind, state.level, state.against, state.receiving_authority_id, on)


def _holder(directory: Directory, state: Classification, authority_id: str | None, on: date) -> str | None:
    """Who would hold it when the proposed kind is confirmed; until then he hears nothing of it."""
    if authority_id is None or state.kind is None:
        return None
    stays = excluded(directory, state.kind, state.against, on)
    out = frozenset((*state.excluded, *stays, *barred(directory, state.kind, state.against, on)))
    for role in (Role.OFFICER, Role.ADVISER):
        recipient = directory.available(authority_id, role, on, out)
        if recipient is not None:
            return recipient.officer_id
    return None
