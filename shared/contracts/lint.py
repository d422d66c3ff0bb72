"""Closed-vocabulary lint: finds fields of a contract through which free text could leave the vault."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

_CLOSED_FORMATS = frozenset({"uuid", "date", "date-time", "sealed"})


def open_strings(model: type[BaseModel]) -> list[str]:
    """Paths in the model's JSON Schema where any string would be accepted; must be empty for every contract."""
    schema = model.model_json_schema()
    return sorted(set(_walk(schema, schema.get("$defs", {}), model.__name__, frozenset())))


def _walk(node: Any, definitions: dict[str, Any], path: str, seen: frozenset[str]) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _walk(item, definitions, path, seen)
    elif isinstance(node, dict) and "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        if name not in seen:
            yield from _walk(definitions[name], definitions, f"{path}.{name}", seen | {name})
    elif isinstance(node, dict):
        if not _closed(node):
            yield path
        for child, inner in _children(node, path):
            yield from _walk(inner, definitions, child, seen)


def _children(node: dict[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, value in node.get("properties", {}).items():
        yield f"{path}.{name}", value
    for key in ("anyOf", "allOf", "oneOf", "items", "prefixItems", "additionalProperties"):
        if isinstance(node.get(key), dict | list):
            yield path, node[key]


def _closed(node: dict[str, Any]) -> bool:
    if not node.keys() & {"type", "anyOf", "allOf", "oneOf", "enum", "const", "properties"}:
        return False
    if node.get("type") != "string":
        return True
    pattern = node.get("pattern", "")
    anchored = pattern.startswith("^") and pattern.endswith("$") and ".*" not in pattern and ".+" not in pattern
    return node.get("format") in _CLOSED_FORMATS or "enum" in node or "const" in node or anchored
