"""After the storm: what must be true of a house at rest, whatever was thrown at it, and the figures of a storm."""

import statistics
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from operations.commands.audit import report
from operations.ledger.equations import balance
from operations.ledger.laws import by_law
from operations.ledger.rest import collect_at_rest
from shared.contracts.house import SERVICES
from shared.security.secrets import PublicKeys
from tests.chaos.people import People
from tests.chaos.storm import Storm
from tests.house import RunningHouse
from tests.world import until

REST_SECONDS = 90.0
MAIL_SECONDS = 170.0
"""Longer than the lease of a mail whose sender was killed with it in hand."""
_MAIL_WAITS = "select count(*) as n from notify.delivery where medium = 'mail' and sent_at is null"


@dataclass
class Books:
    """What does not balance; all empty and true when nothing was lost."""

    receipts_without_petition: int = 0
    lines: dict[str, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    laws: dict[str, int] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    held: int = 0
    chain_findings: list[Any] = field(default_factory=list)
    events_from_the_future: int = 0


BALANCED = Books()


async def at_rest(house: RunningHouse) -> float:
    """Wait until nothing is under way: outboxes, readers, and mails whose sender died with them in hand.

    Return the seconds until outboxes and readers were done for the first time.
    """
    seconds = await house.quiet(seconds=REST_SECONDS)
    while waiting := await _mails_waiting(house):

        async def fewer(than: int = waiting) -> bool:
            return await _mails_waiting(house) < than

        await until(fewer, seconds=MAIL_SECONDS)
    await house.quiet(seconds=REST_SECONDS)
    return seconds


async def _mails_waiting(house: RunningHouse) -> int:
    return int((await house.rows(_MAIL_WAITS))[0]["n"])


async def close_the_books(house: RunningHouse, receipts: set[UUID]) -> Books:
    """Compare every store with every other and with the senders' own list."""
    admin = await asyncpg.connect(house.stack.database_url)
    try:
        key = PublicKeys.load(house.stack.data.secrets).audit or b""
        facts = await collect_at_rest(admin, house.bus, key, mails=house.stack.data.mails, receipts_given=receipts)
    finally:
        await admin.close()
    lines = balance(facts)
    counted = await house.counters()
    chain = {"realm": facts.realm, "public_key": key, "entries": facts.entries, "heads": facts.heads}
    laws = by_law(counted.counters | {f"ledger.{name}": value for name, value in lines.items()})
    return Books(
        receipts_without_petition=len(receipts - facts.petitions),
        lines=_wrong(lines),
        counters=_wrong(counted.counters),
        laws=_wrong(laws),
        silent=list(counted.silent),
        held=sum(len(each) for each in facts.held.values()),
        chain_findings=report(chain, None)["findings"],
        events_from_the_future=await _from_the_future(house),
    )


def _wrong(values: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in values.items() if value}


async def _from_the_future(house: RunningHouse) -> int:
    """Events dated later than case time is now, or kept later than machine time is now."""
    case_now = house.clock.now()
    query = " union all ".join(f"select headers, created_at from {name}.outbox" for name in SERVICES)
    rows = await house.rows(
        "select count(*) as n from (" + query + ") as e"
        " where (headers::json ->> 'ce-recordedat')::timestamptz > $1 or created_at > clock_timestamp()",
        case_now,
    )
    return int(rows[0]["n"])


def figures(seed: int, seconds: float, storm: Storm, people: People, deaths: dict[str, int]) -> dict[str, Any]:
    """What a storm did and how the house bore it. Times in seconds."""
    counted = [each for each in people.attempts if not storm.was_away(each.began, each.ended)]
    registered = sum(each.registered for each in counted)
    recoveries = sorted(_recoveries(storm, people))
    kinds = {kind: {} for kind in ("kill", "stop")} | {"line": {}, "jump": {}}  # type: dict[str, dict[str, int]]
    for name, count in sorted(storm.done.items()):
        kind, _, target = name.partition(" ")
        if kind in kinds:
            kinds[kind][target] = count
        else:
            kinds["line"][f"{target} {kind}"] = count
    asked = len(people.letters)
    return {
        "seed": seed,
        "seconds": round(seconds, 1),
        "kills": kinds["kill"],
        "stops": kinds["stop"],
        "proxy_faults": kinds["line"],
        "clock_jumps": sum(kinds["jump"].values()),
        "proxies": {
            name: {
                "connections": proxy.connections,
                "cut": proxy.cuts,
                "bytes_swallowed": proxy.swallowed,
            }
            for name, proxy in storm.place.lines.items()
        },
        "services_ended_by_themselves": deaths,
        "letters": {
            "asked": asked,
            "registered": len(people.receipted),
            "repeated": len(people.attempts) - asked,
        },
        "acts": people.acts | {"refused": len(people.refused)},
        "registration": {
            "attempts_while_postgres_up": len(counted),
            "success_rate_while_postgres_up": round(registered / len(counted), 4) if counted else None,
        },
        "recovery_p50": round(statistics.median(recoveries), 2) if recoveries else None,
        "recovery_max": round(recoveries[-1], 2) if recoveries else None,
        "longest_outbox_age": round(storm.longest_outbox_age, 2),
    }


def _recoveries(storm: Storm, people: People) -> list[float]:
    """From each fault's end to the first letter registered after it that is seen as proposed."""
    found = []
    for end in storm.ends:
        seen = [each.proposed_at for each in people.letters if each.proposed_at and each.registered_at >= end]
        if seen:
            found.append(min(seen) - end)
    return found


def as_dict(books: Books) -> dict[str, Any]:
    """For the report."""
    return asdict(books)
