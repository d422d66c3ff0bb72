"""Tables as they are after years, for looking at plans: which of them grow, and rows that satisfy their constraints."""

from collections.abc import Iterable

import asyncpg

MANY = 20_000
MORE = {
    "case_view": 60_000, "case_tag": 60_000, "clock_view": 60_000, "alert_view": 60_000, "timeline": 60_000,
    "clock": 60_000, "firing": 60_000,
}  # fmt: skip
"""Tables that are met with batches of rows: a batch must be small beside them."""
SMALL = {
    # The queue of the unsent is read from its beginning, so many rows at most.
    "": {"position", "outbox_unsent", "relay_lease", "realm", "schema_migration"},
    # A restore happens seldom and names what it lost.
    "intake": {"series", "skipped_number", "lost_in_restore"},
    "audit": {"head", "version_gap"},
    # A draft is what one person typed, for twelve hours; what is stuck is few or somebody sees it; the tally is as long
    # as what is open differs, and is read whole.
    "portal": {"account", "stuck_view", "tally", "draft"},
}
"""Tables that stay small, by service; those under the empty name are everybody's."""

_STAGES = "(array['closed','closed','closed','closed','closed','closed','closed','filed','guided','proposed','taken',"
GROWING: dict[str, dict[str, dict[str, str]]] = {
    "": {
        "inbox": {},
        "outbox": {},
        "outbox_sent": {},
        "held": {"next_try_at": "now() + make_interval(mins => n)"},
        "command_log": {"answered_at": "now() - make_interval(mins => n)"},
    },
    "intake": {
        "petition": {
            "kind": "'complaint'", "register_number": "'KN-2025-' || n", "forwarded_by": "null", "readers": "'{}'",
            "letter_on": "null", "postmark_on": "null", "parts": "null", "box_id": "null", "recorded_on": "null",
        },
        "capsule": {"capsule": "(array['identity', 'contact', 'working_text'])[1 + n % 3]"},
        "receipt": {},
        "correction": {"was_on": "date '2024-01-01'"},
        "slip": {},
        "box": {"opened_by": "'{a,b}'", "registered": "0", "minutes_number": "n::text"},
        "opening": {"officer_id": "'o' || n"},
    },
    "routing": {
        "classification": {
            "status": "case when n > 200 then 'confirmed' else 'proposed' end", "dispatched_on": "null",
            "first_received_on": "date '2020-01-01'",
        },
        "paper": {"document_number": "n::text"},
    },
    "casework": {
        "case_file": {
            "state": "'closed'", "resumes": "'taken'", "kind": "'complaint'", "excluded_officers": "'{}'",
            "moved_on": "null",
            "barred_officers": "'{}'", "owed": "'{}'", "accepted_on": "date '2026-01-01'",
            "settled_on": "date '2026-01-02'", "told_on": "date '2026-01-02'", "closed_on": "date '2026-01-03'",
        },
        "document": {"number": "n::text"},
        "corrected_receipt": {},
    },
    "escalation": {
        "watched_case": {
            "stage": "case when n > 900 then 'closed' else 'letter' end", "notice": "null",
        },
        "clock": {
            "live": "n <= 900", "next_rung": "case when n <= 900 then 'warn_holder' end",
            "next_fire_at": "case when n <= 900 then now() + make_interval(mins => n) end",
            "ended_on": "case when n > 900 then date '2026-01-03' end", "unheard": "false", "paused_on": "null",
        },
        "firing": {"next_fire_at": "now() + make_interval(mins => n)"},
        "rung": {},
    },
    "notify": {
        "alert": {
            "acknowledged_at": "case when n > 200 then now() end",
        },
        "delivery": {
            "sent_at": "case when n > 100 then now() end",
            "reply_code": "case when n > 100 then 250 end",
        },
    },
    "audit": {
        "entry": {"content": "'{}'"},
        "signed_head": {},
        "aggregate": {},
    },
    "portal": {
        "case_view": {
            "stage": f"{_STAGES}'accepted','open','decided'])[1 + (n * 7919) % 14]",
            "hidden_from": "array['o' || n % 80, 'o' || n % 7]",
            "audience": "array['officer:o' || n % 80, 'head:a' || n % 16, 'oversee:a' || n % 16]",
            "kind": "(array['complaint', 'denunciation', 'feedback'])[1 + n % 3]",
            "register_number": "'KN-2025-' || n",
        },
        "case_tag": {"tag": "'officer:o' || n % 80", "ended": "n % 14 < 11", "register_number": "'KN-2025-' || n"},
        "clock_view": {
            "ended_on": "case when n > 900 then date '2026-01-03' end",
            "warned_at": "case when n > 900 then now() end",
        },
        "alert_view": {"acknowledged_at": "case when n > 200 then now() end"},
        "timeline": {},
        "box_view": {},
        "slips_view": {},
        "session": {"ends_at": "now() + make_interval(mins => n)"},
    },
}  # fmt: skip
"""Tables that grow for ever, by service, with the columns that the plain rule below would fill wrongly."""

_PLAIN = {
    "uuid": "md5(n::text)::uuid",
    "text": "'a' || n % 100",
    "ARRAY": "'{}'",
    "integer": "n",
    "smallint": "(n % 5)::smallint",
    "bigint": "n",
    "boolean": "n % 2 = 0",
    "date": "date '2025-01-01' + n % 365",
    "timestamp with time zone": "timestamptz '2025-01-01' + make_interval(mins => n)",
    "bytea": "sha256(n::text::bytea)",
    "jsonb": "'{}'",
    "double precision": "0.5",
}


def growing(service: str) -> set[str]:
    """Tables of a service that grow."""
    return {*GROWING[""], *GROWING[service]}


def declared(service: str) -> set[str]:
    """Tables of a service that are declared growing or small."""
    return growing(service) | SMALL[""] | SMALL.get(service, set())


async def fill(admin: asyncpg.Connection, service: str) -> None:
    """Many rows in every growing table of a service, analysed. Foreign keys are not looked at."""
    await admin.execute(f"set session_replication_role = replica; set search_path = {service}")
    for table, columns in {**GROWING[""], **GROWING[service]}.items():
        rows = await admin.fetch(
            "select column_name as name, data_type as type from information_schema.columns"
            " where table_schema = $1 and table_name = $2 and is_identity = 'NO'",
            service,
            table,
        )
        names, values = zip(
            *((row["name"], columns.get(row["name"], _PLAIN[row["type"]])) for row in rows), strict=True
        )
        await admin.execute(_insert(table, names, values, MORE.get(table, MANY)))
        await admin.execute(f"analyze {table}")


def _insert(table: str, names: Iterable[str], values: Iterable[str], count: int) -> str:
    return f"insert into {table} ({', '.join(names)}) select {', '.join(values)} from generate_series(1, {count}) as n"
