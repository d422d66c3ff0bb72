"""What is thrown at the house, and when. Pure: a seed always gives the same schedule."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from shared.contracts.house import SERVICES

SLICE_SECONDS, DECK_SECONDS = 40.0, 80.0
"""In so long every kind of fault comes once, in a short storm and in a long one, which shuffles and deals again."""
KILLED_SERVICES, STOPPED_SERVICES = 3, 2
SERVERS = ("postgres", "nats")
LINE_FAULTS = {
    "delay": (3.0, 6.0),
    "cut": (0.0, 0.0),
    "refuse": (1.0, 3.0),
    "half_open": (3.0, 7.0),
    "lost_up": (3.0, 6.0),
    "lost_down": (3.0, 6.0),
    "throttle": (3.0, 6.0),
}
"""Faults of a line to a server, with the shortest and longest time they last."""
STOP_SECONDS = (1.0, 5.0)
LONGEST_JUMP_HOURS = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that happens, `at` seconds after the beginning, lasting `seconds`."""

    at: float
    kind: str
    target: str
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.at:6.1f} s  {self.kind} {self.target} {self.seconds:.1f}"

    @property
    def jump(self) -> timedelta:
        """How far a jump of the clock goes."""
        return timedelta(hours=self.seconds)


def _deck(chance: random.Random) -> Iterator[tuple[str, str, tuple[float, float]]]:
    for service in chance.sample(SERVICES, KILLED_SERVICES):
        yield "kill", service, (0, 0)
    for service in chance.sample(SERVICES, STOPPED_SERVICES):
        yield "stop", service, STOP_SECONDS
    for server in SERVERS:
        yield "kill", server, (0, 0)
        yield "stop", server, STOP_SECONDS
    for kind, bounds in LINE_FAULTS.items():
        for server in SERVERS if kind == "half_open" else (chance.choice(SERVERS),):
            yield kind, server, bounds
    yield "jump", "clock", (1, LONGEST_JUMP_HOURS)


def schedule(seed: int, seconds: float) -> list[Fault]:
    """Every kind once in each deck, in an order, at targets and with durations that follow from the seed."""
    chance = random.Random(seed)
    faults: list[Fault] = []
    length, began = min(DECK_SECONDS, seconds), 0.0
    while began + length <= seconds:
        cards = list(_deck(chance))
        chance.shuffle(cards)
        gap = length / len(cards)
        for place, (kind, target, bounds) in enumerate(cards):
            at = began + (place + chance.random()) * gap
            faults.append(Fault(round(at, 2), kind, target, round(chance.uniform(*bounds), 2)))
        began += length
    return faults
