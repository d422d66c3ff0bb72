"""Lists that are merged from a person's tags hold exactly what the policy lets him see, each once, in their order."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import asyncpg
import pytest

from services.portal.handlers import laws
from services.portal.policy import Viewer, viewer_of
from services.portal.store import PAGE, Listing, Q, ReadModel
from services.portal.web.officer.cases import listing_of
from shared.directory import load
from shared.postgres.pool import create_pool, service_dsn
from shared.security.secrets import ServiceSecrets
from tests.world import World

DAY = date(2025, 1, 6)
CASES = """
insert into case_view (
    case_id, stage, versions, channel, received_on, first_received_on, signed, receiving_authority_id, under_slip,
    register_number, flags, against, level, rules, reasons, alternatives, confidence, abstained, documents, owed,
    person_id, task, authority_id, due_on, due_rule, expected_result, hidden_from, barred, alerted, audience
)
select gen_random_uuid(), (array['open', 'taken', 'closed', 'filed'])[1 + n % 4], '{}', 'counter', day, day, true,
    place, false, case when n % 9 > 0 then 'KN-2025-' || lpad((n % 300)::text, 5, '0') end, '{}', '{}', 1, '{}', '{}',
    '{}', 0.9, false, '{}', '{}', 'dong-khe-04', 'take_over', place, day + n % 13, 'KN-12', 'decision',
    case when n % 5 = 0 then array['thach-an-01', 'dong-khe-01'] else '{}' end, '{}', '{}',
    case n % 3 when 0 then array['officer:dong-khe-04'] else array['head:' || place, 'oversee:' || place] end
        || case when n % 2 = 0 then array['officer:thach-an-01'] else '{}' end
from generate_series(1, 1200) as n,
    lateral (select date '2025-01-06', (array['dong-khe', 'le-lai', 'thach-an'])[1 + n / 2 % 3]) as each (day, place);
insert into case_tag select * from tagged
"""
SEEN = "audience && $1::text[] and not hidden_from @> array[$2::text]"
ENDED = "stage in ('closed', 'filed')"
PEOPLE = ("thach-an-01", "thach-an-03", "thach-an-07", "dong-khe-01", "dong-khe-04")


@pytest.fixture
async def pool(world: World) -> AsyncIterator[asyncpg.Pool]:
    password = ServiceSecrets.load(world.secrets, "portal").database_password
    pool = await create_pool(service_dsn(world.database_url, "portal", password), application="test")
    await pool.execute(CASES)
    yield pool
    await pool.close()


def person(officer_id: str) -> Viewer:
    viewer = viewer_of(load("thach_an"), officer_id, DAY)
    assert viewer is not None
    return viewer


async def walked(model: ReadModel, viewer: Viewer, listing: Listing) -> list[object]:
    """Every row of every page."""
    ids, after = [], ""
    while True:
        page = await model.cases(viewer, listing, after)
        assert len(page.rows) == PAGE or page.next is None
        ids += [row["case_id"] for row in page.rows]
        if page.next is None:
            return ids
        after = page.next


@pytest.mark.parametrize("officer_id", PEOPLE)
async def test_a_merged_list_is_what_one_look_at_every_row_finds(pool: asyncpg.Pool, officer_id: str) -> None:
    model, viewer = ReadModel(pool), person(officer_id)
    by_due, by_number = "due_on, case_id", 'register_number collate "C", case_id'
    table: list[tuple[Listing, str, str, list[object]]] = [
        (listing_of(viewer, "all"), f"not {ENDED}", by_due, []),
        (listing_of(viewer, "ended"), ENDED, by_due, []),
        (listing_of(viewer, "unit"), f"not {ENDED} and authority_id = any($3)", by_due, [list(viewer.oversees)]),
        (listing_of(viewer, "", "KN-2025-001"), "register_number like $3", by_number, ["KN-2025-001%"]),
        (listing_of(viewer, "", "K"), "register_number like $3", by_number, ["K%"]),
        (listing_of(viewer, "", "TC-2"), "register_number like $3", by_number, ["TC-2%"]),
    ]
    for listing, condition, order, more in table:
        query = f"select case_id from case_view where {SEEN} and {condition} order by {order}"
        rows = await pool.fetch(query, *viewer.scope, *more)
        assert await walked(model, viewer, listing) == [row["case_id"] for row in rows], listing


async def test_a_list_goes_by_tags_even_for_somebody_who_sees_next_to_nothing(world: World) -> None:
    viewer = person("thach-an-07")
    table: dict[str, list[object]] = {
        "cases_seen": [date.min, UUID(int=0), 51, True],
        "cases_number": ["", UUID(int=0), 51, "K"],
    }
    admin = await asyncpg.connect(world.database_url, server_settings={"search_path": "portal"})
    await admin.execute(f"{CASES.replace('1200', '40000')}; analyze case_view; analyze case_tag")
    for name, more in table.items():
        plan = "\n".join(row[0] for row in await admin.fetch(f"explain {Q[name]}", *viewer.scope, *more))
        assert "Seq Scan" not in plan, f"{name}\n{plan}"
    await admin.close()


async def test_a_tag_that_is_wrongly_there_opens_nothing(pool: asyncpg.Pool) -> None:
    viewer = person("thach-an-07")
    await pool.execute("update case_tag set tag = 'officer:thach-an-07' where tag = 'head:le-lai'")
    for view in ("all", "ended"):
        assert await walked(ReadModel(pool), viewer, listing_of(viewer, view)) == []
    assert await walked(ReadModel(pool), viewer, listing_of(viewer, "", "KN")) == []


async def test_somebody_with_no_tags_sees_nothing(pool: asyncpg.Pool) -> None:
    nobody = replace(person("thach-an-07"), tags=())
    assert await walked(ReadModel(pool), nobody, listing_of(nobody, "all")) == []


@pytest.mark.parametrize(("recipient", "seen", "counted"), [
    ("thach-an-01", False, 1), ("thach-an-01", True, 0), ("thach-an-03", False, 0),
])  # fmt: skip
async def test_an_alert_to_somebody_excluded_is_counted_until_he_has_seen_it(
    pool: asyncpg.Pool, recipient: str, seen: bool, counted: int
) -> None:
    case_id = await pool.fetchval("select case_id from case_view where hidden_from @> '{thach-an-01}' limit 1")
    await pool.execute("update case_view set alerted = array[$2::text] where case_id = $1", case_id, recipient)
    await pool.execute(
        "insert into alert_view (alert_id, case_id, clock_id, rule, rung, recipient_id, due_on, acknowledge_by,"
        " raised_at, acknowledged_at) values (gen_random_uuid(), $1, gen_random_uuid(), 'KN-12', 'breach_leader', $2,"
        " '2025-01-06', now(), now(), case when $3 then now() end)",
        case_id,
        recipient,
        seen,
    )
    assert (await laws(pool)).counters["alerts_to_excluded"] == counted
