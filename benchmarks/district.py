"""A read model as a district has it after years: real lives of letters through the real projection, then multiplied."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import asyncpg

from benchmarks.installation import administrator, multiply, settle
from operations.house.stack import Stack
from services.portal.projection.apply import applying
from shared.contracts.bus.envelope import Envelope
from shared.contracts.vocabulary import Body, Kind, Stage
from shared.directory import Directory, Level, Role
from shared.law.calendar import add_working_days, next_working_day_on_or_after
from shared.messaging.events.batch import Batch
from shared.messaging.outbox.emitter import Emitter
from shared.postgres.pool import service_dsn
from shared.security.secrets import ServiceSecrets
from simulation.life import Life

TABLES = ("case_view", "clock_view", "alert_view", "timeline")
DATES = (
    "received_on", "first_received_on", "letter_on", "postmark_on", "accepted_on", "closed_on", "due_on", "starts_on",
    "ended_on", "legal_at",
)  # fmt: skip
INSTANTS = (
    "due_at", "warn_at", "warned_at", "breached_at", "acknowledge_by", "raised_at", "acknowledged_at", "occurred_at",
)  # fmt: skip
TODAY = date(2025, 6, 16)
SINCE = date(2022, 1, 4)
LATELY = date(2025, 4, 14)
"""Alerts of letters received before that day have all been acknowledged."""
OPEN_SHARE = 0.045
"""Open cases; the others have ended."""
BATCH = 500
KINDS = {Kind.FEEDBACK: 40, Kind.COMPLAINT: 30, Kind.LAND_DISPUTE: 20, Kind.DENUNCIATION: 10}
"""Weights."""
SENT_ON = frozenset({Kind.DENUNCIATION, Kind.FEEDBACK})
"""Kinds that are transferred; a complaint is guided (XL-11)."""
CLOSED_DAYS, OPEN_DAYS = 8, 5
OPEN_STAGES = (None, "sent", Stage.OPEN, Stage.TAKEN, Stage.ACCEPTED, Stage.DECIDED)

_TAGS = "truncate case_tag; insert into case_tag select * from tagged"
_TALLY = """
truncate tally;
insert into tally
select standing, min(authority_id), min(stage), min(due_on), bool_and(unacknowledged), bool_and(stuck), min(audience),
    min(hidden_from), count(*)
