"""What a pure decision comes to: the whole new state of an aggregate, and the events that follow from it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, Protocol, TypeVar

from shared.contracts.base import Event


class Versioned(Protocol):
    """State of an aggregate; `version` counts the events its service emitted for it."""

    @property
    def version(self) -> int: ...  # noqa: D102


S = TypeVar("S", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that a decision wants to emit."""

    event: Event
    legal_at: date | None = None
    """The date the law counts; the day of recording in Việt Nam when not given."""
    natural_key: str = ""
    """Tells apart events of one type with one cause: rule, recipient, rung."""


@dataclass(frozen=True, slots=True)
class Effect(Generic[S]):
    """The whole new state of an aggregate and the events that follow."""

    state: S
    drafts: tuple[Draft, ...] = ()


def numbered(before: Versioned | None, effect: Effect[S]) -> Effect[S]:
    """The effect with its state's version advanced by its events."""
    version = (before.version if before else 0) + len(effect.drafts)
    state: S = replace(effect.state, version=version)  # type: ignore[type-var]
    return Effect(state, effect.drafts)
