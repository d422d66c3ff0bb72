"""The rule of the law table that a legal act cites."""

from collections.abc import Mapping
from datetime import date

from services.casework.domain.state import CaseFile
from shared.contracts.denial import Denied
from shared.contracts.vocabulary import ErrorCode, Kind
from shared.procedure import first_in_force


def in_force(bases: Mapping[tuple[Kind, int], tuple[str, ...]], case: CaseFile, on: date) -> str:
    """The first rule of the case's kind and level that is in force on that day.

    Raises:
        Denied: no rule lets this be done on that day.
    """
    level = case.level if case.kind is Kind.COMPLAINT else 1
    found = first_in_force(bases.get((case.kind, level), ()), on)
    if found is None:
        raise Denied(ErrorCode.LAW_REFUSES)
    return found
