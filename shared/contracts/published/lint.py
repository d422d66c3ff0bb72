"""Closed-vocabulary lint: finds fields of a contract through which free text could leave the vault."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

_CLOSED_FORMATS = frozenset({"uuid", "date", "date-time", "sealed"})
_SCHEMAS = ("anyOf", "allOf", "oneOf", "items", "prefixItems", "additionalProperties")
_ESCAPED = re.compile(r"\\.")
_WIDE = re.compile(r"\\[wWsSD]|\[\^|(?<!\\)\.(?![^\[]*\])")
"""Parts of a pattern that let almost any letter in: word and space classes, what is not in a class, the dot."""


def open_strings(model: type[BaseModel]) -> list[str]:
    """Paths in the model's JSON Schema where any string would be accepted; must be empty for every contract."""
    schema = model.model_json_schema()
    return sorted(set(_walk(schema, schema.get("$defs", {}), model.__name__, frozenset())))


def _walk(node: Any, definitions: dict[str, Any], path: str, seen: frozenset[str]) -> Iterator[str]:
    if node is True:
        yield path
    elif isinstance(node, list):
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
    for pattern, value in node.get("patternProperties", {}).items():
        yield path, {"type": "string", "pattern": pattern}
        yield path, value
    for key in _SCHEMAS:
        if key in node:
            yield path, node[key]


def _closed(node: dict[str, Any]) -> bool:
    if not node.keys() & {"type", "anyOf", "allOf", "oneOf", "enum", "const", "properties"}:
        return False
    if node.get("additionalProperties") and "propertyNames" not in node:
        return False  # keys of any name
    if node.get("type") != "string":
        return True
    return (
        node.get("format") in _CLOSED_FORMATS or "enum" in node or "const" in node or _narrow(node.get("pattern", ""))
    )


def _narrow(pattern: str) -> bool:
    if not (pattern.startswith("^") and pattern.endswith("$")) or _WIDE.search(pattern):
        return False
    depth = 0
    for letter in _ESCAPED.sub("", pattern):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "|" and depth == 0:
            return False  # each side of it is anchored at one end only
    return True
