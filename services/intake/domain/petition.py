"""Where a petition lies and who may open it now, as the other rooms' events tell."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from shared.contracts.base import Event
from shared.contracts.casework import CaseAccepted, CaseDecided, CaseReassigned, CaseRefused
from shared.contracts.routing import (
    ClassificationConfirmed,
    ClassificationProposed,
    LetterFiled,
    LetterGuided,
    LetterTransferred,
    TransferReceived,
    TransferReturned,
)
from shared.contracts.vocabulary import Kind, Purpose
from shared.directory import Directory, Role

REGISTERS: Mapping[Kind, str] = {
    Kind.COMPLAINT: "KN",
    Kind.DENUNCIATION: "TC",
    Kind.INFORMATION: "TT",
    Kind.FEEDBACK: "PA",
    Kind.LAND_DISPUTE: "DD",
    Kind.MIXED: "HH",
    Kind.OUT_OF_SCOPE: "KH",
}
"""Series of numbers: the confidential ones (TC, TT) are apart from the general ones."""

_ACTS = (
    ClassificationConfirmed, LetterTransferred, TransferReceived, TransferReturned, LetterGuided, LetterFiled,
    CaseAccepted, CaseRefused, CaseDecided, CaseReassigned,
)  # fmt: skip
"""Acts that a receipt comes before."""


@dataclass(frozen=True, slots=True)
class Petition:
    """What events change on a petition."""

    case_id: UUID
    version: int
    at_authority_id: str | None
    """Where the letter lies; None while it is on its way."""
    at_since: date
    registry_id: str
    """The authority whose handler classifies it: the number is drawn from that registry's series, so that a letter
    confirmed above the desk leaves no gap at the desk."""
    desk_id: str
    """The authority whose desk received it first."""
    readers: tuple[str, ...] = ()
    """Officers who may open the working text now."""
    purpose: Purpose = Purpose.CLASSIFY
    holder_id: str | None = None
    transferred: bool = False
    parts: int | None = None
    """Into how many letters it was separated; nobody opens such an envelope any more."""
    kind: Kind | None = None
    register_number: str | None = None
    above_id: str | None = None
    """The authority above whose desk was the first to classify it, where it was kept from its own desk."""
    excluded: tuple[str, ...] | None = None
    """Officers from whom it is hidden; None while nobody has proposed yet who that is."""
    resolver_id: str | None = None
    acted_on: date | None = None
    """Legal day of the earliest act after the receipt."""


def after(directory: Directory, petition: Petition, event: Event, on: date) -> Petition:
    """The petition after an event: who classifies or resolves it reads it, nobody else (law 7)."""
    changed = _moved(directory, petition, event, on)
    return changed if petition.parts is None else replace(changed, readers=())


def acted(petition: Petition, event: Event, legal_at: date) -> Petition:
    """The petition with the earliest act that was done on it."""
    if not isinstance(event, _ACTS):
        return petition
    return replace(petition, acted_on=min(petition.acted_on or legal_at, legal_at))


def _moved(directory: Directory, petition: Petition, event: Event, on: date) -> Petition:
    match event:
        case ClassificationProposed():
            return replace(
                _classified_by(petition, event.confirmer_id),
                at_authority_id=event.receiving_authority_id,
                at_since=event.received_on,
                registry_id=event.confirmer_authority_id,
                above_id=_above(petition, event),
                excluded=tuple(event.excluded),
            )
        case ClassificationConfirmed():
            readers = {event.holder_id, *_heads(directory, event.competent_authority_id, on)} - set(event.excluded)
            return replace(
                petition,
                readers=tuple(sorted(readers)),
                purpose=Purpose.RESOLVE,
                holder_id=event.holder_id,
                excluded=tuple(event.excluded),
                resolver_id=event.competent_authority_id,
            )
        case LetterTransferred():
            away = _classified_by(petition, event.to_handler_id)
            return replace(away, at_authority_id=None, transferred=True, excluded=tuple(event.excluded))
        case TransferReturned():
            return _classified_by(petition, event.superior_handler_id)
        case LetterGuided() | LetterFiled():
            return replace(petition, readers=())
        case CaseReassigned():
            return _reassigned(directory, petition, event, on)
        case _:
            return petition


def _above(petition: Petition, event: ClassificationProposed) -> str | None:
    """Settled by the first proposal: where a letter goes later, the first receipt stays with the first desks."""
    if petition.excluded is not None or petition.transferred or event.confirmer_authority_id == petition.desk_id:
        return petition.above_id
    return event.confirmer_authority_id


def _classified_by(petition: Petition, officer_id: str | None) -> Petition:
    return replace(petition, readers=(officer_id,) if officer_id else (), purpose=Purpose.CLASSIFY)


def _reassigned(directory: Directory, petition: Petition, event: CaseReassigned, on: date) -> Petition:
    """The new holder instead of the old one, unless the old one reads it as head."""
    heads = _heads(directory, event.authority_id, on) & set(petition.readers)
    readers = (set(petition.readers) - {petition.holder_id}) | heads | {event.holder_id}
    return replace(petition, readers=tuple(sorted(readers)), holder_id=event.holder_id)


def _heads(directory: Directory, authority_id: str, on: date) -> set[str]:
    return set(directory.holders_of(authority_id, Role.HEAD, on))
