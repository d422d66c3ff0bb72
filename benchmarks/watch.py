"""When a letter arrived everywhere: case, holder and running clock in the read model, all its events in the ledger."""

import asyncio
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

EVENTS_OF_A_LETTER = Counter(
    {
        "intake.petition.registered": 1,
        "intake.petition.read": 1,
        "routing.classification.proposed": 1,
        "escalation.clock.started": 2,
        "routing.classification.confirmed": 1,
        "escalation.clock.ended": 1,
        "intake.petition.numbered": 1,
        "casework.case.opened": 1,
    }
)
"""From receipt to a case whose holder has a running clock."""
EVENTS_PER_LETTER = EVENTS_OF_A_LETTER.total()

_IS_VISIBLE = """
stage = 'open' and holder_id is not null and exists (
    select from portal.clock_view
    where clock_view.case_id = case_view.case_id and coalesce(ended_on, 'infinity') = 'infinity' and rule <> 'XL-08'
)
"""
"""Written so that only the clocks of the case are read: without statistics the index of open clocks looks as good."""
_VISIBLE = f"select case_id from portal.case_view where case_id = any($1::uuid[]) and {_IS_VISIBLE}"
_COUNT_VISIBLE = f"select count(*) from portal.case_view where {_IS_VISIBLE}"
_CHAINED = """
select number, (content::json ->> 'case')::uuid as case_id, content::json ->> 'type' as type
from audit.entry where number > $1 order by number
"""


@dataclass
class Watch:
    """Looks at read model and ledger every `every` seconds and notes when a letter is there."""

    admin: asyncpg.Connection
    every: float
    sent: dict[UUID, float] = field(default_factory=dict)
    """When the command to register was sent, seconds of the monotonic clock."""
    arrived: dict[UUID, float] = field(default_factory=dict)
    _chained: dict[UUID, list[str]] = field(default_factory=lambda: defaultdict(list))
    _complete: set[UUID] = field(default_factory=set)
    """All in the ledger, not yet seen in the read model."""
    _number: int = 0

    async def forget_past(self) -> None:
        """Look only at what is chained from now on."""
        self._number = await self.admin.fetchval("select coalesce(max(number), 0) from audit.entry")

    async def until_all(self, letters: int, *, seconds: float) -> None:
        """Return when so many letters arrived.

        Raises:
            TimeoutError: with how many did.
        """
        end = time.perf_counter() + seconds
        while len(self.arrived) < letters:
            await self.look()
            if time.perf_counter() > end:
                raise TimeoutError(f"{len(self.arrived)} of {letters} letters arrived")
            await asyncio.sleep(self.every)

    async def until_so_many(self, letters: int, *, seconds: float) -> None:
        """As `until_all`, by counts alone, so that watching many letters costs next to nothing."""
        end = time.perf_counter() + seconds
        queries = (
            ("select coalesce(max(number), 0) from audit.entry", self._number + letters * EVENTS_PER_LETTER),
            (_COUNT_VISIBLE, letters),
        )
        for query, wanted in queries:
            while (found := await self.admin.fetchval(query)) < wanted:
                if time.perf_counter() > end:
                    raise TimeoutError(f"{found} of {wanted} arrived")
                await asyncio.sleep(self.every)

    async def look(self) -> None:
        """Note what arrived since the last look."""
        for row in await self.admin.fetch(_CHAINED, self._number):
            chained = self._chained[row["case_id"]]
            chained.append(row["type"])
            self._number = row["number"]
            if len(chained) == EVENTS_PER_LETTER and Counter(chained) == EVENTS_OF_A_LETTER:
                self._complete.add(row["case_id"])
        for row in await self.admin.fetch(_VISIBLE, list(self._complete)):
            self.arrived[row["case_id"]] = time.perf_counter()
            self._complete.discard(row["case_id"])

    def latencies(self) -> list[float]:
        """Seconds from command to visible, sorted."""
        return sorted(self.arrived[case_id] - self.sent[case_id] for case_id in self.arrived)
