"""What NATS says: its clock, the stream, who reads how far, who answers, and what each identity may do."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import nats
import nats.errors
import orjson
from nats.aio.client import Client
from nats.js.api import ConsumerInfo
from nats.js.errors import NotFoundError

from operations.doctor.signs import Bus, Reading
from operations.ledger.house_counters import ask_all
from shared.contracts.bus.flows import CONSUMES, filter_subjects
from shared.contracts.bus.permissions import WHO_AM_I, permissions_of
from shared.contracts.bus.subjects import PARTITIONS, REPLICAS, STREAM, consumer_name, inbox_prefix
from shared.contracts.house import SERVICES
from shared.messaging.connection.bus import bus_tls
from shared.messaging.connection.failures import code_of
from shared.messaging.host.realm import REALM_KEY
from shared.security.errors import SecurityError
from shared.security.secrets import STEWARD, ServiceSecrets
from shared.settings.addresses import servers

BETWEEN_LOOKS = 2.0
"""Seconds in which a reader that works has moved."""
_SECONDS = 5.0


async def look(steward: Client, nats_url: str, secrets_dir: Path, clock: Callable[[], datetime]) -> Bus:
    """Look twice, so that who reads is told from who stands still. `clock` is this machine's."""
    stream = await _stream(steward)
    first = await _consumers(steward) if stream else []
    counters = await ask_all(steward)
    await asyncio.sleep(BETWEEN_LOOKS if stream else 0)
    second = await _consumers(steward) if stream else []
    refused, permissions = await _identities(nats_url, secrets_dir)
    before = clock()
    latest = await _stream(steward) or {}
    served = steward.connected_server_version
    between = before + (clock() - before) / 2
    state, config = latest.get("state", {}), latest.get("config", {})
    return Bus(
        version=f"{served.major}.{served.minor}.{served.patch}",
        ahead=datetime.fromisoformat(latest["ts"]) - between if latest else timedelta(),
        tag=(config.get("metadata") or {}).get(REALM_KEY),
        used=state.get("bytes", 0),
        limit=config.get("max_bytes", -1),
        readers=_readings(first, second),
        curious=_curious(second),
        silent=counters.silent,
        counters=counters.counters,
        refused=refused,
        permissions=permissions,
    )


async def _stream(steward: Client) -> dict[str, Any] | None:
    answer = orjson.loads((await steward.request(f"$JS.API.STREAM.INFO.{STREAM}", b"", timeout=_SECONDS)).data)
    return None if "error" in answer else dict(answer)


async def _consumers(steward: Client) -> list[ConsumerInfo]:
    try:
        return list(await steward.jsm().consumers_info(STREAM))
    except NotFoundError:
        return []


def _readings(first: list[ConsumerInfo], second: list[ConsumerInfo]) -> dict[str, Reading]:
    """By service, over its replicas; a replica that asks for nothing counts only where nobody else asks."""
    found: dict[str, Reading] = {}
    for service in SERVICES:
        names = {consumer_name(service, replica) for replica in range(REPLICAS)}
        looks = [{each.name: each for each in look if each.name in names} for look in (first, second)]
        asking = {name for look in looks for name, each in look.items() if each.num_waiting}
        counted = [[each for name, each in look.items() if not asking or name in asking] for look in looks]
        if not any(counted):
            continue
        pending = [sum(each.num_pending or 0 for each in look) for look in counted]
        delivered = [sum(each.delivered.consumer_seq if each.delivered else 0 for each in look) for look in counted]
        found[service] = Reading((pending[0], pending[1]), (delivered[0], delivered[1]), bool(asking))
    return found


def _curious(consumers: list[ConsumerInfo]) -> tuple[str, ...]:
    """Services that are sent more than they read: NATS bounds whose consumer it is, not what it filters on."""
    found = []
    for service in (name for name in SERVICES if CONSUMES[name]):
        ought = {*filter_subjects(service, [], all_partitions=True)}
        ought |= {*filter_subjects(service, list(range(PARTITIONS)), all_partitions=False)}
        names = {consumer_name(service, replica) for replica in range(REPLICAS)}
        sent = [each.config for each in consumers if each.name in names]
        if any(not {*(each.filter_subjects or [each.filter_subject or ">"])} <= ought for each in sent):
            found.append(service)
    return tuple(found)


async def _identities(nats_url: str, secrets_dir: Path) -> tuple[dict[str, str], dict[str, bool | None]]:
    refused: dict[str, str] = {}
    permissions: dict[str, bool | None] = {}
    for identity in (*SERVICES, STEWARD):
        try:
            permissions[identity] = await _has_its_permissions(identity, nats_url, secrets_dir)
        except (OSError, TimeoutError, nats.errors.Error, SecurityError) as error:
            refused[identity] = code_of(error)
    return refused, permissions


async def _has_its_permissions(identity: str, nats_url: str, secrets_dir: Path) -> bool | None:
    connection = await nats.connect(
        servers(nats_url), tls=bus_tls(nats_url, secrets_dir), name=f"{identity}-doctor", allow_reconnect=False,
        nkeys_seed_str=ServiceSecrets.load(secrets_dir, identity).nats_seed, inbox_prefix=inbox_prefix(identity),
        connect_timeout=5, error_cb=_expected,
    )  # fmt: skip
    try:
        answer = orjson.loads((await connection.request(WHO_AM_I, b"", timeout=2)).data)
    except nats.errors.TimeoutError:
        return None
    finally:
        await connection.close()
    found, ought = answer["data"].get("permissions", {}), permissions_of(identity)
    return all(
        sorted(found.get(act, {}).get("allow", ())) == sorted(subjects)
        for act, subjects in (("publish", ought.publish), ("subscribe", ought.subscribe))
    )


async def _expected(_: Exception) -> None:
    """The answer that does not come says it."""
