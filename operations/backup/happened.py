"""What the old stream or a journal says happened, and what of it the restored record does not know. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from shared.contracts.audit import HeadSigned
from shared.contracts.bus.envelope import Headers
from shared.contracts.intake import PetitionNumbered, PetitionRegistered

FACTS: Mapping[str, tuple[str, ...]] = {
    PetitionRegistered.type(): ("authority_id", "received_on", "channel"),
    PetitionNumbered.type(): ("authority_id", "number"),
    HeadSigned.type(): ("number", "head"),
}
"""The few fields that are needed of an event: what was promised to whom at which desk, and what was signed."""

SeriesKey = tuple[str, str, int]
"""Authority, register, year."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, without its contents."""

    sequence: int
    event_id: UUID
    type: str
    case_id: UUID
    at: str
    """Case time, ISO."""
    facts: Mapping[str, Any]


def happened(sequence: int, headers: Headers, body: bytes) -> Happened:
    """From an event of the stream."""
    wanted = FACTS.get(headers.type, ())
    facts = {name: value for name, value in orjson.loads(body).items() if name in wanted} if wanted else {}
    return Happened(sequence, headers.id, headers.type, headers.case_id, headers.recorded_at.isoformat(), facts)


@dataclass(frozen=True, slots=True)
class Loss:
    """A receipt whose petition is lost; or a number that was given to a petition which was kept."""

    case_id: UUID
    petition_kept: bool
    authority_id: str
    received_on: date | None
    register_number: str | None


@dataclass(frozen=True, slots=True)
class Losses:
    """Everything after the backup."""

    events: int
    by_type: Mapping[str, int]
    people: Sequence[Loss]
    """In the order of what happened; this is the list by which the desk asks people to come again."""
    numbers: Mapping[SeriesKey, int]
    """The highest number drawn of each register."""
    heads: Mapping[int, str] = field(default_factory=dict)
    """Signed heads of the ledger, hash in hex by number."""


def losses(lost: Iterable[Happened]) -> Losses:
    """Sum up events that the restored record does not know."""
    by_type: dict[str, int] = {}
    registered: dict[UUID, Happened] = {}
    numbered: dict[UUID, Happened] = {}
    heads: dict[int, str] = {}
    for each in lost:
        by_type[each.type] = by_type.get(each.type, 0) + 1
        if each.type == PetitionRegistered.type():
            registered[each.case_id] = each
        elif each.type == PetitionNumbered.type():
            numbered[each.case_id] = each
        elif each.type == HeadSigned.type():
            heads[each.facts["number"]] = each.facts["head"]
    people = [_receipt(each, numbered.get(case_id)) for case_id, each in registered.items()]
    people += [_number(each) for case_id, each in numbered.items() if case_id not in registered]
    return Losses(sum(by_type.values()), by_type, people, _highest(numbered.values()), heads)


def _receipt(registered: Happened, numbered: Happened | None) -> Loss:
    facts = registered.facts
    number = numbered.facts["number"] if numbered else None
    return Loss(registered.case_id, False, facts["authority_id"], date.fromisoformat(facts["received_on"]), number)


def _number(numbered: Happened) -> Loss:
    return Loss(numbered.case_id, True, numbered.facts["authority_id"], None, numbered.facts["number"])


def _highest(numbered: Iterable[Happened]) -> dict[SeriesKey, int]:
    highest: dict[SeriesKey, int] = {}
    for each in numbered:
        register, year, number = each.facts["number"].split("-")
        key = (each.facts["authority_id"], register, int(year))
        highest[key] = max(highest.get(key, 0), int(number))
    return highest
