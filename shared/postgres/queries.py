"""Named queries: a service keeps its SQL in `queries.sql`, each under a line `-- name: what_it_does`."""

import re
from pathlib import Path

_NAME = re.compile(r"^-- name: ([a-z_]+)$", re.MULTILINE)


def load_queries(module_file: str, name: str = "queries.sql") -> dict[str, str]:
    """Queries of the file beside `module_file`, by name.

    Raises:
        ValueError: two queries share a name, or the file holds none.
    """
    parts = _NAME.split((Path(module_file).parent / name).read_text(encoding="utf-8"))[1:]
    names = parts[::2]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"{name}: query names must exist and differ")
    return {query: text.strip().rstrip(";") for query, text in zip(names, parts[1::2], strict=True)}
