"""State of routing in PostgreSQL. Functions take a transaction and never commit."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.routing.domain.state import Classification
from shared.postgres.pool import Connection
from shared.postgres.queries import load_queries
from shared.postgres.states import States

Q = load_queries(__file__)
_LETTERS = States(Classification)


async def load(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Classification]:
    """States of these cases, locked."""
    return {letter.case_id: letter for letter in _LETTERS.read(await tx.fetch(Q["load"], case_ids))}


async def save(tx: Connection, states: Sequence[Classification]) -> None:
    """Write whole states."""
    await tx.execute(Q["save"], _LETTERS.written(states))


async def claim_number(tx: Connection, letter: Classification, number: str, dated_on: date) -> bool:
    """Use a document number of the confirming authority; False when another paper of that year has it."""
    claimed = (letter.confirmer_authority_id, dated_on.year, number, letter.case_id)
    return bool(await tx.fetchval(Q["claim_number"], *claimed))


async def counters(tx: Connection) -> tuple[dict[str, int], dict[str, int]]:
    """Law counters (law 4), and gauges: proposals that wait, letters on their way."""
    laws = {"confirmed_without_holder": await tx.fetchval(Q["confirmed_without_holder"])}
    return laws, {name: await tx.fetchval(Q[name]) for name in ("awaiting_confirmation", "on_their_way")}
