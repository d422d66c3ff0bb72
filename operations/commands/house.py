"""`donthu provision`, `nats-config`, `migrate`, `reconcile`, `asyncapi`: the house as its servers must know it."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from operations.commands.operator import HERE, House, Json, Reach, say
from operations.house.migrate import migrate as bring_up
from operations.stream.reconcile import reconcile as publish_again
from shared.contracts.bus.permissions import authorization
from shared.contracts.house import SERVICES
from shared.contracts.published.asyncapi import document
from shared.security.secrets import PublicKeys
from shared.security.secrets import provision as create_secrets
from shared.settings import Realm


def provision(secrets_dir: Annotated[Path, Parameter(env_var="SECRETS_DIR")]) -> None:
    """Create the secrets that are missing; never changes one that is there."""
    create_secrets(secrets_dir, SERVICES)


def nats_config(secrets_dir: Annotated[Path, Parameter(env_var="SECRETS_DIR")]) -> None:
    """Print the `authorization` block of nats-server's configuration."""
    sys.stdout.write(authorization(PublicKeys.load(secrets_dir).nats_users))


def migrate(
    reach: Reach,
    *,
    realm: Annotated[Realm, Parameter(env_var="REALM")],
    keystore_url: Annotated[str | None, Parameter(env_var="KEYSTORE_URL")] = None,
    stream_bytes: int | None = None,
    stream_replicas: Literal[1, 3, 5] | None = None,
) -> None:
    """Create or update roles, schemas, key store and stream; what a stream has is raised, never lowered.

    Parameters
    ----------
    stream_bytes
        Bound of the event stream; for a new one by default 70 % of the space free here.
    stream_replicas
        NATS servers that keep a copy of every event; more than one needs a cluster.
    """
    tag = asyncio.run(
        bring_up(
            database_url=reach.database_url, nats_url=reach.nats_url, secrets_dir=reach.secrets_dir, realm=realm,
            keystore=keystore_url, stream_bytes=stream_bytes, stream_replicas=stream_replicas,
            tell=lambda line: print(line, file=sys.stderr),
        )
    )  # fmt: skip
    say({"realm": tag}, as_json=False)


def reconcile(house: House = HERE, *, json: Json = False) -> None:
    """Publish again what the stream lacks. Stop the services first."""
    reach = house.reach()
    done = asyncio.run(
        publish_again(database_url=reach.database_url, nats_url=reach.nats_url, secrets_dir=reach.secrets_dir)
    )
    say({"in_stream": done.in_stream, "published_again": done.published_again, "moved": done.moved}, as_json=json)


def asyncapi() -> None:
    """Print the AsyncAPI document of all events, commands and queries."""
    say(document(), as_json=True)
