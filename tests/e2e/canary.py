"""Looks for protected words everywhere a house leaves traces: every table, every file of its data folder."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from shared.text import fold
from tests.house import RunningHouse

_TABLES = """
select format('%I.%I', schemaname, tablename) as name from pg_tables
where schemaname not in ('pg_catalog', 'information_schema')
"""


@dataclass(frozen=True)
class Trace:
    """A protected word, and where it was found."""

    word: str
    place: str


def spellings(words: Iterable[str]) -> dict[str, str]:
    """Each word as typed and folded, lower-cased for comparison."""
    return {variant: word for word in words for variant in (word.lower(), fold(word))}


async def traces(house: RunningHouse, words: Iterable[str]) -> list[Trace]:
    """Where any of the words stands in the clear."""
    wanted = spellings(words)
    found = [*_in_files(house.stack.data.root, wanted)]
    main = house.stack.database_url
    keys = urlunsplit(urlsplit(main)._replace(path=urlsplit(main).path + "_keys"))
    for url in (main, keys):
        found.extend(await _in_tables(url, wanted))
    return found


def _in_files(root: Path, wanted: dict[str, str]) -> Iterable[Trace]:
    for file in root.rglob("*"):
        try:
            content = file.read_bytes().lower() if file.is_file() else b""
        except OSError:
            continue  # a server replaced it meanwhile
        for variant, word in wanted.items():
            if variant.encode() in content:
                yield Trace(word, f"file {file.relative_to(root).parts[0]}/…/{file.name}")


async def _in_tables(url: str, wanted: dict[str, str]) -> list[Trace]:
    admin = await asyncpg.connect(url)
    found = []
    try:
        for table in await admin.fetch(_TABLES):
            for row in await admin.fetch(f"select lower(t::text) as line from {table['name']} as t"):
                found.extend(
                    Trace(word, f"table {table['name']}") for variant, word in wanted.items() if variant in row["line"]
                )
    finally:
        await admin.close()
    return found