from standing group by standing
"""


@dataclass(frozen=True, slots=True)
class Template:
    """A letter that was really processed, and how often the district has one like it."""

    life: Life
    weight: float


def closed(directory: Directory, realm: str, draw: random.Random) -> Iterator[Template]:
    """Letters that ended: most were answered, some filed at the desk or sent outside."""
    for authority_id in _authorities(directory):
        for kind, weight in KINDS.items():
            for _ in range(CLOSED_DAYS):
                life, day = _received(directory, realm, authority_id, kind, draw, _some_day(draw))
                end = draw.random()
                if end < 0.1:
                    life.file(day + 2)
                elif kind in SENT_ON and end < 0.2:
                    life.dispatch(day + 2, to_body=Body.COURT)
                else:
                    _lead(life, day, draw, Stage.CLOSED)
                yield Template(life, weight)


def opened(directory: Directory, realm: str, draw: random.Random) -> Iterator[Template]:
    """Letters that still wait for somebody: at the desks, on their way, with holders and heads, some overdue."""
    for authority_id in _authorities(directory):
        for kind, weight in KINDS.items():
            for stage in OPEN_STAGES:
                if stage is Stage.ACCEPTED and kind is Kind.FEEDBACK:
                    continue
                for _ in range(OPEN_DAYS):
                    behind = draw.choice((3, 6, 9, 14, 20, 28))
                    received_on = add_working_days(TODAY, -behind)
                    yield Template(_waiting(directory, realm, authority_id, kind, draw, received_on, stage), weight)


class _Days:
    """Working days from the day of receipt on, none of them in the future."""

    def __init__(self, start: date) -> None:
        self._start = start

    def __add__(self, count: int) -> date:
        return min(add_working_days(self._start, count), TODAY)


def _received(
    directory: Directory, realm: str, authority_id: str, kind: Kind, draw: random.Random, on: date
) -> tuple[Life, _Days]:
    life = Life(directory, realm, alert_seen=on < LATELY or draw.random() > 0.12)
    life.receive(authority_id, kind, [_against(directory, authority_id, kind, draw, on)], on)
    return life, _Days(on)


def _lead(life: Life, day: _Days, draw: random.Random, until: Stage) -> None:
    """Through casework up to a state, quicker or slower."""
    slow = draw.choice((0, 0, 0, 6))
    life.confirm(day + 2, draw.randrange(1, 90_000))
    if until is Stage.OPEN:
        return
    life.take_over(day + 3)
    if until is Stage.TAKEN:
        return
    life.accept(day + 5)
    if until is Stage.ACCEPTED:
        return
    life.decide(day + (7 + slow))
    if until is Stage.CLOSED:
        life.prove_and_close(day + (9 + slow))


def _waiting(
    directory: Directory, realm: str, authority_id: str, kind: Kind, draw: random.Random, on: date,
    stage: Stage | str | None,
) -> Life:  # fmt: skip
    life, day = _received(directory, realm, authority_id, kind, draw, on)
    above = directory.superior_of(authority_id, on)
    if stage == "sent" and above and kind in SENT_ON:
        life.dispatch(day + 2, to_authority_id=above)
    elif isinstance(stage, Stage):
        _lead(life, day, draw, stage)
    life.advance(TODAY)
    return life


def _authorities(directory: Directory) -> list[str]:
    return [each.id for each in directory.authorities(TODAY)]


def _some_day(draw: random.Random) -> date:
    span = (add_working_days(TODAY, -60) - SINCE).days
    return next_working_day_on_or_after(date.fromordinal(SINCE.toordinal() + draw.randrange(span)))


def _against(directory: Directory, authority_id: str, kind: Kind, draw: random.Random, on: date) -> str:
    """The commune for its acts and its land, one of its officers for conduct; a commune of the district above it."""
    communes = [each.id for each in directory.authorities(on) if each.level is Level.COMMUNE]
    place = authority_id if authority_id in communes else draw.choice(communes)
    if kind in (Kind.COMPLAINT, Kind.LAND_DISPUTE):
        return place
    role = draw.choice((Role.OFFICER, Role.OFFICER, Role.HEAD)) if kind is Kind.DENUNCIATION else Role.OFFICER
    return draw.choice(sorted(directory.holders_of(place, role, on)))


async def project(stack: Stack, directory: Directory, lives: Sequence[Life]) -> None:
    """Through portal's own projection, in portal's own role."""
    dsn = service_dsn(stack.database_url, "portal", ServiceSecrets.load(stack.data.secrets, "portal").database_password)
    connection = await asyncpg.connect(dsn)
    try:
        events = [event for life in lives for event in life.told]
        for start in range(0, len(events), BATCH):
            batch = Batch(list(_placed(events[start : start + BATCH], start)), Emitter("portal", stack.tag))
            async with connection.transaction():
                await applying(directory, None)(connection, batch)
    finally:
        await connection.close()


def _placed(events: Sequence[Envelope], start: int) -> Iterator[Envelope]:
    for place, event in enumerate(events, start=start + 1):
        yield replace(event, sequence=place)


async def fill(stack: Stack, directory: Directory, cases: int, seed: int = 1) -> dict[str, object]:
    """So many cases in the read model; says how many are open and how long it took."""
    begun = time.perf_counter()
    draw = random.Random(seed)
    ended, waiting = list(closed(directory, stack.tag, draw)), list(opened(directory, stack.tag, draw))
    await project(stack, directory, [each.life for each in (*ended, *waiting)])
    async with administrator(stack, "portal") as admin:
        open_cases = round(cases * OPEN_SHARE)
        await _draw_copies(admin, ended, cases - open_cases, "-7 * floor(random() * 100)::int")
        await _draw_copies(admin, waiting, open_cases, "floor(random() * 7)::int")
        rebuilt = await _without_indexes(admin)
        renamed = {
            "case_id": "copy.case_id",
            "clock_id": "md5(copy.case_id::text || row.clock_id::text)::uuid",
            "alert_id": "md5(copy.case_id::text || row.alert_id::text)::uuid",
            "register_number": "left(row.register_number, 8) || lpad((copy.number % 100000)::text, 5, '0')",
        }
        renamed |= {name: f"row.{name} + copy.days" for name in DATES}
        renamed |= {name: f"row.{name} + make_interval(days => copy.days)" for name in INSTANTS}
        for table in TABLES:
            await multiply(admin, table, "copies", "row.case_id = copy.template", renamed)
        for statement in (_TAGS, *rebuilt, _TALLY):
            await admin.execute(statement, timeout=900)
        await settle(admin, (*TABLES, "case_tag", "tally"))
        counted = await admin.fetchval("select count(*) from case_view")
        still = await admin.fetchval("select count(*) from case_view where closed_on is null")
    return {
        "cases": counted,
        "open": still,
        "templates": len(ended) + len(waiting),
        "fill_seconds": round(time.perf_counter() - begun),
    }


async def _draw_copies(admin: asyncpg.Connection, templates: Sequence[Template], count: int, days: str) -> None:
    """`days`: by how many days everything of a copy happened later than in its template."""
    await admin.execute(
        "create temp table if not exists copies"
        " (template uuid, case_id uuid, number bigint generated always as identity, days int)"
    )
    total = sum(each.weight for each in templates)
    copies = [max(0, round(each.weight / total * count) - 1) for each in templates]
    await admin.execute(
        f"insert into copies (template, case_id, days) select template, gen_random_uuid(), {days}"
        " from unnest($1::uuid[], $2::int[]) as drawn (template, copies), generate_series(1, drawn.copies)"
        " order by random()",
        [each.life.case_id for each in templates],
        copies,
        timeout=300,
    )
    await admin.execute("analyze copies")


async def _without_indexes(admin: asyncpg.Connection) -> list[str]:
    """Drop what would be kept up row by row; returns the statements that bring it back."""
    filled = [*TABLES, "case_tag"]
    await admin.execute("set maintenance_work_mem = '512MB'; set work_mem = '64MB'")
    keys = await admin.fetch(
        "select conrelid::regclass::text as place, conname, pg_get_constraintdef(oid) as definition from pg_constraint"
        " where contype = 'p' and conrelid = any($1::text[]::regclass[])",
        filled,
    )
    indexes = await admin.fetch(
        "select indexname, indexdef from pg_indexes where schemaname = 'portal' and tablename = any($1::text[])"
        " and indexname <> all($2::text[])",
        filled,
        [key["conname"] for key in keys],
    )
    for index in indexes:
        await admin.execute(f"drop index {index['indexname']}")
    # the copies look their templates up in these tables, so the rows there are first set aside by the planner itself
    for key in keys:
        await admin.execute(f"alter table {key['place']} drop constraint {key['conname']}")
    again = [f"alter table {key['place']} add constraint {key['conname']} {key['definition']}" for key in keys]
    return [*again, *(index["indexdef"] for index in indexes)]
