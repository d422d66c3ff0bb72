"""What each service's role may do in its own schema: everything with rows, except where a migration withholds it. Pure.

Beyond its schema it may read `house.realm` and `house.clock`, and nothing else.
"""

from collections.abc import Iterable

ROWS = ("select", "insert", "update", "delete")
WITHHELD = {
    "schema_migration": frozenset(ROWS),
    "outbox": frozenset({"update", "delete"}),
    "audit.entry": frozenset({"update", "delete"}),
    "audit.signed_head": frozenset({"update", "delete"}),
}
"""By table, of every schema or of one."""
OF_THE_HOUSE = frozenset({"house.realm", "house.clock"})


def granted(service: str, tables: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Rights of a service's role on tables (named with their schema), as table and privilege."""
    own = {table for table in tables if table.startswith(f"{service}.")}
    withheld = {
        table: WITHHELD.get(table.split(".")[1], frozenset()) | WITHHELD.get(table, frozenset()) for table in own
    }
    rows = {(table, right) for table in own for right in ROWS if right not in withheld[table]}
    return frozenset(rows | {(table, "select") for table in OF_THE_HOUSE})
