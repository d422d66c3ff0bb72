"""Every SQL text of a service and of shared messaging, with where it stands."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import shared.messaging
from services.portal.policy import guarded
from shared.postgres.queries import load_queries

ROOT = Path(__file__).resolve().parent.parent.parent
_STARTS = ("select ", "insert ", "update ", "delete ", "with ")


def of_service(service: str) -> dict[str, str]:
    """Queries of every queries.sql of a service, by folder and name; portal's with its policy in their place."""
    return {
        f"{file.parent.name}/{name}": text
        for file in sorted((ROOT / "services" / service).rglob("*.sql"))
        if file.name == "queries.sql"
        for name, text in guarded(load_queries(str(file))).items()
    }


def of_messaging() -> dict[str, str]:
    """SQL constants of shared.messaging, by module and name."""
    return dict(_constants())


def _constants() -> Iterator[tuple[str, str]]:
    for module_info in pkgutil.walk_packages(shared.messaging.__path__, "shared.messaging."):
        module = importlib.import_module(module_info.name)
        for name, value in vars(module).items():
            texts = value if isinstance(value, tuple) else (value,)
            for number, text in enumerate(texts):
                if isinstance(text, str) and name.isupper() and text.lstrip().lower().startswith(_STARTS):
                    yield f"{module_info.name.rsplit('.', 1)[1]}.{name}.{number}", text
