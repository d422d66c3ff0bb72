"""AsyncAPI 3.0 description of the whole house, exported from the contracts."""

from typing import Any

from shared.contracts.bus.flows import CONSUMES
from shared.contracts.house import SERVICES
from shared.contracts.registry import COMMANDS, EVENTS


def document() -> dict[str, Any]:
    """The AsyncAPI document as plain data."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for (event_type, version), event in sorted(EVENTS.items()):
        name = f"{event_type}.v{version}"
        messages[name] = {"name": name, "payload": event.model_json_schema(), "summary": event.__doc__}
        channels[event_type] = _channel(f"evt.{{partition}}.{event_type}", name, parameters={"partition": {}})
        operations[f"emit.{event_type}"] = _operation("send", event_type)
    for subject, command in sorted(COMMANDS.items()):
        messages[subject] = {"name": subject, "payload": command.model_json_schema(), "summary": command.__doc__}
        messages[f"{subject}.reply"] = {"name": f"{subject}.reply", "payload": command.reply.model_json_schema()}
        channels[subject] = _channel(subject, subject)
        operations[f"answer.{subject}"] = _operation("receive", subject)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Đơn Thư", "version": "1.0.0"},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
        "x-consumes": {name: sorted(event.type() for event in CONSUMES[name]) for name in SERVICES},
    }


def _channel(address: str, message: str, **more: Any) -> dict[str, Any]:
    return {"address": address, "messages": {message: {"$ref": f"#/components/messages/{message}"}}, **more}


def _operation(action: str, channel: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}
