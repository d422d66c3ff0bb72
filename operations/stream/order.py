"""The order in which a stream is built again from the outboxes. Pure.

A relay marks an event after it has published it, so in a snapshot an event may be unmarked although others have read it
and decided upon it. Its old sequence is unknown, but bounded: it stood after its cause and after the event before it of
the same case and service, and before all that was decided because of it, which was written later than itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Row:
    """An outbox row without its contents."""

    service: str
    event_id: UUID
    case_id: UUID
    type: str
    cause_id: UUID
    number: int
    created_at: datetime
    sequence: int | None
    """Its old place in the stream, when it was marked as sent."""


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Marked rows by their old sequence; each unmarked one as late as its effects allow, and after its causes."""
    rows = list(rows)
    marked = sorted((row for row in rows if row.sequence is not None), key=_sequence)
    unmarked = sorted((row for row in rows if row.sequence is None), key=lambda row: (row.created_at, row.number))
    if not unmarked:
        return marked
    place = {row.event_id: (_sequence(row), 0) for row in marked}
    last_of_case = {(row.service, row.case_id): _sequence(row) for row in marked}
    first_written_after = _First(marked)
    for nth, row in enumerate(unmarked, start=1):
        # The cause is bounded by the instants already, unless the machine's clock was set back.
        after = max(
            place.get(row.cause_id, (0, 0))[0],
            last_of_case.get((row.service, row.case_id), 0),
            first_written_after(row.created_at) - 1,
        )
        place[row.event_id] = (after, nth)
        last_of_case[row.service, row.case_id] = after
    return sorted(rows, key=lambda row: place[row.event_id])


def _sequence(row: Row) -> int:
    assert row.sequence is not None
    return row.sequence


class _First:
    """The lowest sequence among marked rows written after an instant; instants must be asked in ascending order."""

    def __init__(self, marked: Sequence[Row]) -> None:
        self._by_time = sorted(marked, key=lambda row: row.created_at)
        self._lowest = [(_sequence(marked[-1]) if marked else 0) + 1]
        for row in reversed(self._by_time):
            self._lowest.append(min(self._lowest[-1], _sequence(row)))
        self._lowest.reverse()
        self._next = 0

    def __call__(self, instant: datetime) -> int:
        while self._next < len(self._by_time) and self._by_time[self._next].created_at <= instant:
            self._next += 1
        return self._lowest[self._next]
