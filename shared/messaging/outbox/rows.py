"""The outbox: events leave with the state that caused them, in one transaction."""

from collections.abc import Iterable, Sequence

import orjson

from shared.contracts.bus.envelope import Envelope, headers_of, subject_of
from shared.postgres.pool import Connection

_INSERT = """
insert into outbox (event_id, case_id, subject, headers, body)
select event_id, case_id, subject, headers, body
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
    with ordinality as row (event_id, case_id, subject, headers, body, place)
order by place
on conflict (event_id) do nothing
"""


async def put(tx: Connection, envelopes: Iterable[Envelope]) -> int:
    """Insert events in their order; return how many were given. The caller owns the transaction and the case locks."""
    rows: Sequence[Envelope] = list(envelopes)
    if rows:
        await tx.execute(
            _INSERT,
            [row.id for row in rows],
            [row.case_id for row in rows],
            [subject_of(row) for row in rows],
            [orjson.dumps(headers_of(row)).decode() for row in rows],
            [row.event.model_dump_json() for row in rows],
        )
    return len(rows)
