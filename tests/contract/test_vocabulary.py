"""Law 3: no contract has room for a free string; the lint that says so finds every planted control."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from shared.contracts.base import Command, Event, Protected, Reply, Sealed
from shared.contracts.published.lint import open_strings
from shared.contracts.registry import COMMANDS, EVENTS
from shared.contracts.vocabulary import Code, DirectoryId, Kind

CONTRACTS: list[type[BaseModel]] = sorted(
    {*EVENTS.values(), *COMMANDS.values(), *(command.reply for command in COMMANDS.values())},
    key=lambda model: (model.__module__, model.__name__),
)


@pytest.mark.parametrize("model", CONTRACTS, ids=lambda model: model.__name__)
def test_a_contract_has_no_open_string(model: type[BaseModel]) -> None:
    assert open_strings(model) == []


class Inner(BaseModel):
    remark: str


class Control(Event, of="routing.control.planted"):
    """Has open strings on purpose."""


class FreeString(Control):
    name: str


class OptionalString(Control):
    name: str | None = None


class ListOfStrings(Control):
    names: list[str]


class UnanchoredPattern(Control):
    name: Annotated[str, Field(pattern=r"[a-z]+")]


class HalfAnchoredPattern(Control):
    name: Annotated[str, Field(pattern=r"^[a-z]+")]


class AnythingPattern(Control):
    name: Annotated[str, Field(pattern=r"^.*$")]


class BoundedString(Control):
    name: Annotated[str, Field(max_length=10)]


class StringValues(Control):
    names: dict[str, str]


class StringValuesUnderCodes(Control):
    names: dict[Code, str]


class Anything(Control):
    value: Any


class AnyList(Control):
    values: list[Any]


class Nested(Control):
    inner: list[Inner]


class Pair(Control):
    pair: tuple[Kind, str]


class Bytes(Control):
    raw: bytes


class FreeStringKeys(Control):
    counts: dict[str, int]


class BareDict(Control):
    values: dict  # type: ignore[type-arg]


class AnyValues(Control):
    values: dict[Code, Any]


class ExtraAllowed(Control, extra="allow"):
    kind: Kind


class OneOfTwoAnchored(Control):
    name: Annotated[str, Field(pattern=r"^a|b$")]


class DotPattern(Control):
    name: Annotated[str, Field(pattern=r"^.{0,200}$")]


class NegatedClass(Control):
    name: Annotated[str, Field(pattern=r"^[^;]{0,200}$")]


class WordsPattern(Control):
    name: Annotated[str, Field(pattern=r"^[\w\s]{0,200}$")]


FOUND: list[type[BaseModel]] = [
    FreeString, OptionalString, ListOfStrings, UnanchoredPattern, HalfAnchoredPattern, AnythingPattern, BoundedString,
    StringValues, Anything, AnyList, Nested, Pair, Bytes,
]  # fmt: skip
MISSED: list[type[BaseModel]] = [
    StringValuesUnderCodes, FreeStringKeys, BareDict, AnyValues, ExtraAllowed, OneOfTwoAnchored, DotPattern,
    NegatedClass, WordsPattern,
]  # fmt: skip


@pytest.mark.parametrize("control", FOUND, ids=lambda model: model.__name__)
def test_a_planted_control_is_found(control: type[BaseModel]) -> None:
    assert open_strings(control)


@pytest.mark.parametrize("control", MISSED, ids=lambda model: model.__name__)
def test_a_cunning_control_is_found(control: type[BaseModel]) -> None:
    assert open_strings(control)


class Letter(Protected):
    text: str


class Closed(Control):
    who: DirectoryId
    kinds: list[Kind]
    letter: Sealed[Letter]
    counts: dict[Code, int]


def test_what_is_closed_is_left_alone() -> None:
    assert open_strings(Closed) == []


def test_nothing_protected_is_a_field_of_an_event_unless_sealed() -> None:
    for event in EVENTS.values():
        assert not any(issubclass(each, Protected) for each in _models(event))


@pytest.mark.parametrize("model", [*EVENTS.values(), *COMMANDS.values()], ids=lambda model: model.__name__)
def test_a_contract_forgets_unknown_fields_and_hides_its_input(model: type[Event | Command | Reply]) -> None:
    assert model.model_config.get("extra") == "ignore"
    assert model.model_config.get("hide_input_in_errors") is True
    assert model.model_config.get("frozen") is True


def _models(model: type[BaseModel]) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    for field in model.model_fields.values():
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found |= {part} | _models(part)
    return found
