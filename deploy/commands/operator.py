"""What operator's verbs share: how they reach the house, from options or environment, and how they answer."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from cyclopts import Parameter

ServiceName = Literal["intake", "routing", "casework", "escalation", "notify", "audit", "portal"]
DirectoryName = Annotated[str, Parameter(env_var="DIRECTORY")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="one JSON object on stdout")]


@Parameter(name="*")
@dataclass(frozen=True)
class Reach:
    """Where the house is. Without these, DATABASE_URL, NATS_URL and SECRETS_DIR of the environment."""

    database_url: Annotated[str, Parameter(env_var="DATABASE_URL", help="administrator's URL of the database")]
    nats_url: Annotated[str, Parameter(env_var="NATS_URL", help="URL of nats-server")] = ""
    secrets_dir: Annotated[Path, Parameter(env_var="SECRETS_DIR", help="folder of the secrets")] = Path("secrets")


def say(value: Any, *, as_json: bool) -> None:
    """One JSON object on stdout, or readable lines."""
    if as_json:
        sys.stdout.write(orjson.dumps(value, default=str).decode() + "\n")
        return
    rows = value if isinstance(value, list) else [value]
    for row in rows:
        sys.stdout.write("  ".join(f"{name}={item}" for name, item in row.items()) + "\n")
