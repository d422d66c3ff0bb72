"""A released event version never changes; the house is described as AsyncAPI 3.0 from the same contracts."""

import json
from pathlib import Path

import pytest
from pydantic import create_model

from shared.contracts.base import Event
from shared.contracts.published import golden
from shared.contracts.published.asyncapi import document
from shared.contracts.registry import COMMANDS, EVENTS
from shared.contracts.routing import ClassificationConfirmed
from shared.contracts.vocabulary import Kind


@pytest.mark.parametrize("key", EVENTS, ids=lambda key: f"{key[0]}.v{key[1]}")
def test_every_event_version_equals_its_released_schema(key: tuple[str, int]) -> None:
    assert golden.path_of(*key).read_text(encoding="utf-8") == golden.text_of(EVENTS[key])


def test_no_schema_is_without_its_event() -> None:
    """A released version stays readable: its class may not be taken out of the registry."""
    assert {path.name for path in golden.FOLDER.glob("*.json")} == {golden.path_of(*key).name for key in EVENTS}


CHANGES: dict[str, type[Event]] = {
    "a new field": create_model("Changed", __base__=ClassificationConfirmed, second=(Kind, ...)),
    "another type": create_model("Changed", __base__=ClassificationConfirmed, level=(Kind, ...)),
    "now optional": create_model("Changed", __base__=ClassificationConfirmed, holder_id=(Kind | None, None)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_model_is_detected(change: str) -> None:
    released = golden.path_of("routing.classification.confirmed", 1).read_text(encoding="utf-8")
    changed = golden.text_of(CHANGES[change]).replace("Changed", "ClassificationConfirmed")
    assert changed != released


def test_writing_touches_no_released_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    kept = golden.path_of(*next(iter(EVENTS)))
    kept.write_text("released", encoding="utf-8")
    assert len(golden.write_missing()) == len(EVENTS) - 1
    assert kept.read_text(encoding="utf-8") == "released"
    assert golden.write_missing() == []


def test_the_description_is_well_formed_asyncapi_3() -> None:
    described = json.loads(json.dumps(document()))
    assert described["asyncapi"] == "3.0.0"
    assert set(described["info"]) >= {"title", "version"}
    for channel in described["channels"].values():
        for reference in channel["messages"].values():
            assert _resolves(described, reference["$ref"])
    for operation in described["operations"].values():
        assert operation["action"] in ("send", "receive")
        assert _resolves(described, operation["channel"]["$ref"])
    for name, message in described["components"]["messages"].items():
        assert message["name"] == name
        assert message["payload"]["type"] == "object"


def test_the_description_is_complete() -> None:
    described = document()
    for event_type, version in EVENTS:
        assert f"{event_type}.v{version}" in described["components"]["messages"]
        assert described["operations"][f"emit.{event_type}"]["action"] == "send"
    for subject in COMMANDS:
        assert {subject, f"{subject}.reply"} <= described["components"]["messages"].keys()
        assert described["channels"][subject]["address"] == subject


def _resolves(described: dict[str, object], reference: str) -> bool:
    node: object = described
    for part in reference.removeprefix("#/").split("/"):
        assert isinstance(node, dict), reference
        node = node[part]
    return True
