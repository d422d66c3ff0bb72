"""The part of each service's README that says what it reads, emits and answers, from the contracts themselves.

`python -m shared.contracts.published.wiring` writes it between the marks; a test compares.
"""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from textwrap import fill

from shared.contracts.base import Query
from shared.contracts.bus.flows import consumed_types
from shared.contracts.house import SERVICES
from shared.contracts.registry import COMMANDS, EVENTS

ROOT = Path(__file__).parents[3]
BEGIN, END = "<!-- wiring: written by `python -m shared.contracts.published.wiring` -->", "<!-- /wiring -->"
WIDTH = 120
COMMON = ("command.refused", "event.held", "event.released")
"""What every service emits."""


def readme_of(service: str) -> Path:
    """A service's README."""
    return ROOT / "services" / service / "README.md"


def wiring(service: str) -> str:
    """Consumes, emits, answers, as Markdown."""
    types = {event_type for event_type, _ in EVENTS}
    reads = consumed_types(service)
    own = {event_type for event_type in types if event_type.startswith(f"{service}.")}
    emits = own - {f"{service}.{name}" for name in COMMON}
    asked = {subject: command for subject, command in COMMANDS.items() if subject.split(".")[1] == service}
    commands = {subject for subject, command in asked.items() if not issubclass(command, Query)}
    lines = [
        f"**Consumes** {'every event.' if reads == types else _grouped(reads)}",
        f"**Emits** {_grouped(emits)}",
        f"**Answers** {_grouped(commands)}".rstrip(),
        f"**Asked** {_grouped(asked.keys() - commands)}",
    ]
    return "\n\n".join(fill(line, WIDTH, break_on_hyphens=False) for line in lines if "`" in line or "every" in line)


def written(text: str, service: str) -> str:
    """A README with its part as it is today.

    Raises:
        ValueError: the marks are missing.
    """
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{wiring(service)}\n{END}{tail}"


def _grouped(names: Iterable[str]) -> str:
    """Names by their beginning: `a.b.` `c`, `d`."""
    groups = []
    for prefix, members in groupby(sorted(names), key=lambda name: name.rsplit(".", 1)[0]):
        words = ", ".join(f"`{name.rsplit('.', 1)[1]}`" for name in members)
        groups.append(f"`{prefix}.` {words}")
    return "; ".join(groups) + ("." if groups else "")


if __name__ == "__main__":
    for name in SERVICES:
        readme = readme_of(name)
        readme.write_text(written(readme.read_text(encoding="utf-8"), name), encoding="utf-8")
