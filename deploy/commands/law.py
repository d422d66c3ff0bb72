"""`donthu law rules`, `donthu law due`."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import orjson

from shared.law import LawError, due, rules


def list_rules() -> list[dict[str, Any]]:
    """Every dated rule with number, unit, citation, validity."""
    return [
        {
            "id": rule.id,
            "title": rule.title,
            "kind": rule.kind.value,
            "amount": rule.amounts.normal if rule.amounts else None,
            "unit": rule.unit.value if rule.unit else None,
            "citation": rule.citation,
            "valid_from": rule.valid_from.isoformat(),
            "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
            "policy": rule.policy,
        }
        for rule in rules()
    ]


def due_date(rule: str, start: date, *, complicated: bool, remote: bool, profile: str | None) -> dict[str, Any]:
    """One due date, or a typed error with advice."""
    try:
        found = due(rule, start, complicated=complicated, remote=remote, profile=profile)
    except LawError as error:
        return {"rule": rule, "start": start.isoformat(), "error": error.code, "advice": error.advice}
    return {
        "rule": rule,
        "start": start.isoformat(),
        "due": found.due_on.isoformat(),
        "due_at": found.due_at.isoformat(),
        "amount": found.amount,
        "unit": found.unit.value,
        "citation": found.citation,
        "law_version": found.law_version,
        "calendar_version": found.calendar_version,
        "profile": found.profile,
        "policy": found.policy,
        "provisional": found.provisional,
    }


def batch(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Answer JSON lines in their order; a line that cannot be read gets an error of its own."""
    for line in lines:
        if line.strip():
            yield _answer(line)


def _answer(line: str) -> dict[str, Any]:
    try:
        asked = orjson.loads(line)
        rule, start = str(asked["rule"]), date.fromisoformat(asked["start"])
    except (ValueError, KeyError, TypeError):
        return {"error": "malformed_line", "advice": 'Mỗi dòng cần {"rule": …, "start": "YYYY-MM-DD"}.'}
    options = {"complicated": bool(asked.get("complicated")), "remote": bool(asked.get("remote"))}
    return due_date(rule, start, **options, profile=asked.get("profile"))


def print_lines(answers: Iterable[dict[str, Any]]) -> None:
    """One JSON object per line."""
    for answer in answers:
        sys.stdout.write(orjson.dumps(answer).decode() + "\n")
