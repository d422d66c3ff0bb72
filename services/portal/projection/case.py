"""The row of a case in the read model."""

from dataclasses import dataclass, field, fields
from datetime import date
from inspect import signature
from typing import Any
from uuid import UUID

from services.portal.policy import audience
from shared.contracts.vocabulary import Kind, Notice, Result, Stage, Task


class MissingCase(Exception):
    """An event of a case that this read model never saw registered. Look at the earlier held events of the case."""

    code = "missing_case"


Changes = dict[str, Any]
"""Columns of a row, by name, and what an event makes of them."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of `case_view`; the comments of the migration say what the columns are."""

    case_id: UUID
    stage: Stage
    versions: dict[str, int]
    channel: str
    received_on: date
    first_received_on: date
    letter_on: date | None
    postmark_on: date | None
    signed: bool
    receiving_authority_id: str
    registered_by: str | None
    person_id: str
    task: Task
    authority_id: str
    due_on: date
    due_rule: str
    expected_result: Result
    forwarded_by: str | None = None
    forwarding_number: str | None = None
    under_slip: bool = False
    split_from: UUID | None = None
    register_number: str | None = None
    flags: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)
    kind: Kind | None = None
    level: int = 1
    competent_authority_id: str | None = None
    holder_id: str | None = None
    rules: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    confidence: float = 0.0
    abstained: bool = False
    confirmer_authority_id: str | None = None
    confirmed_by: str | None = None
    document_number: str | None = None
    documents: dict[str, str] = field(default_factory=dict)
    accepted_on: date | None = None
    signed_by: str | None = None
    ground: str | None = None
    outcome: str | None = None
    owed: list[str] = field(default_factory=list)
    transferred_by: str | None = None
    transferred_from: str | None = None
    to_body: str | None = None
    closed_on: date | None = None
    excluded: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
    alerted: list[str] = field(default_factory=list)
    audience: list[str] = field(default_factory=list)
    traceparent: str | None = None
    receipt_desks: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def columns(self) -> Changes:
        """Every column by name."""
        return {name: getattr(self, name) for name in _COLUMNS}

    def after(self, changes: Changes) -> "Case":
        """The row with these columns changed, and with the tags of those who may see it then.

        Raises:
            TypeError: no such column.
        """
        columns = self.columns() | changes
        if not _SEEN_BY.isdisjoint(changes):
            columns["audience"] = list(audience(**{name: columns[name] for name in _SEEN_BY}))
        return Case(**columns)


_COLUMNS = tuple(column.name for column in fields(Case))
_SEEN_BY = frozenset(signature(audience).parameters)


def numbered(case: Case, act: Notice, number: str) -> Changes:
    """What the number of a legal act changes."""
    return {"document_number": number, "documents": case.documents | {act.value: number}}


def ended(stage: Stage, on: date, by: str) -> Changes:
    """What changes for a letter that is no longer open; whoever ended it stays the person to ask."""
    return {"stage": stage, "closed_on": on, "person_id": by, "expected_result": Result.CLOSED_FILE}
