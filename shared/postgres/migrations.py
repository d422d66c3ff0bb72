"""Migrations: numbered SQL files per service, applied by the operator into the service's own schema, once each.

A service's role may read and write rows of its schema and nothing else; it owns no table and changes no structure.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from shared.postgres.pool import role_of

LOCK = 7_116_355_401_220_114


class ChangedMigration(Exception):
    """A migration that was applied differs from the file of today. Restore the file and write a new migration."""

    code = "changed_migration"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    name: str
    sql: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations_in(*folders_or_files: Path) -> list[Migration]:
    """Migrations of files and of folders (in name order)."""
    files = [
        file for place in folders_or_files for file in (sorted(place.glob("*.sql")) if place.is_dir() else [place])
    ]
    return [Migration(file.stem, file.read_text(encoding="utf-8")) for file in files]


async def apply(admin: asyncpg.Connection, service: str, migrations: Sequence[Migration]) -> list[str]:
    """Apply what is missing, in order, each in its own transaction; return the names applied.

    Raises:
        ChangedMigration: an applied file was edited.
    """
    await admin.execute("select pg_advisory_lock($1)", LOCK)
    try:
        await admin.execute(_SCHEMA.format(schema=service, role=role_of(service)))
        rows = await admin.fetch(f"select name, digest from {service}.schema_migration")  # noqa: S608
        known = {row["name"]: row["digest"] for row in rows}
        applied = []
        for migration in migrations:
            if migration.name in known:
                if known[migration.name] != migration.digest:
                    raise ChangedMigration(f"{service}/{migration.name}")
                continue
            async with admin.transaction():
                await admin.execute(f"set local lock_timeout = '4s'; set local search_path to {service}")
                await admin.execute(migration.sql)
                await admin.execute(
                    f"insert into {service}.schema_migration (name, digest) values ($1, $2)",  # noqa: S608
                    migration.name,
                    migration.digest,
                )
            applied.append(migration.name)
        return applied
    finally:
        await admin.execute("select pg_advisory_unlock($1)", LOCK)


_SCHEMA = """
create schema if not exists {schema};
create table if not exists {schema}.schema_migration (
    name text primary key, digest text not null, applied_at timestamptz not null default now()
);
revoke all on schema {schema} from public;
grant usage on schema {schema} to {role};
alter default privileges in schema {schema} grant select, insert, update, delete on tables to {role};
alter default privileges in schema {schema} grant usage on sequences to {role};
"""
