"""What a demo prints: figures from the read model and the ledger, and the law counters of every service."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from operations.ledger.equations import balance
from operations.ledger.facts import Facts
from operations.ledger.house_counters import HouseCounters
from operations.ledger.laws import by_law
from services.audit.domain import genesis, verify
from simulation.play import Played

_STATES = "select stage, count(*) from portal.case_view group by 1 order by 1"
_KINDS = "select coalesce(kind, 'unconfirmed'), count(*) from portal.case_view group by 1 order by 1"
_AUTHORITIES = "select authority_id, count(*) from portal.case_view group by 1 order by 1"
_SAID = {"complicate": "complicated", "extend": "extended", "suspend": "suspended", "resume": "resumed"}
_MOVES = """
select facts ->> 'move', count(*) from portal.timeline where type = 'casework.case.moved' group by 1
"""
_ENDED = """
select count(*) as terminated, count(*) filter (where ground = 'withdrawn') as withdrawn
from portal.case_view where outcome = 'terminated'
"""
_TYPES = """
select content::jsonb ->> 'type', count(*) from audit.entry group by 1
"""


async def report(
    admin: asyncpg.Connection, facts: Facts, played: Played, house: HouseCounters, seconds: float
) -> dict[str, Any]:
    """The demo's JSON object. Every letter and every separated content counts once."""
    events = Counter({row[0]: row[1] for row in await admin.fetch(_TYPES)})
    by_state = await _counts(admin, _STATES)
    _, _, findings = verify(genesis(facts.realm), facts.entries, facts.heads, facts.audit_key)
    lines = balance(facts)
    counters = house.counters | {f"ledger.{name}": value for name, value in lines.items()}
    receipts = {case_id for each in played.receipts.values() for case_id in each}
    return {
        "petitions": {
            "total": sum(by_state.values()),
            "by_state": by_state,
            "by_kind": await _counts(admin, _KINDS),
            "by_authority": await _counts(admin, _AUTHORITIES),
        },
        "clocks": {
            "started": events["escalation.clock.started"],
            "warned": events["escalation.clock.warned"],
            "breached": events["escalation.clock.breached"],
        },
        "escalations": events["escalation.rung.fired"],
        "alerts": {"sent": events["notify.alert.raised"], "acknowledged": events["notify.alert.acknowledged"]},
        "casework": await _casework(admin),
        "transferred": events["routing.letter.transferred"],
        "guided": events["routing.letter.guided"],
        "filed": events["routing.letter.filed"],
        "triaged": await admin.fetchval("select count(*) from portal.case_view where abstained"),
        "laws": by_law(counters),
        "invariants": counters,
        "audit": {"entries": len(facts.entries), "verified": not findings},
        "lost": _lost(receipts, facts),
        "duplicated_effects": _duplicated(facts),
        "refused_acts": dict(Counter(played.refused)),
        "acts": played.acts,
        "clock_jumps": played.jumps,
        "seconds": round(seconds, 1),
    }


def passed(result: Mapping[str, Any]) -> bool:
    """Whether no law counter and no line of the ledger is broken."""
    broken = [
        *result["laws"].values(),
        *result["invariants"].values(),
        result["lost"],
        result["duplicated_effects"],
    ]
    return not any(broken) and bool(result["audit"]["verified"])


async def _casework(admin: asyncpg.Connection) -> dict[str, int]:
    """What papers did to cases."""
    moved = await _counts(admin, _MOVES)
    ended = await admin.fetchrow(_ENDED)
    return {said: moved.get(move, 0) for move, said in _SAID.items()} | dict(ended or {})


async def _counts(admin: asyncpg.Connection, query: str) -> dict[str, int]:
    return {row[0]: row[1] for row in await admin.fetch(query)}


def _lost(receipts: set[UUID], facts: Facts) -> int:
    """Receipts that intake, read model or ledger do not know."""
    chained = {entry.content for entry in facts.entries if '"intake.petition.registered"' in entry.content}
    in_ledger = {case_id for case_id in receipts if any(str(case_id) in content for content in chained)}
    return len(receipts - facts.petitions) + len(receipts - facts.shown) + len(receipts - in_ledger)


def _duplicated(facts: Facts) -> int:
    """Effects that exist twice: alerts of one rung for one person, entries of one event, mails under two keys."""
    lines = balance(facts)
    names = ("rungs_unsaid_or_doubled", "alerts_missing_or_doubled", "mails_from_nowhere", "events_chained_twice")
    return sum(lines[name] for name in names)
