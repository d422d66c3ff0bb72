"""Golden JSON Schemas: one file per released event version; a released schema never changes.

`python -m shared.contracts.published.golden` writes the files of versions that have none yet and refuses to touch the
others.
"""

import json
import sys
from pathlib import Path

from shared.contracts.base import Event
from shared.contracts.registry import EVENTS

FOLDER = Path(__file__).parents[1] / "schemas"


def path_of(event_type: str, version: int) -> Path:
    """File of a released schema."""
    return FOLDER / f"{event_type}.v{version}.json"


def text_of(event: type[Event]) -> str:
    """Schema as it is written."""
    return json.dumps(event.model_json_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write_missing() -> list[Path]:
    """Write schemas of new versions; return their files."""
    missing = [(path_of(*key), event) for key, event in EVENTS.items() if not path_of(*key).exists()]
    FOLDER.mkdir(exist_ok=True)
    for path, event in missing:
        path.write_text(text_of(event), encoding="utf-8")
    return [path for path, _ in missing]


if __name__ == "__main__":
    sys.stdout.writelines(f"{path.name}\n" for path in write_missing())
