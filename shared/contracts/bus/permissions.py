"""What each identity may publish and subscribe on NATS, derived from the flows; deny is the default."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.bus.flows import CALLS, STEWARD
from shared.contracts.bus.subjects import REPLICAS, STREAM, consumer_name, inbox_prefix
from shared.contracts.house import SERVICES

WHO_AM_I = "$SYS.REQ.USER.INFO"
"""The server's answer names the asker's own permissions."""
_CONSUMER_VERBS = ("CONSUMER.CREATE", "CONSUMER.MSG.NEXT", "CONSUMER.INFO", "CONSUMER.DELETE")


@dataclass(frozen=True, slots=True)
class Permissions:
    """Subjects of one identity. Replies to received requests are allowed by the server itself."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


def permissions_of(identity: str) -> Permissions:
    """Permissions of a service or of the steward."""
    if identity == STEWARD:
        return Permissions(
            publish=(*CALLS[STEWARD], "$JS.API.>", WHO_AM_I),
            subscribe=("cmd.steward.>", f"{inbox_prefix(STEWARD)}.>"),
        )
    consumers = tuple(
        f"$JS.API.{verb}.{STREAM}.{consumer_name(identity, replica)}"
        for replica in range(REPLICAS)
        for verb in _CONSUMER_VERBS
    )
    return Permissions(
        publish=(
            f"evt.*.{identity}.>",
            *CALLS.get(identity, ()),
            f"$JS.API.STREAM.INFO.{STREAM}",
            *consumers,
            WHO_AM_I,
        ),
        subscribe=(f"cmd.{identity}.>", f"q.{identity}.>", f"clock.{identity}", f"{inbox_prefix(identity)}.>"),
    )


def authorization(public_keys: Mapping[str, str]) -> str:
    """The `authorization` block of nats-server's configuration: one nkey user per identity."""
    users = "\n".join(_user(identity, public_keys[identity]) for identity in (*SERVICES, STEWARD))
    return f"authorization {{\n  timeout: 5\n  users: [\n{users}\n  ]\n}}\n"


def _user(identity: str, public_key: str) -> str:
    granted = permissions_of(identity)
    return (
        f"    {{ nkey: {public_key}, permissions: {{\n"
        f"      publish: {{ allow: [{_quoted(granted.publish)}] }}\n"
        f"      subscribe: {{ allow: [{_quoted(granted.subscribe)}] }}\n"
        '      allow_responses: { max: 1, expires: "2m" }\n'
        "    } }"
    )


def _quoted(subjects: tuple[str, ...]) -> str:
    return ", ".join(f'"{subject}"' for subject in subjects)
