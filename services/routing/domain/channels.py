"""Channel × kind: what may arrive as what, as dated data."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from shared.contracts.vocabulary import Channel, Kind


@dataclass(frozen=True, slots=True)
class Demand:
    """How a letter of this kind must have come."""

    kind: Kind
    channels: frozenset[Channel]
    signed: bool
    named: bool
    instead: Kind
    valid_from: date
    valid_to: date | None

    def in_force(self, on: date) -> bool:
        """Whether the law of that day demands it."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@cache
def demands() -> tuple[Demand, ...]:
    """The matrix that is shipped."""
    data = tomllib.loads((Path(__file__).parent / "channels.toml").read_text(encoding="utf-8"))
    return tuple(
        Demand(
            kind=Kind(row["kind"]),
            channels=frozenset(Channel(channel) for channel in row["channels"]),
            signed=row["signed"],
            named=row.get("named", False),
            instead=Kind(row["instead"]),
            valid_from=row["from"],
            valid_to=row.get("to"),
        )
        for row in data["kind"]
    )


def may_be(kind: Kind, channel: Channel, signed: bool, named: bool, on: date) -> bool:
    """Whether a letter that came so can be of this kind."""
    demand = _demand(kind, on)
    if demand is None:
        return True
    return channel in demand.channels and (signed or not demand.signed) and (named or not demand.named)


def nearest(kind: Kind, channel: Channel, signed: bool, named: bool, on: date) -> Kind:
    """The kind itself if the letter can be one, else what is proposed instead."""
    demand = _demand(kind, on)
    return kind if demand is None or may_be(kind, channel, signed, named, on) else demand.instead


def _demand(kind: Kind, on: date) -> Demand | None:
    return next((each for each in demands() if each.kind is kind and each.in_force(on)), None)
