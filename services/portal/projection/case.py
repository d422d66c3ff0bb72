"""The row of a case in the read model."""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from uuid import UUID

from services.portal.policy import audience
from shared.contracts.vocabulary import Kind, Notice, Result, Stage, Task


class MissingCase(Exception):
    """An event of a case that this read model never saw registered. Look at the earlier held events of the case."""

    code = "missing_case"


@dataclass
class Case:
    """One row of `case_view`; the comments of the migration say what the columns are.

    Never changed in place: an event makes several copies, which cost fifty times less without `frozen` and `slots`.
    """

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
    hidden_from: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
    alerted: list[str] = field(default_factory=list)
    audience: list[str] = field(default_factory=list)
    traceparent: str | None = None
    receipt_desks: list[str] = field(default_factory=list)

    def but(self, **changes: Any) -> "Case":
        """The row with these columns changed.

        Raises:
            TypeError: no such column.
        """
        if not changes.keys() <= _COLUMNS:
            raise TypeError
        return Case.of(self.__dict__ | changes)

    @staticmethod
    def of(columns: dict[str, Any]) -> "Case":
        """The row of all its columns, which become the row's own."""
        row = object.__new__(Case)
        row.__dict__ = columns
        return row

    def numbered(self, act: Notice, number: str) -> "Case":
        """The row with the number of a legal act."""
        return self.but(document_number=number, documents=self.documents | {act.value: number})

    def owing(self, *notices: Notice) -> "Case":
        """The row with these notices owed beside those that are."""
        return self.but(owed=sorted({*self.owed, *(notice.value for notice in notices)}))

    def with_audience(self) -> "Case":
        """The row with the tags of those who may see it."""
        tags = audience(
            stage=self.stage,
            kind=self.kind,
            confirmer_authority_id=self.confirmer_authority_id,
            receiving_authority_id=self.receiving_authority_id,
            competent_authority_id=self.competent_authority_id,
            person_id=self.person_id,
            holder_id=self.holder_id,
            transferred_by=self.transferred_by,
            alerted=self.alerted,
        )
        return self.but(audience=list(tags))


_COLUMNS = frozenset(column.name for column in fields(Case))


def known(case: Case | None) -> Case:
    """The case, which must exist.

    Raises:
        MissingCase: it does not.
    """
    if case is None:
        raise MissingCase
    return case
