"""What operator's verbs share: how they reach the house, from options or environment, and how they answer."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from cyclopts import Parameter

from operations.embedded.errors import LocalRunError
from operations.embedded.running import find

ServiceName = Literal["intake", "routing", "casework", "escalation", "notify", "audit", "portal"]
DirectoryName = Annotated[str, Parameter(env_var="DIRECTORY")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="one JSON object on stdout")]


DatabaseUrl = Annotated[str, Parameter(env_var="DATABASE_URL", help="administrator's URL of the database")]
NatsUrl = Annotated[str, Parameter(env_var="NATS_URL", help="URL of nats-server")]
SecretsDir = Annotated[Path, Parameter(env_var="SECRETS_DIR", help="folder of the secrets")]


@Parameter(name="*")
@dataclass(frozen=True)
class Reach:
    """Where the house is. Without these, DATABASE_URL, NATS_URL and SECRETS_DIR of the environment."""

    database_url: DatabaseUrl
    nats_url: NatsUrl = ""
    secrets_dir: SecretsDir = Path("secrets")
    mails: Annotated[Path | None, Parameter(parse=False)] = None
    """Folder of the embedded run's mail server."""


@Parameter(name="*")
@dataclass(frozen=True)
class House:
    """A house that runs: at the URLs that are given or in the environment, else the embedded one of a data folder."""

    database_url: DatabaseUrl = ""
    nats_url: NatsUrl = ""
    secrets_dir: SecretsDir = Path("secrets")
    data_dir: Annotated[Path, Parameter(help="data folder of the embedded run")] = Path(".data")

    def reach(self) -> Reach:
        """Where it is; ends the command with a sentence when it is nowhere."""
        if self.database_url:
            return Reach(self.database_url, self.nats_url, self.secrets_dir)
        try:
            running = find(self.data_dir)
        except LocalRunError as error:
            sys.stderr.write(f"{error.advice}\n")
            raise SystemExit(2) from None
        return Reach(running.database_url, running.nats_url, Path(running.secrets), Path(running.mails))


HERE = House()


def say(value: Any, *, as_json: bool) -> None:
    """One JSON object on stdout, or readable lines."""
    if as_json:
        sys.stdout.write(orjson.dumps(value, default=str).decode() + "\n")
        return
    rows = value if isinstance(value, list) else [value]
    for row in rows:
        sys.stdout.write("  ".join(f"{name}={item}" for name, item in row.items()) + "\n")
