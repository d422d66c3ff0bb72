"""What operator's verbs share: how they reach the house, from options or environment, and how they answer."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from cyclopts import Parameter

from deploy.local.errors import LocalRunError
from deploy.local.running import Running, find

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


@Parameter(name="*")
@dataclass(frozen=True)
class House:
    """A house that runs: at the URLs that are given or in the environment, else the embedded one of a data folder."""

    data_dir: Annotated[Path, Parameter(help="data folder of the embedded run")] = Path(".data")
    database_url: Annotated[str, Parameter(env_var="DATABASE_URL", help="administrator's URL of the database")] = ""
    nats_url: Annotated[str, Parameter(env_var="NATS_URL", help="URL of nats-server")] = ""
    secrets_dir: Annotated[Path, Parameter(env_var="SECRETS_DIR", help="folder of the secrets")] = Path("secrets")

    def reach(self) -> Reach:
        """Where it is; ends the command with a sentence when it is nowhere."""
        if self.database_url:
            return Reach(self.database_url, self.nats_url, self.secrets_dir)
        running = self._running()
        return Reach(running.database_url, running.nats_url, Path(running.secrets))

    def mails(self) -> Path | None:
        """Folder of the embedded run's mail server, if that is the house that is meant."""
        return None if self.database_url else Path(self._running().mails)

    def _running(self) -> Running:
        try:
            return find(self.data_dir)
        except LocalRunError as error:
            sys.stderr.write(f"{error.advice}\n")
            raise SystemExit(2) from None


HERE = House()


def say(value: Any, *, as_json: bool) -> None:
    """One JSON object on stdout, or readable lines."""
    if as_json:
        sys.stdout.write(orjson.dumps(value, default=str).decode() + "\n")
        return
    rows = value if isinstance(value, list) else [value]
    for row in rows:
        sys.stdout.write("  ".join(f"{name}={item}" for name, item in row.items()) + "\n")
