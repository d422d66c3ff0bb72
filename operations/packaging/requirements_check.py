"""Tells whether the pinned requirement files are in step with what they are made from; needs no network.

`python -m operations.packaging.requirements_check` prints each problem and exits 1 if there is one;
`make lock` mends them.
"""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

_LAYERS = ("runtime", "local", "dev")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
_ASKED_BY = re.compile(r"-r requirements/(?P<layer>\w+)\.in$")
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)")


def wanted(text: str) -> set[str]:
    """Return the names an .in file asks for, normalised as in PEP 503."""
    matches = [_NAME.match(line) for line in text.splitlines()]
    return {_normal(match.group()) for match in matches if match}


def pinned(text: str) -> dict[str, str]:
    """Return name → version of a compiled file; a name pinned for several platforms keeps all its versions."""
    pins: dict[str, set[str]] = {}
    for line in text.splitlines():
        if match := _PIN.match(line):
            pins.setdefault(_normal(match["name"]), set()).add(match["version"])
    return {name: " | ".join(sorted(versions)) for name, versions in pins.items()}


def problems(folder: Path) -> list[str]:
    """Return what is out of step: names and pins that do not match, layers that differ, a missing hash."""
    found: list[str] = []
    below: dict[str, str] = {}
    asked = {layer: wanted((folder / f"{layer}.in").read_text(encoding="utf-8")) for layer in _LAYERS}
    for layer in _LAYERS:
        text = (folder / f"{layer}.txt").read_text(encoding="utf-8")
        pins = pinned(text)
        found += [f"{layer}.txt: {name} is not pinned" for name in sorted(asked[layer] - pins.keys())]
        found += [f"{layer}.txt: {name} is asked for no more" for name in sorted(_no_longer_asked(text, asked))]
        found += [
            f"{layer}.txt: {name} differs from the layer below" for name in below if pins.get(name) != below[name]
        ]
        found += [f"{layer}.txt: {name} has no hash" for name in sorted(_without_hash(text))]
        if "://" in text:
            found.append(f"{layer}.txt: names an address")
        below = pins
    return found


def _no_longer_asked(text: str, asked: dict[str, set[str]]) -> set[str]:
    stale: set[str] = set()
    name = ""
    for line in text.splitlines():
        if pin := _PIN.match(line):
            name = _normal(pin["name"])
        if (by := _ASKED_BY.search(line)) and name not in asked.get(by["layer"], set()):
            stale.add(name)
    return stale


def _without_hash(text: str) -> set[str]:
    pairs = pairwise([*text.splitlines(), ""])
    return {_normal(match["name"]) for line, after in pairs if (match := _PIN.match(line)) and "--hash=" not in after}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Check the project's own files."""
    found = problems(Path(__file__).parents[2] / "requirements")
    print(*found, sep="\n", file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
