"""`donthu law rules`, `donthu law due`."""

import sys
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import orjson
from cyclopts import App, Parameter

from operations.commands.operator import Json, say
from shared.law import LawError, due, rules

law = App(name="law", help="Quy định và thời hạn.")


@law.command(name="rules")
def list_rules(*, json: Json = False) -> None:
    """List every rule with number, unit, citation, validity."""
    rows = [
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
    say({"rules": rows} if json else rows, as_json=json)


@law.command(name="due")
def due_date(
    rule: str = "",
    *,
    start: Annotated[date | None, Parameter(name="--from")] = None,
    complicated: bool = False,
    remote: bool = False,
    profile: str | None = None,
    batch: bool = False,
    json: Json = False,
) -> None:
    """Compute a due date, or answer JSON lines of stdin with `--batch`."""
    if batch:
        _print_lines(_answer(line) for line in sys.stdin if line.strip())
        return
    if not rule or start is None:
        sys.stderr.write("Cần mã quy định và --from NGÀY, ví dụ: donthu law due KN-12 --from 2025-01-06\n")
        raise SystemExit(2)
    result = _due(rule, start, complicated=complicated, remote=remote, profile=profile)
    say(result, as_json=json)
    raise SystemExit(1 if "error" in result else 0)


def _due(rule: str, start: date, *, complicated: bool, remote: bool, profile: str | None) -> dict[str, Any]:
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


def _answer(line: str) -> dict[str, Any]:
    """One line of a batch; one that cannot be read gets an error of its own."""
    try:
        asked = orjson.loads(line)
        rule, start = str(asked["rule"]), date.fromisoformat(asked["start"])
    except (ValueError, KeyError, TypeError):
        return {"error": "malformed_line", "advice": 'Mỗi dòng cần {"rule": …, "start": "YYYY-MM-DD"}.'}
    options = {"complicated": bool(asked.get("complicated")), "remote": bool(asked.get("remote"))}
    return _due(rule, start, **options, profile=asked.get("profile"))


def _print_lines(answers: Iterable[dict[str, Any]]) -> None:
    """One JSON object per line."""
    for answer in answers:
        sys.stdout.write(orjson.dumps(answer).decode() + "\n")
